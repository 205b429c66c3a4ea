"""Korean morphemes, from Kiwi.

A block goes through five stages: composed (NFC; offsets remembered), made distinct (the same review is written often),
cut where a text is very long, analysed, and put back: spans in code points of the raw text, one row a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, decode, is_space, to_str
from malgil.compose import compose_texts
from malgil.engine import map_blocks, n_workers
from malgil.errors import ParameterError
from malgil.params import did_you_mean
from malgil.tokenizers.dictionaries import UserWord, read_stop_words, read_user_words, stop_key
from malgil.tokenizers.morphemes import TAG_IDS, TAGS, UNKNOWN, Morphemes, analyse, load
from malgil.tokenizers.protocol import BlockTokenizer
from malgil.tokenizers.spans import straighten, uncovered
from malgil.tokens import Tokens

LONGEST_PIECE = 4096
"""Code points that Kiwi gets at once; its time grows with the square of a word's length."""

CONTENT = (
    *("NNG", "NNP", "NR", "XR", "VV", "VA", "VCN", "MAG", "IC"),
    *("SL", "SH", "SN", "W_URL", "W_EMAIL", "W_MENTION", "W_HASHTAG", "W_SERIAL", "W_EMOJI"),
)
"""Parts of speech with a meaning of their own: nouns, numerals, roots, verbs, adjectives, adverbs, interjections, words
in other scripts, numbers, addresses, emoji. Left out: dependent nouns (것), pronouns, auxiliaries (보다, 있다),
particles, endings, affixes, determiners, conjunctions, punctuation and symbols."""

_JOINED_AS = {UNKNOWN: "SW"}  # Kiwi joins nothing that it does not know

TAG_SETS = {"all": (), "content": CONTENT}


