"""The recipe of a build: every choice with its default, as TOML tables that people edit."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from malgil.clean.recipe import read_recipe, read_toml
from malgil.clean.steps import DEFAULT_STEPS
from malgil.errors import ParameterError
from malgil.messages import Message
from malgil.params import choose, did_you_mean
from malgil.search.bm25 import BM25, check_parameters
from malgil.tokenizers import TOKENIZERS, Tokenizer, tokenizer
from malgil.tokenizers.dictionaries import read_stop_words, read_user_words
from malgil.tokenizers.factory import SUBWORDS
from malgil.vectorize import TFIDF
from malgil.workspace.optional_tables import OPTIONAL, ModelTable, NgramTable, VectorsTable, at_least


@dataclass(frozen=True, kw_only=True)
class CleanTable:
    """``[clean]``: what is done to the text before it is split, and which documents are left out.

    Parameters
    ----------
    steps : list of str or dict
        `malgil.clean` steps in order, each a name or a table of ``name`` and options.
    drop : dict
        The rules of `malgil.clean.DropRules`; written out in full.
    """

    steps: list[str | dict[str, Any]] = field(default_factory=lambda: list(DEFAULT_STEPS))
    drop: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rules = read_recipe({"steps": self.steps, "drop": self.drop}).drop
        object.__setattr__(self, "drop", rules.to_table())

    @property
    def recipe(self) -> dict[str, Any]:
        """The table as `malgil.clean.Cleaner` takes it."""
        return {"steps": self.steps, "drop": self.drop}


@dataclass(frozen=True, kw_only=True)
class TokensTable:
    """``[tokens]``: how text becomes tokens.

    Parameters
    ----------
    tokenizer : str
        ``"auto"`` or a name that `malgil.tokenizers.tokenizer` knows; ``"auto"`` takes ``"kiwi"`` where over 30 % of
        the letters are Hangul, else ``"word"``.
    lowercase : bool
        Whether "Netflix" and "netflix" are one word.
    tags : str
        Parts of speech that ``"kiwi"`` keeps: ``"all"``, or ``"content"`` for words that carry meaning.
    user_words : list of str
        Lines of a dictionary for ``"kiwi"``, as `malgil.tokenizers.dictionaries.read_user_words` reads them.
    stop_words : list of str
        What ``"kiwi"`` leaves out, as `malgil.tokenizers.dictionaries.read_stop_words` reads it.
    n_terms : int
        Pieces that ``"bpe"`` and ``"unigram"`` learn from the cleaned corpus.
    """

    tokenizer: str = "auto"
    lowercase: bool = True
    tags: str = "all"
    user_words: list[str] = field(default_factory=list)
    stop_words: list[str] = field(default_factory=list)
    n_terms: int = 8000

    def __post_init__(self) -> None:
        read_user_words(self.user_words)
        read_stop_words(self.stop_words)
        at_least(1, n_terms=self.n_terms)
        choose({"all": None, "content": None}, "tags", self.tags)
        choose({"auto": None, **TOKENIZERS}, "tokenizer", self.tokenizer)


@dataclass(frozen=True, kw_only=True)
class VocabularyTable:
    """``[vocabulary]``: which terms are kept.

    Parameters
    ----------
    min_count : int
        Rarer terms get no id; they still count in a document's length.
    max_terms : int
        Keep this many of the most frequent terms; 0 keeps all.
    """

    min_count: int = 1
    max_terms: int = 0

    def __post_init__(self) -> None:
        at_least(1, min_count=self.min_count)
        at_least(0, max_terms=self.max_terms)


@dataclass(frozen=True, kw_only=True)
class CountsTable:
    """``[counts]``: the document-term matrix and its weights.

    Parameters
    ----------
    weighting : str
        Name in `malgil.vectorize.TFIDF`.
    """

    weighting: str = "textbook"

    def __post_init__(self) -> None:
        choose(TFIDF, "weighting", self.weighting)


@dataclass(frozen=True, kw_only=True)
class IndexTable:
    """``[index]``: BM25.

    Parameters
    ----------
    variant : str
        Name in `malgil.search.BM25`.
    k1 : float
        How soon further occurrences of a word stop to matter.
    b : float
        How much long documents are held back, 0 to 1.
    delta : float
        What an occurrence counts at least, in the variants ``"bm25l"`` and ``"bm25plus"``.
    """

    variant: str = "lucene"
    k1: float = 1.5
    b: float = 0.75
    delta: float = 0.5

    def __post_init__(self) -> None:
        choose(BM25, "variant", self.variant)
        check_parameters(self.k1, self.b, self.delta)


@dataclass(frozen=True, kw_only=True)
class ReportTable:
    """``[report]``: the page to look at.

    Parameters
    ----------
    top_words : int
        Length of the lists of words.
    """

    top_words: int = 30

    def __post_init__(self) -> None:
        at_least(1, top_words=self.top_words)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """Everything a build can be told, one table a stage.

    Parameters
    ----------
    clean, tokens, vocabulary, counts, index, report : dataclass
        The tables of the same names.
    ngram : NgramTable, optional
        The table of a stage that is made only where it is asked for.
    vectors : VectorsTable, optional
        The table of a stage that is made only where it is asked for.
    model : ModelTable, optional
        The table of a stage that is made only where it is asked for.
    """

    clean: CleanTable = CleanTable()
    tokens: TokensTable = TokensTable()
    vocabulary: VocabularyTable = VocabularyTable()
    counts: CountsTable = CountsTable()
    index: IndexTable = IndexTable()
    report: ReportTable = ReportTable()
    ngram: NgramTable | None = None
    vectors: VectorsTable | None = None
    model: ModelTable | None = None

    @classmethod
    def load(cls, path: str | Path) -> Recipe:
        """Read a recipe.

        Parameters
        ----------
        path : str or Path
            A TOML file; what it leaves out has its default.

        Returns
        -------
        Recipe
            The whole recipe.

        Raises
        ------
        MissingError
            If the file is not there.
        DataError
            If it is not TOML.
        ParameterError
            If it holds an unknown table or key, or a value of the wrong type.
        """
        file = Path(path)
        tables = read_toml(file)
        values: dict[str, Any] = {}
        for name, table in tables.items():
            if not isinstance(table, dict) and name in (f.name for f in fields(cls)):
                raise ParameterError("workspace.recipe_not_one_table", where=file, name=name)
            if not isinstance(table, dict):
                raise ParameterError("workspace.recipe_no_table", where=file, name=name, hint=_table_hint(name))
            values |= {f"{name}.{key}": value for key, value in table.items()} or {name: None}
        return cls().with_values(values, where=str(file))

    def with_values(self, values: dict[str, Any], where: str = "recipe") -> Recipe:
        """Change single values.

        Parameters
        ----------
        values : dict
            ``"table.key"`` -> value; ``"table"`` alone only asks for the table's stage.
        where : str
            What to name in messages.

        Returns
        -------
        Recipe
            A changed copy.

        Raises
        ------
        ParameterError
            If a table or key is unknown, or a value is of the wrong type.
        """
        recipe = self
        for dotted, value in values.items():
            name, _, key = dotted.partition(".")
            if name not in (tables := [f.name for f in fields(recipe)]):
                hint, known = did_you_mean(name, tables), ", ".join(tables)
                raise ParameterError("workspace.recipe_unknown_table", where=where, name=name, hint=hint, known=known)
            table: Any = OPTIONAL[name]() if getattr(recipe, name) is None else getattr(recipe, name)
            changed: Any = _with_value(table, name, key, value, where) if key else table
            recipe = replace(recipe, **{name: changed})
        return recipe

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Give the recipe as nested dictionaries.

        Returns
        -------
        dict
            Table name -> key -> value, without the tables that are not asked for.
        """
        tables = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: _values(table) for name, table in tables.items() if table is not None}

    def to_toml(self) -> str:
        """Write the recipe out, defaults included.

        Returns
        -------
        str
            TOML that `load` reads back to an equal recipe.
        """
        import tomli_w

        return tomli_w.dumps(self.to_dict())


