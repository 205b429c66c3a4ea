"""``malgil tokens``: a corpus split into tokens."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from malgil.cli.options import (
    EncodingOption,
    IdOption,
    InputArgument,
    LangOption,
    QuietOption,
    RejectsOption,
    ShowOption,
    TextOption,
    TokenizerOption,
    WorkersOption,
)
from malgil.cli.shell import Shell, plain

if TYPE_CHECKING:
    import pyarrow as pa

    from malgil.corpus import Corpus
    from malgil.engine import Progress
    from malgil.tokenizers import Tokenizer
    from malgil.tokens import Tokens

_FLAT = (".txt", ".csv", ".tsv")  # formats without lists
_SHOWN = 5  # texts, where nothing is written
COLOURS: dict[str, tuple[str, tuple[str, ...]]] = {
    "nouns": ("cyan", ("NN", "NR", "NP", "XR", "SL", "SH", "SN", "W_")),
    "verbs": ("green", ("V", "XSV", "XSA")),
    "modifiers": ("yellow", ("M", "IC")),
    "particles": ("magenta", ("J",)),
    "endings": ("blue", ("E",)),
    "affixes": ("bright_black", ("X",)),
    "symbols": ("dim", ("S", "Z_")),
    "unknown": ("red", ("UN", "USER")),
}
"""Group of parts of speech -> its colour, and what they begin with; the first that fits counts."""


class Example(NamedTuple):
    """The tokens of one text.

    Parameters
    ----------
    text : str
        The raw text.
    forms : list of str
        Its tokens.
    tags : list of str
        Their parts of speech; empty where there are none.
    """

    text: str
    forms: list[str]
    tags: list[str]


class Outcome(NamedTuple):
    """What was split.

    Parameters
    ----------
    n_docs : int
        Texts.
    n_tokens : int
        Tokens.
    n_forms : int
        Different tokens.
    examples : list of Example
        Tokens of the first texts.
    """

    n_docs: int
    n_tokens: int
    n_forms: int
    examples: list[Example]


def tokens_cli(
    ctx: typer.Context,
    source: InputArgument,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="option_output", show_default=False)] = None,
    tokenizer: TokenizerOption = None,
    terms: Annotated[int | None, typer.Option("--terms", help="tokens_terms", show_default=False)] = None,
    tags: Annotated[str | None, typer.Option("--tags", help="tokens_tags", show_default=False)] = None,
    user_words: Annotated[Path | None, typer.Option("--user-words", help="tokens_user", show_default=False)] = None,
    stop_words: Annotated[Path | None, typer.Option("--stop-words", help="tokens_stop", show_default=False)] = None,
    save: Annotated[Path | None, typer.Option("--save", help="tokens_save", show_default=False)] = None,
    text: TextOption = None,
    id: IdOption = None,
    encoding: EncodingOption = None,
    rejects: RejectsOption = None,
    show: ShowOption = 0,
    workers: WorkersOption = None,
    lang: LangOption = None,
    quiet: QuietOption = False,
) -> None:
    """Split a corpus, and show the first texts' tokens."""
    from malgil.cli.progress import progress
    from malgil.cli.source import read_source

    shell: Shell = ctx.obj
    written = [path for path in (output, save) if path is not None]
    corpus = read_source(source, written, text=text, id=id, encoding=encoding, rejects=rejects)
    given = {"n_terms": terms, "tags": tags, "user_words": user_words, "stop_words": stop_words}
    options = {name: value for name, value in given.items() if value is not None}
    with progress(shell, quiet) as listener:
        splitter = splitter_for(corpus, tokenizer, options, progress=listener)
        if save is not None:
            splitter.save(save)
        if output is not None:
            outcome = tokens(corpus, output, splitter, n_examples=show, n_jobs=workers, progress=listener)
        else:
            examples = first_examples(corpus, splitter, show if show or save else _SHOWN)
    show_examples(shell, examples if output is None else outcome.examples)
    if save is not None and not quiet:
        shell.say("tokens_saved", path=save, name=splitter.name)
    if output is not None and not quiet:
        n_docs, n_tokens, n_forms, _ = outcome
        shell.say("tokenised", path=output, n_docs=n_docs, n_tokens=n_tokens, n_terms=n_forms)


def splitter_for(
    corpus: Corpus, name: str | None, options: dict[str, Any], progress: Progress | None = None
) -> Tokenizer:
    """Make the tokeniser that a user asks for; one that has to learn does so from the corpus.

    Parameters
    ----------
    corpus : Corpus
        The texts.
    name : str, optional
        A tokeniser, or a folder that one was saved in; by default the one that a build would choose.
    options : dict
        Its options.
    progress : engine.Progress, optional
        Told of every block that is learned from.

    Returns
    -------
    Tokenizer
        Ready to cut.
    """
    from malgil.tokenizers import tokenizer as make
    from malgil.tokenizers.choice import choose_tokenizer
    from malgil.tokenizers.saving import named_or_saved
    from malgil.tokenizers.subwords import SubwordTokenizer

    chosen = name or choose_tokenizer(corpus.texts())
    made = make(chosen, **options) if options else named_or_saved(chosen)
    if isinstance(made, SubwordTokenizer) and not made.is_fitted:
        made.fit(corpus, progress=progress)
    return made


