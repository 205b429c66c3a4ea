"""What the report shows, as plain data: gathered once, kept as JSON, drawn in any language."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from malgil.eda.classifying import Classifying
from malgil.eda.continuations import Continuations
from malgil.eda.frequency import PowerLaw
from malgil.eda.labels import Label
from malgil.eda.lengths import Histogram
from malgil.eda.timeline import Timeline
from malgil.errors import ArtefactError

Fact = str | int | float | bool | list[str] | None


@dataclass(frozen=True)
class Repeat:
    """A text that occurs more than once.

    Parameters
    ----------
    text : str
        Its beginning, personal data hidden.
    n_docs : int
        Documents that have it.
    """

    text: str
    n_docs: int


@dataclass(frozen=True)
class Word:
    """A word with its numbers.

    Parameters
    ----------
    term : str
        The word.
    count : int
        Occurrences.
    df : int
        Documents with it.
    weight : float
        Mean TF-IDF weight over all documents.
    """

    term: str
    count: int
    df: int
    weight: float


@dataclass(frozen=True)
class Sparseness:
    """The document-term matrix in numbers.

    Parameters
    ----------
    n_docs, n_terms, n_entries : int
        Rows, columns, and cells that are not zero.
    density : float
        Share of the cells that are not zero, in [0, 1].
    dense_bytes, sparse_bytes : int
        Memory with and without the zeros.
    corner : list of list of int
        For some documents, evenly chosen, which of the `corner_terms` most frequent terms they have.
    corner_terms : int
        Columns of that corner.
    """

    n_docs: int
    n_terms: int
    n_entries: int
    density: float
    dense_bytes: int
    sparse_bytes: int
    corner: list[list[int]]
    corner_terms: int


@dataclass(frozen=True)
class AlikePair:
    """Two documents that raw counts call alike, through words that nearly every document has.

    Parameters
    ----------
    texts : list of str
        Both texts, shortened, personal data hidden.
    ids : list of str
        Their ids.
    words : list of str
        The words they share, the weightiest first.
    ratios : list of float
        Share of each word in the cosine of the counts.
    cosine_counts, cosine_weights : float
        Cosine of the raw counts and of the TF-IDF weights.
    """

    texts: list[str]
    ids: list[str]
    words: list[str]
    ratios: list[float]
    cosine_counts: float
    cosine_weights: float


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """All that the report shows.

    Parameters
    ----------
    source : dict
        Facts about the input: names of the files, format, encoding, columns.
    settings : dict
        How the words were made: tokeniser, weighting and so on.
    sizes : dict
        ``docs``, ``chars``, ``bytes``, ``tokens``, ``terms``.
    checks : dict
        Documents with each flaw, and the limit ``long_chars``.
    classes, languages : dict
        Characters by class, documents by guessed language.
    noise : dict
        Kind -> documents with it, matches.
    repeated : dict
        Character -> runs of three or more of it.
    repeats : list of Repeat
        The most repeated texts.
    chars, tokens : Histogram
        Lengths.
    counted, weighed : list of Word
        Most frequent words; words with the largest mean TF-IDF weight.
    cloud : dict
        Word -> occurrences, for the word cloud.
    zipf, heaps : PowerLaw
        Rank and frequency, growth of the vocabulary.
    sparseness : Sparseness
        The document-term matrix.
    pair : AlikePair or None
        Two documents alike only through common words, where there are such.
    labels : list of Label
        The labels shown; empty where the corpus has none.
    n_labels, n_unlabelled : int
        Distinct labels, documents without one.
    timeline : Timeline or None
        Documents over time.
    continuations : Continuations or None
        What a language model expects, where the workspace has one.
    classifying : Classifying or None
        How well the labels are predicted, where the workspace has models of them.
    """

    source: dict[str, Fact]
    settings: dict[str, Fact]
    sizes: dict[str, int]
    checks: dict[str, int]
    classes: dict[str, int]
    languages: dict[str, int]
    noise: dict[str, list[int]]
    repeated: dict[str, int]
    repeats: list[Repeat]
    chars: Histogram
    tokens: Histogram
    counted: list[Word]
    weighed: list[Word]
    cloud: dict[str, int]
    zipf: PowerLaw
    heaps: PowerLaw
    sparseness: Sparseness
    pair: AlikePair | None
    labels: list[Label]
    n_labels: int
    n_unlabelled: int
    timeline: Timeline | None
    continuations: Continuations | None = None
    classifying: Classifying | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give plain dictionaries, lists and numbers.

        Returns
        -------
        dict
            Ready for JSON.
        """
        return asdict(self)

    def to_json(self) -> str:
        """Write as JSON.

        Returns
        -------
        str
            The same for the same data, to the byte.
        """
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> ReportData:
        """Read what `to_json` wrote.

        Parameters
        ----------
        text : str or bytes
            JSON.

        Returns
        -------
        ReportData
            Equal to what was written.

        Raises
        ------
        ArtefactError
            If it is damaged or of another version.
        """
        from pydantic import TypeAdapter, ValidationError

        try:
            return TypeAdapter(cls).validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ArtefactError("eda.report_data_damaged", where=where or "-", reason=first["msg"]) from error