def make_tokenizer(table: TokensTable) -> Tokenizer:
    """Build the tokeniser of a recipe; one that learns has not yet.

    Parameters
    ----------
    table : TokensTable
        Its ``[tokens]``, the tokeniser being known by name.

    Returns
    -------
    Tokenizer
        As `malgil.tokenizers.tokenizer` makes it.
    """
    options: dict[str, object] = {"n_terms": table.n_terms} if table.tokenizer in SUBWORDS else {}
    if table.tokenizer == "kiwi":
        options = {name: getattr(table, name) for name in ("tags", "user_words", "stop_words")}
    if table.tokenizer != "english":  # which knows lower case only
        options["lowercase"] = table.lowercase
    return tokenizer(table.tokenizer, **options)


def _values(table: object) -> dict[str, Any]:
    return {f.name: getattr(table, f.name) for f in fields(table)}  # type: ignore[arg-type]


def _table_hint(name: str) -> str:
    """Name the table that a key at the top level most likely lost."""
    tables = Recipe().to_dict() | {table: _values(kind()) for table, kind in OPTIONAL.items()}
    homes = [table for table, values in tables.items() if name in values]
    return f" [{homes[0]}]" if homes else ""


def _with_value(table: Any, name: str, key: str, value: Any, where: str) -> Any:
    known = _values(table)
    if key not in known:
        hint, keys = did_you_mean(key, known), ", ".join(known)
        raise ParameterError("workspace.recipe_unknown_key", where=where, table=name, key=key, hint=hint, known=keys)
    default = known[key]
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    kind = str(next(f.type for f in fields(table) if f.name == key))
    items: tuple[type, ...] = (str, dict) if "dict" in kind else (int,) if "int" in kind else (str,)
    is_right = type(value) is type(default) and (
        not isinstance(value, list) or all(type(one) in items for one in value)
    )
    if not is_right:
        wanted = f"list of {items[0].__name__}" if isinstance(default, list) else type(default).__name__
        raise ParameterError(
            "workspace.recipe_wrong_type", where=where, table=name, key=key, value=value, wanted=wanted
        )
    try:
        return replace(table, **{key: value})
    except ParameterError as error:
        raise ParameterError("workspace.recipe_bad_value", where=where, why=Message(error.key, error.fields)) from error
