"""The parts of a workspace, each opened by memory map when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from malgil.clean import Cleaner
from malgil.errors import MissingError
from malgil.search.search_index import SearchIndex
from malgil.store import MANIFEST, Artefact
from malgil.strings import string_array
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.factory import SUBWORDS
from malgil.vocab import Vocabulary
from malgil.workspace.documents import Documents
from malgil.workspace.recipe import Recipe, make_tokenizer

if TYPE_CHECKING:
    from malgil.embeddings import Vectors
    from malgil.ngram import NgramLM
    from malgil.vectorize import Weights
    from malgil.workspace.label_model import LabelModel


class Parts:
    """What `Workspace` asks.

    Parameters
    ----------
    artefact : Artefact
        Of the whole workspace.
    """

    def __init__(self, artefact: Artefact) -> None:
        self.path = artefact.path
        self._artefact = artefact
        self.recipe = Recipe().with_values(
            {f"{table}.{key}": value for table, row in artefact.meta["recipe"].items() for key, value in row.items()},
            where=str(self.path / MANIFEST),
        )

    @cached_property
    def documents(self) -> Documents:
        """The corpus."""
        return Documents(self.path / "corpus")

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The terms."""
        return Vocabulary.open(self.path / "vocabulary")

    @cached_property
    def index(self) -> SearchIndex:
        """The index that `search` asks."""
        return SearchIndex.open(self.path / "index")

    @cached_property
    def weights(self) -> Weights:
        """Counts and TF-IDF weights."""
        from malgil.vectorize import Weights

        return Weights.open(self.path / "counts")

    @cached_property
    def lm(self) -> NgramLM:
        """The language model, which cleans and cuts what it is asked as the corpus was.

        Raises
        ------
        MissingError
            If the workspace was built without one.
        """
        if self.recipe.ngram is None:
            raise MissingError("workspace.no_stage", path=self.path, stage="ngram")
        from malgil.ngram import NgramLM
        from malgil.workspace.asked import AskedTokenizer

        lm = NgramLM.open(self.path / "ngram")
        return lm.set_params(tokenizer=AskedTokenizer(self.tokenizer, self._cleaner))

    @cached_property
    def vectors(self) -> Vectors:
        """The word vectors.

        Raises
        ------
        MissingError
            If the workspace was built without them.
        """
        if self.recipe.vectors is None:
            raise MissingError("workspace.no_vectors", path=self.path)
        from malgil.embeddings import Vectors

        return Vectors.open(self.path / "vectors")

    @cached_property
    def model(self) -> LabelModel:
        """The model of the labels.

        Raises
        ------
        MissingError
            If the workspace was built without one.
        """
        if self.recipe.model is None:
            raise MissingError("workspace.no_label_model", path=self.path)
        from malgil.workspace.label_model import LabelModel

        return LabelModel(
            self.path,
            lambda texts: self._cleaner.clean_block(texts).texts,
            lambda texts: self.tokenizer.tokenize_block(texts).to_lists(),
        )

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokeniser of the build."""
        table = self.recipe.tokens
        if table.tokenizer not in SUBWORDS:
            return make_tokenizer(table)
        from malgil.workspace.stages import open_tokenizer

        return open_tokenizer(self.path)

    @cached_property
    def _cleaner(self) -> Cleaner:
        return Cleaner(self.recipe.clean.recipe).for_questions()

    def split(self, text: str) -> list[str]:
        """Clean and split a text as the corpus was.

        Parameters
        ----------
        text : str
            Raw text; a lone surrogate in it is read as a question mark.

        Returns
        -------
        list of str
            Its forms.
        """
        return self.tokenizer.split(self._clean(text))

    def _clean(self, text: str) -> str:
        return str(self._cleaner.clean_block(string_array([text])).texts[0].as_py())