@dataclass(frozen=True, kw_only=True)
class KiwiTokenizer(BlockTokenizer):
    """Tokens are Korean morphemes: 했다 is 하 + 었 + 다, the first two on the same syllable.

    Forms are Kiwi's, of the composed (NFC) text: 아/어 and 았/었 are one form each (어, 었), jamo that stand for a part
    of a syllable are conjoining jamo (ᆫ). Spans point into the raw text, whatever its form of composition.

    Parameters
    ----------
    tags : {"all", "content"} or sequence of str
        Which parts of speech to keep: everything; the words with a meaning of their own (`CONTENT`); or those named,
        such as ``("NNG", "VV")``. ``"VV"`` also names ``"VV-R"`` and ``"VV-I"``.
    lowercase : bool
        Whether to put forms into lower case.
    user_words : str, Path or sequence
        Words that Kiwi does not know, read by `malgil.tokenizers.dictionaries.read_user_words`: a file, its lines, or
        tuples of form, part of speech and score. A form with blanks is a term of several words.
    stop_words : str, Path or sequence of str
        What to leave out, read by `malgil.tokenizers.dictionaries.read_stop_words`: forms, alone or with their parts
        of speech (``"하/VV"``).

    Raises
    ------
    ParameterError
        If a part of speech is not known.
    MissingError
        If a file of words is not there.
    DataError
        If a line of one cannot be used; names the file, the line and the reason.

    Examples
    --------
    >>> KiwiTokenizer().split("영화를 봤다")
    ['영화', '를', '보', '었', '다']
    >>> KiwiTokenizer(tags="content").split("영화를 봤다")
    ['영화', '보']
    """

    tags: str | tuple[str, ...] = "all"
    lowercase: bool = False
    user_words: str | Path | Sequence[str | Sequence[Any]] = ()
    stop_words: str | Path | Sequence[str] = ()
    name: ClassVar[str] = "kiwi"
    normalises: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not isinstance(self.tags, str):
            object.__setattr__(self, "tags", tuple(self.tags))
        object.__setattr__(self, "user_words", read_user_words(self.user_words))
        object.__setattr__(self, "stop_words", read_stop_words(self.stop_words))
        _kept_tags(self.tags)

    @property
    def covers_all(self) -> bool:
        """Whether the spans together cover every character that is not white space."""
        return self.tags == "all" and not self.stop_words

    @property
    def params(self) -> dict[str, Any]:
        """Arguments of `malgil.tokenizers.tokenizer` that make an equal tokeniser."""
        tags = self.tags if isinstance(self.tags, str) else list(self.tags)
        words = {"user_words": [list(word) for word in self._words], "stop_words": list(self._stops)}
        given = {name: value for name, value in words.items() if value}
        return {"name": self.name, "tags": tags, "lowercase": self.lowercase, **given}

    def split(self, text: str) -> list[str]:
        """Forms of one text.

        Parameters
        ----------
        text : str
            Raw text, without lone surrogates.

        Returns
        -------
        list of str
            The forms that `tokenize` finds.
        """
        return self.tokenize_block(pa.array([text], pa.large_string())).to_lists()[0]

    def tokenize_block(self, texts: pa.LargeStringArray) -> Tokens:
        """Tokens of one block, with a form table of its own.

        Parameters
        ----------
        texts : pa.LargeStringArray
            Raw texts, no nulls.

        Returns
        -------
        Tokens
            With tags. A text that stands in the block twice was analysed once.
        """
        return self._tokenize(texts, load(user_words=self._words))

    def tokenize_blocks(self, blocks: Iterable[pa.LargeStringArray], n_jobs: int | None = None) -> Iterator[Tokens]:
        """Tokens of each block in turn, the texts of a block side by side on Kiwi's threads.

        Parameters
        ----------
        blocks : iterable of pa.LargeStringArray
            The corpus.
        n_jobs : int, optional
            Kiwi's threads, all cores by default.

        Yields
        ------
        Tokens
            As from `tokenize_block`.
        """
        kiwi = load(n_workers(n_jobs), self._words)
        # Two blocks at a time: Kiwi's threads are at work on one while the other's spans are put straight.
        yield from map_blocks(lambda texts: self._tokenize(texts, kiwi), blocks, min(2, n_workers(n_jobs)))

    def join(self, tokens: Tokens) -> list[str]:
        """Put morphemes together to text again, as Kiwi writes them: 하 + 었 + 다 is 했다.

        Parameters
        ----------
        tokens : Tokens
            Of this tokeniser, so that they have their parts of speech.

        Returns
        -------
        list of str
            One text a document; spaces are where Kiwi puts them, not where the raw text had them.

        Raises
        ------
        ParameterError
            If the tokens have no parts of speech.

        Examples
        --------
        >>> kiwi = KiwiTokenizer()
        >>> kiwi.join(kiwi.tokenize(["영화를 봤다"]))
        ['영화를 봤다']
        """
        if tokens.tags is None:
            raise ParameterError("kiwi.join_needs_tags")
        kiwi, forms, names = load(user_words=self._words), tokens.forms.to_pylist(), tokens.tag_names
        words = [
            (forms[i], _JOINED_AS.get(names[tag], names[tag])) for i, tag in zip(tokens.ids, tokens.tags, strict=True)
        ]
        return [str(kiwi.join(words[low:high])) for low, high in pairwise(tokens.indptr.tolist())]

    @property
    def _words(self) -> tuple[UserWord, ...]:
        return self.user_words  # type: ignore[return-value]  # read when it was made

    @property
    def _stops(self) -> tuple[str, ...]:
        return self.stop_words  # type: ignore[return-value]

    def _analyse(self, texts: pa.LargeStringArray, kiwi: Any) -> Morphemes:
        return analyse_distinct(texts, kiwi)

    def _tokenize(self, texts: pa.LargeStringArray, kiwi: Any) -> Tokens:
        composed = compose_texts(texts)
        distinct = composed.texts.dictionary_encode()
        found = _keep(self._analyse(distinct.dictionary, kiwi), _kept_tags(self.tags))
        found = _without(found, self._stops, self.lowercase) if self._stops else found
        found = _repeat(found, distinct.indices.to_numpy(zero_copy_only=False))
        doc = np.repeat(np.arange(len(texts)), found.lengths)
        start, end = composed.offsets.to_raw(doc, found.start, found.end)
        forms, ids = _fold_case(found.forms, found.ids) if self.lowercase else (found.forms, found.ids)
        indptr = np.concatenate([[0], np.cumsum(found.lengths)]).astype(np.int64)
        return Tokens(pa.array(forms, pa.large_string()), ids, indptr, start, end, found.tags, TAGS)


def _kept_tags(tags: str | tuple[str, ...]) -> NDArray[np.bool_] | None:
    """Which places of `TAGS` to keep; ``None`` for all of them."""
    if isinstance(tags, str) and tags not in TAG_SETS:
        raise ParameterError("kiwi.unknown_tags", value=tags, hint=did_you_mean(tags, TAG_SETS))
    wanted = TAG_SETS[tags] if isinstance(tags, str) else tags
    for tag in wanted:
        if tag not in TAGS:
            raise ParameterError("kiwi.unknown_tag", tag=tag, known=", ".join(TAGS), hint=did_you_mean(str(tag), TAGS))
    if tags == "all":
        return None
    return np.array([tag in wanted or tag.partition("-")[0] in wanted for tag in TAGS])


class _Pieces(NamedTuple):
    """Texts cut into pieces that Kiwi can take."""

    texts: list[str]
    row: NDArray[np.int64]
    low: NDArray[np.int64]