def tokens(
    corpus: Corpus,
    output: Path,
    splitter: Tokenizer,
    *,
    n_examples: int = 0,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Split the texts of a corpus and write the tokens.

    Formats with lists get a column ``tokens`` behind the text; in the others the tokens, with blanks between them,
    stand in place of the text.

    Parameters
    ----------
    corpus : Corpus
        Read block by block.
    output : Path
        The file; its suffix chooses the format.
    splitter : Tokenizer
        Ready to cut.
    n_examples : int
        How many texts' tokens to give back.
    n_jobs : int, optional
        Number of threads, all cores by default.
    progress : engine.Progress, optional
        Told of every block, in documents.

    Returns
    -------
    Outcome
        Numbers and examples.
    """
    from malgil.corpus import Corpus, write
    from malgil.engine import Silent

    listener = progress or Silent()
    with_lists = not any(suffix in _FLAT for suffix in output.suffixes)
    waiting: deque[pa.RecordBatch] = deque()
    forms: set[str] = set()
    examples: list[Example] = []
    n_tokens = 0

    def texts() -> Iterator[pa.LargeStringArray]:
        for block in corpus.blocks():
            waiting.append(block)
            yield block.column("text")

    def blocks() -> Iterator[pa.RecordBatch]:
        nonlocal n_tokens
        for part in splitter.tokenize_blocks(texts(), n_jobs):
            block = waiting.popleft()
            n_tokens += part.n_tokens
            forms.update(part.forms.to_pylist())
            examples.extend(_examples(block.column("text"), part, n_examples - len(examples)))
            listener.advance(part.n_docs)
            yield _with_tokens(block, _lists(part), with_lists)

    listener.start("tokens", len(corpus))
    write(Corpus(blocks, _schema(corpus.schema, with_lists), len(corpus), corpus.facts), output)
    listener.done()
    return Outcome(len(corpus), n_tokens, len(forms), examples)


def first_examples(corpus: Corpus, splitter: Tokenizer, n: int) -> list[Example]:
    """Split the first texts of a corpus, and no more.

    Parameters
    ----------
    corpus : Corpus
        The texts.
    splitter : Tokenizer
        Ready to cut.
    n : int
        How many texts.

    Returns
    -------
    list of Example
        Fewer where there are fewer texts.
    """
    found: list[Example] = []
    for block in corpus.texts():
        if len(found) >= n:
            break
        texts = block.slice(0, n - len(found))
        found += _examples(texts, splitter.tokenize_block(texts), len(texts))
    return found


def show_examples(shell: Shell, examples: list[Example]) -> None:
    """Show texts and their tokens, morphemes in the colours of their parts of speech.

    Parameters
    ----------
    shell : Shell
        Where to.
    examples : list of Example
        What to show.
    """
    from rich.text import Text

    from malgil.ngram.joining import shown_form

    if not examples:
        return
    console, wraps = shell.console, shell.console.is_terminal
    for example in examples:
        line = Text("  ")
        for at, form in enumerate(example.forms):
            tag = example.tags[at] if example.tags else ""
            line.append("" if not at else " " if tag else " | ")
            line.append(plain(shown_form(form)), colour_of(tag))
            line.append(f"/{tag}" if tag else "", "dim")
        console.print(Text(" ".join(plain(example.text).split()), "dim"), soft_wrap=not wraps)
        console.print(line, soft_wrap=not wraps)
    if any(example.tags for example in examples):
        legend = Text("")
        for name, (colour, _) in COLOURS.items():
            legend.append(shell.text(f"tokens_{name}") + "  ", colour)
        console.print(legend, soft_wrap=not wraps)


def colour_of(tag: str) -> str:
    """Choose the colour of a part of speech.

    Parameters
    ----------
    tag : str
        Kiwi's, or nothing.

    Returns
    -------
    str
        A style of rich; empty where there is none.

    Examples
    --------
    >>> colour_of("VV-R"), colour_of("")
    ('green', '')
    """
    return next((colour for colour, heads in COLOURS.values() if tag.startswith(heads)), "")


def _examples(texts: pa.LargeStringArray, part: Tokens, n: int) -> Iterator[Example]:
    if n <= 0:
        return
    n = min(n, part.n_docs)
    forms = _lists(part).slice(0, n).to_pylist()
    for doc, text in enumerate(texts.slice(0, n).to_pylist()):
        low, high = part.indptr[doc], part.indptr[doc + 1]
        tags = [] if part.tags is None else [part.tag_names[tag] for tag in part.tags[low:high].tolist()]
        yield Example(text, forms[doc], tags)


def _lists(part: Tokens) -> pa.LargeListArray:
    """Forms of each document."""
    import pyarrow as pa

    return pa.LargeListArray.from_arrays(pa.array(part.indptr), part.forms.take(pa.array(part.ids)))


def _with_tokens(block: pa.RecordBatch, lists: pa.LargeListArray, with_lists: bool) -> pa.RecordBatch:
    """Put the tokens behind the text of a block, or in its place."""
    import pyarrow as pa
    import pyarrow.compute as pc

    place = block.schema.get_field_index("text")
    columns = list(block.columns)
    if with_lists:
        columns.insert(place + 1, lists)
    else:
        columns[place] = pc.binary_join(lists, pa.scalar(" ", pa.large_string()))
    return pa.RecordBatch.from_arrays(columns, schema=_schema(block.schema, with_lists))


def _schema(schema: pa.Schema, with_lists: bool) -> pa.Schema:
    import pyarrow as pa

    if not with_lists:
        return schema
    name = "tokens_2" if "tokens" in schema.names else "tokens"
    return schema.insert(schema.get_field_index("text") + 1, pa.field(name, pa.large_list(pa.large_string())))
