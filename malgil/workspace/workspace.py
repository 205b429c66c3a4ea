"""A finished workspace: search, similar documents, explanations, the report, and whether it is sound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from malgil.engine import Silent
from malgil.errors import ArtefactError, MalgilError, MissingError, ParameterError, TermNotFoundError
from malgil.explain import Explanation
from malgil.files import checksum
from malgil.params import choose, did_you_mean
from malgil.ragged import Ragged
from malgil.search.answer import Answer
from malgil.search.clause import Clause
from malgil.search.directory import check_index
from malgil.search.hit import Hit, Hits
from malgil.search.search_index import Expand
from malgil.store import MANIFEST, check, open_artefact
from malgil.workspace.modelling import check_models
from malgil.workspace.parts import Parts
from malgil.workspace.sealing import KIND, REPORT, draw_report, locked, seal

if TYPE_CHECKING:
    from malgil.embeddings import Near
    from malgil.ngram import Filling
    from malgil.vectorize import Counts

_CHECKS = {"index": check_index, "model": check_models}
_NEAR = 20_000  # words among which a hint for an unknown one is looked for


class Workspace(Parts):
    """A folder made by `malgil.workspace.build`, opened.

    Parameters
    ----------
    artefact : Artefact
        Of the whole workspace.

    Notes
    -----
    Its parts are opened by memory map when they are first needed.
    """

    @classmethod
    def open(cls, path: str | Path) -> Workspace:
        """Open a workspace.

        Parameters
        ----------
        path : str or Path
            Its folder.

        Returns
        -------
        Workspace
            Ready to answer.

        Raises
        ------
        MissingError
            If there is no workspace.
        ArtefactError
            If its last build was not finished, it is damaged or of a newer format.
        """
        folder = Path(path)
        if not (folder / MANIFEST).is_file():
            if (folder / "corpus").is_dir():
                raise ArtefactError("workspace.unfinished", path=folder, stage="corpus")
            raise MissingError("workspace.not_a_workspace", path=folder)
        artefact = open_artefact(folder, KIND)
        for stage, digest in artefact.meta["stages"].items():
            if open_artefact(folder / stage, stage, verify=False).digest != digest:
                raise ArtefactError("workspace.unfinished", path=folder, stage=stage)
        return cls(artefact)

    def __repr__(self) -> str:
        return f"Workspace({str(self.path)!r})"

    def similar_words(self, word: str, k: int = 10) -> list[Near]:
        """Find the words that are used most like a word.

        Parameters
        ----------
        word : str
            As the tokeniser gives it, or as people write it: then what the tokeniser makes of it, if that is one word.
        k : int
            How many, >= 1.

        Returns
        -------
        list of Near
            By falling cosine of the word vectors.

        Raises
        ------
        MissingError
            If the workspace was built without vectors.
        TermNotFoundError
            If the word has no vector; names words of near spelling.
        ParameterError
            If `k` is below 1.
        """
        forms = [word] if word in self.vectors else self.split(word)
        return self.vectors.nearest(forms[0] if len(forms) == 1 else word, k)

    def search(self, query: str, k: int = 10, where: str | None = None, *, expand: Expand = True) -> Hits:
        """Find the documents that answer a query best, by BM25.

        Parameters
        ----------
        query : str
            Words; ``"a phrase"``, ``+must``, ``-not``.
        k : int
            How many at most.
        where : str, optional
            A filter on the other columns of the corpus, such as ``rating >= 9 and date >= 2014``.
        expand : bool or collection of str
            How a word that the corpus does not have is looked for otherwise, see `malgil.SearchIndex.search`.

        Returns
        -------
        Hits
            By falling score, equal scores by document number; empty where no word is known.

        Raises
        ------
        ParameterError
            If `k` is below 1, or the query or the filter cannot be read.
        """
        return self.index.search(self._clean(query), k, where, expand=expand)

    def similar(
        self, id: str | None = None, *, text: str | None = None, k: int = 10, measure: str = "cosine"
    ) -> list[Hit]:
        """Find the documents nearest to a document or to a text.

        Parameters
        ----------
        id : str, optional
            The user's id of a document, which is not itself among the answers.
        text : str, optional
            A text instead.
        k : int
            How many at most.
        measure : str
            ``"cosine"`` or ``"euclidean"`` on TF-IDF weights, ``"jaccard"`` on sets of words.

        Returns
        -------
        list of Hit
            Nearest first; by cosine and Jaccard only those that share a word.

        Raises
        ------
        ParameterError
            If both or neither of `id` and `text` are given, or the measure is not known.
        TermNotFoundError
            If there is no such document.
        """
        from malgil.similarity import MEASURES, as_rows, top_k

        if (id is None) == (text is None):
            raise ParameterError("workspace.one_of_two", first="--doc", second="--text")
        facts = choose(MEASURES, "measure", measure)
        # Sets of words come from the counts: a word that every document has weighs nothing, but it is there.
        items = as_rows(self.weights.counts if facts.uses_sets else self.weights)
        itself = -1 if id is None else self.documents.number_of(id)
        if text is not None:
            counts = self._count(text)
            asked = as_rows(counts if facts.uses_sets else self.weights.transform(counts))
        else:
            asked = items.take([itself])
        docs, values = top_k(asked, items, min(k, len(self.documents)), measure, exclude=[itself])
        found = docs[0] >= 0
        if facts.higher_is_closer:
            found &= values[0] > 0  # documents that share nothing are not similar, however few there are
        forms = [] if text is None else self.split(text)
        field = next(iter(self.index.fields))
        answer = Answer(self.index.snapshot, tuple(Clause(field, form) for form in forms), self.index.splitters)
        return answer.hits(docs[0][found], values[0][found])

    def _count(self, text: str) -> Counts:
        """Count a text as a document of the corpus; words that the corpus does not have only make it longer."""
        from malgil.vectorize import dtm

        forms = self.split(text)
        ids = [term for term in self.vocabulary.ids_of(forms) if term is not None]
        ragged = Ragged(np.array(ids, np.int32), np.array([0, len(ids)]))
        return replace(dtm(ragged, len(self.vocabulary), n_jobs=1), n_tokens=np.array([len(forms)]))

    def next(self, context: str = "", k: int = 10) -> list[tuple[str, float]]:
        """Find the likeliest next words.

        Parameters
        ----------
        context : str
            The sentence so far, from its beginning.
        k : int
            How many, >= 1.

        Returns
        -------
        list of (str, float)
            Words and probabilities, falling; ``</s>`` is the end of the sentence.
        """
        return self.lm.next(context, k)

    def blank(self, text: str, k: int = 10, *, beam: int = 32) -> list[Filling]:
        """Fill the gaps of a sentence from both sides.

        Parameters
        ----------
        text : str
            The sentence; three or more ``_`` in a row are a gap.
        k : int
            How many fillings, >= 1.
        beam : int
            For several gaps, see `malgil.NgramLM.fill`.

        Returns
        -------
        list of Filling
            Words, probability and the filled sentence, by falling probability.
        """
        return self.lm.fill(text, k, beam=beam)

    def explain(self, id: str, *, word: str | None = None, query: str | None = None) -> Explanation:
        """Open the weight of a word in a document, or the score of a document for a query.

        Parameters
        ----------
        id : str
            The user's id of the document.
        word : str, optional
            A word: its TF-IDF weight is explained.
        query : str, optional
            A query instead: its BM25 score is explained.

        Returns
        -------
        Explanation
            Formula, numbers and terms.

        Raises
        ------
        ParameterError
            If both or neither of `word` and `query` are given.
        TermNotFoundError
            If there is no such document or word.
        """
        if (word is None) == (query is None):
            raise ParameterError("workspace.one_of_two", first="--word", second="--query")
        doc = self.documents.number_of(id)
        if word is not None:
            term = self._term_of(word)
            return self.weights.explain(doc, term, self.vocabulary.term(term))
        return self.index.explain(self._clean(query or ""), id)

    def _term_of(self, word: str) -> int:
        """Id of one word, written as the user writes it or as the tokeniser gives it."""
        for form in (word, *self.split(word)[:1]):
            if (term := self.vocabulary.id_of(form)) is not None:
                return term
        hint = did_you_mean(word, self.vocabulary.terms[:_NEAR].to_pylist())
        raise TermNotFoundError("workspace.unknown_word", word=word, hint=hint)

    @property
    def report_path(self) -> Path:
        """The page to look at."""
        return self.path / REPORT

    def write_report(self, lang: str = "en") -> Path:
        """Draw the report again, opening in another language.

        Parameters
        ----------
        lang : str
            ``"en"`` or ``"ko"``.

        Returns
        -------
        Path
            The page.

        Raises
        ------
        BusyError
            If a build is at work.
        StorageError
            If it cannot be written.
        """
        with locked(self.path):
            drawn = draw_report(self.path, lang, Silent())
            if drawn != self._artefact.meta["drawn"]:
                seal(self.path, self._artefact.meta["stages"], self.recipe.to_dict(), drawn)
                self._artefact = open_artefact(self.path, KIND)
        return self.report_path

    def check(self) -> list[MalgilError]:
        """Compare every file with its checksum, whatever its size.

        Returns
        -------
        list of MalgilError
            What is wrong; empty where nothing is.
        """
        problems: list[MalgilError] = list(check(self.path))
        for stage in self._artefact.meta["stages"]:
            problems += _CHECKS.get(stage, check)(self.path / stage)
        for name, wanted in self._artefact.meta["files"].items():
            path = self.path / name
            if not path.is_file():
                problems.append(ArtefactError("house.file_missing", path=path))
            elif checksum(path) != wanted:
                problems.append(ArtefactError("house.file_checksum", path=path))
        return problems

    def left_out(self) -> list[dict[str, str]]:
        """List the documents of the source that the drop rules of the recipe left out.

        Returns
        -------
        list of dict
            ``id``, ``reason``, and for a duplicate ``same_as``, the id of the document that stays in its place. In the
            order of the source; empty where the recipe has no drop rule.
        """
        left_out = self.documents.left_out()
        return [] if left_out is None else left_out.rows()

    def info(self) -> dict[str, Any]:
        """Facts about the workspace.

        Returns
        -------
        dict
            Sizes, tokeniser, formulas, source and bytes on disk, ready for JSON.
        """
        vocabulary, documents = self.vocabulary, self.documents
        left_out = documents.left_out()
        n_bytes = sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())
        return {
            "path": str(self.path),
            "n_docs": len(documents),
            "left_out": {} if left_out is None else left_out.counts,
            "n_tokens": vocabulary.n_tokens,
            "n_terms": len(vocabulary),
            "tokenizer": self.recipe.tokens.tokenizer,
            "weighting": self.recipe.counts.weighting,
            "bm25": {name: getattr(self.recipe.index, name) for name in ("variant", "k1", "b")},
            "fields": {name: field.params["name"] for name, field in self.index.fields.items()},
            "ngram": self._artefact.meta["recipe"].get("ngram"),
            "vectors": self._artefact.meta["recipe"].get("vectors"),
            "model": None if self.recipe.model is None else self._model_facts(),
            "n_bytes": n_bytes,
            "corpus": documents.facts,
        }

    def _model_facts(self) -> dict[str, Any]:
        names = {"baseline": "TF-IDF", "network": self.model.facts["encoder"]}
        return {names[name]: f"{row['accuracy']:.4f}" for name, row in self.model.scores.items()}