def analyse_distinct(texts: pa.LargeStringArray, kiwi: Any) -> Morphemes:
    """Analyse texts, each as it is.

    Parameters
    ----------
    texts : pa.LargeStringArray
        In NFC, no nulls.
    kiwi : kiwipiepy.Kiwi
        From `malgil.tokenizers.morphemes.load`.

    Returns
    -------
    Morphemes
        `lengths` counts those of each text; spans are of the text, straightened, and cover it.
    """
    points = decode(texts)
    borders, space = points.indptr, is_space(points.points)
    pieces = _cut(texts, np.diff(borders))
    found = analyse(kiwi, pieces.texts)
    shift = np.repeat(borders[pieces.row] + pieces.low, found.lengths)
    lengths = np.bincount(pieces.row, found.lengths, len(texts)).astype(np.int64)
    row = np.repeat(np.arange(len(texts)), lengths)
    start, end = straighten(found.start + shift, found.end + shift, row, borders, space)
    found = found._replace(start=start, end=end, lengths=lengths)
    found = _insert(found, uncovered(start, end, borders, ~space), points)
    base = np.repeat(borders[:-1], found.lengths)
    return found._replace(start=found.start - base, end=found.end - base)


def _cut(texts: pa.LargeStringArray, n_points: NDArray[np.int64]) -> _Pieces:
    """Cut texts above `LONGEST_PIECE` at the last line break, else the last blank, else where it must be."""
    strings = texts.to_pylist()
    if int(n_points.max(initial=0)) <= LONGEST_PIECE:
        return _Pieces(strings, np.arange(len(strings)), np.zeros(len(strings), np.int64))
    out: list[str] = []
    rows: list[int] = []
    lows: list[int] = []
    for row, text in enumerate(strings):
        borders = [0, *_cuts(text), len(text)]
        out += [text[low:high] for low, high in pairwise(borders)]
        rows += [row] * (len(borders) - 1)
        lows += borders[:-1]
    return _Pieces(out, np.array(rows, np.int64), np.array(lows, np.int64))


def _cuts(text: str) -> Iterator[int]:
    low = 0
    while len(text) - low > LONGEST_PIECE:
        high = low + LONGEST_PIECE
        breaks = (text.rfind(char, low + 1, high) for char in "\n ")
        low = next((at for at in breaks if at > 0), high)
        yield low


def _insert(found: Morphemes, runs: tuple[NDArray[np.int64], NDArray[np.int64]], points: CodePoints) -> Morphemes:
    """Make unknown tokens of visible code points that Kiwi passed over."""
    start, end = runs
    if not len(start):
        return found
    place = {form: i for i, form in enumerate(found.forms)}
    texts = (to_str(points.points[low:high]) for low, high in zip(start.tolist(), end.tolist(), strict=True))
    ids = [place.setdefault(text, len(place)) for text in texts]
    at = np.searchsorted(found.start, start)
    lengths = found.lengths + np.bincount(points.rows_of(start), minlength=len(found.lengths))
    tags = np.insert(found.tags, at, np.uint8(TAG_IDS[UNKNOWN]))
    return Morphemes(
        list(place),
        np.insert(found.ids, at, ids),
        tags,
        np.insert(found.start, at, start),
        np.insert(found.end, at, end),
        lengths,
    )


def _keep(found: Morphemes, kept: NDArray[np.bool_] | None) -> Morphemes:
    return found if kept is None else _take(found, kept[found.tags])


def _without(found: Morphemes, stop_words: Sequence[str], lowercase: bool) -> Morphemes:
    """Leave stop words out: forms of any part of speech, or of one."""
    fold = str.lower if lowercase else str
    keys = [(fold(form), tag) for form, tag in map(stop_key, stop_words)]
    always = {form for form, tag in keys if tag is None}
    place: dict[str, list[int]] = {}
    for at, form in enumerate(found.forms):
        place.setdefault(fold(form), []).append(at)
    stops = np.array([fold(form) in always for form in found.forms], np.bool_)
    pairs = [at * len(TAGS) + tag for form, tag in keys if tag is not None for at in place.get(form, ())]
    leaves = np.append(stops, False)[found.ids] | np.isin(found.ids.astype(np.int64) * len(TAGS) + found.tags, pairs)
    return _take(found, ~leaves)


def _take(found: Morphemes, stays: NDArray[np.bool_]) -> Morphemes:
    before = np.concatenate([[0], np.cumsum(stays)])
    return found.take(stays, np.diff(before[np.concatenate([[0], np.cumsum(found.lengths)])]))


def _repeat(found: Morphemes, rows: NDArray[np.int64]) -> Morphemes:
    """Give every document the tokens of its text."""
    if len(rows) == len(found.lengths):
        return found  # then no text stands twice, and they stand in their order
    lengths = found.lengths[rows]
    first = (np.cumsum(found.lengths) - found.lengths)[rows]
    shift = first - (np.cumsum(lengths) - lengths)
    return found.take(np.arange(lengths.sum()) + np.repeat(shift, lengths), lengths)


def _fold_case(forms: list[str], ids: NDArray[np.int32]) -> tuple[list[str], NDArray[np.int32]]:
    place: dict[str, int] = {}
    merged = np.array([place.setdefault(form.lower(), len(place)) for form in forms], np.int32)
    return list(place), merged[ids] if len(merged) else ids
