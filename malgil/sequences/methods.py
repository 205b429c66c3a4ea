"""The ways to make a new text of an old one; each returns its changes, none where it can make no safe one.

References
----------
.. [1] Wei and Zou, "EDA: Easy Data Augmentation Techniques for Boosting Performance on Text Classification Tasks",
   EMNLP 2019: synonyms, insertion, swap, deletion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from malgil.hangul import join_conjoining
from malgil.sample.draw import Draw
from malgil.sample.typos import slip_word
from malgil.sequences.changes import Change, replaced
from malgil.sequences.eojeols import Eojeol, eojeols, with_form, without_particle
from malgil.sequences.guard import Guard, is_negation
from malgil.sequences.specials import MASK, SPECIALS
from malgil.sequences.synonyms import Table

_SHUFFLED = 4  # most words of a span that is shuffled
_LONG = 4  # least letters of a word that a blank may fall into


@dataclass(frozen=True, eq=False)
class Job:
    """A text and all that changing it takes.

    Parameters
    ----------
    text : str
        The source.
    words : list of Eojeol
        Its words.
    draw : Draw
        Source of chance.
    rate : float
        Share of the words to change; at least one is.
    synonyms : mapping of str to sequence of str
        Word -> words that may stand for it.
    guard : Guard
        What must not be changed.
    partner : str, optional
        A second text of the same label.
    """

    text: str
    words: list[Eojeol]
    draw: Draw
    rate: float
    synonyms: Table
    guard: Guard
    partner: str | None = None

    def core(self, at: int) -> str:
        """Give a word without its marks.

        Parameters
        ----------
        at : int
            Number of the word.

        Returns
        -------
        str
            Empty where it consists of marks.
        """
        return self.text[self.words[at].core_start : self.words[at].core_end]

    def into(self, at: int, after: str) -> Change:
        """Describe that a word becomes another; its marks stay.

        Parameters
        ----------
        at : int
            Number of the word.
        after : str
            What is to stand there.

        Returns
        -------
        Change
            The change.
        """
        return replaced(self.text, self.words[at].core_start, self.words[at].core_end, after)

    def drawn(self, places: Sequence[int]) -> list[int]:
        """Draw places in random order.

        Parameters
        ----------
        places : sequence of int
            To choose from.

        Returns
        -------
        list of int
            All of them.
        """
        return [at for _, at in sorted((self.draw.unit(), at) for at in places)]

    @property
    def n_wanted(self) -> int:
        """Words to change."""
        return max(1, round(self.rate * len(self.words)))

    def movable(self) -> list[int]:
        """List the words that may move or go: neither held by the guard nor beside a negation.

        Returns
        -------
        list of int
            Rising.
        """
        cores = [self.core(at) for at in range(len(self.words))]
        denies = [is_negation(core) for core in cores]
        beside = [any(denies[max(0, at - 1) : at + 2]) for at in range(len(cores))]
        return [at for at, core in enumerate(cores) if core and not beside[at] and not self.guard.holds(core)]


def synonyms_of(word: str, table: Table, guard: Guard) -> list[str]:
    """Find what may stand for a word.

    Parameters
    ----------
    word : str
        Without marks around it.
    table : mapping of str to sequence of str
        Word -> words that may stand for it.
    guard : Guard
        Refuses those that turn the meaning round.

    Returns
    -------
    list of str
        For the word as it is, or else for its stem, with its particle in the form that fits; English ones begin with a
        capital where the word does.

    Examples
    --------
    >>> synonyms_of("영화를", {"영화": ["작품", "무비"]}, Guard())
    ['작품을', '무비를']
    """
    whole = join_conjoining(word)
    found = table.get(whole) or table.get(whole.lower())
    options = list(found) if found else []
    if not options:
        splits = ((stem, ending) for stem, ending in without_particle(whole) if stem in table)
        stem, ending = next(splits, ("", ""))
        options = [with_form(other, ending) for other in table.get(stem, ())] if stem else []
    if whole[:1].isascii() and whole[:1].isupper() and found is not table.get(whole):
        options = [option[:1].upper() + option[1:] for option in options]
    return [option for option in options if option != whole and not guard.flips(whole, option)]


def replace_synonyms(job: Job) -> list[Change]:
    """Put other words for some.

    Parameters
    ----------
    job : Job
        The text.

    Returns
    -------
    list of Change
        At most the share of words that is wanted.
    """
    changes: list[Change] = []
    for at in job.drawn(range(len(job.words))):
        options = synonyms_of(job.core(at), job.synonyms, job.guard)
        if options:
            changes.append(job.into(at, job.draw.pick(options)))
        if len(changes) == job.n_wanted:
            break
    return changes


def insert_synonyms(job: Job) -> list[Change]:
    """Put a synonym of a word somewhere else into the text.

    Parameters
    ----------
    job : Job
        The text.

    Returns
    -------
    list of Change
        Each before a word that is no negation nor stands behind one.
    """
    cores = [job.core(at) for at in range(len(job.words))]
    free = [at for at in range(len(cores)) if not any(map(is_negation, cores[max(0, at - 1) : at + 1]))]
    changes: list[Change] = []
    places = job.drawn(free)
    for at in job.drawn(range(len(cores))):
        options = [word for word in synonyms_of(cores[at], job.synonyms, job.guard) if not is_negation(word)]
        if options and places:
            start = job.words[places.pop()].start
            changes.append(Change(start, start, "", f"{job.draw.pick(options)} "))
        if len(changes) == job.n_wanted:
            break
    return changes


def swap(job: Job) -> list[Change]:
    """Let two words change places, as often as words are to be changed.

    Parameters
    ----------
    job : Job
        The text.

    Returns
    -------
    list of Change
        Marks stay where they are.
    """
    places = job.drawn(job.movable())[: 2 * job.n_wanted]
    pairs = list(zip(places[::2], places[1::2], strict=False))
    return [job.into(at, job.core(to)) for a, b in pairs for at, to in ((a, b), (b, a)) if job.core(a) != job.core(b)]


def shuffle(job: Job) -> list[Change]:
    """Shuffle a few neighbouring words.

    Parameters
    ----------
    job : Job
        The text.

    Returns
    -------
    list of Change
        Of a span of up to four words that may move.
    """
    free = set(job.movable())
    starts = [at for at in sorted(free) if at + 1 in free]
    if not starts:
        return []
    first = job.draw.pick(starts)
    span = [at for at in range(first, first + _SHUFFLED) if all(i in free for i in range(first, at + 1))]
    moved = job.drawn(span)
    if moved == span:
        moved = [*span[1:], span[0]]
    return [job.into(at, job.core(to)) for at, to in zip(span, moved, strict=True) if job.core(at) != job.core(to)]


def delete(job: Job) -> list[Change]:
    """Leave words out; one is always kept.

    Parameters
    ----------
    job : Job
        The text.

    Returns
    -------
    list of Change
        With the blank beside each.
    """
    gone = set(job.drawn(job.movable())[: min(job.n_wanted, len(job.words) - 1)])
    changes, at, words = [], 0, job.words
    while at < len(words):
        last = at
        while last in gone:
            last += 1
        if last > at:
            ends = (words[at].start, words[last].start) if last < len(words) else (words[at - 1].end, words[-1].end)
            changes.append(replaced(job.text, *ends, ""))
        at = last + 1
    return changes


def typo(job: Job) -> list[Change]:
    """Hit a neighbouring key in some words.

    Parameters
    ----------
    job : Job
        The text.

    Returns
    -------
    list of Change
        As `malgil.sample` makes them: one jamo of a syllable, or a letter of an English word.
    """
    changes: list[Change] = []
    for at in job.drawn(range(len(job.words))):
        word = join_conjoining(job.core(at))
        wrong = slip_word(job.draw, word)
        if wrong != word and not job.guard.holds(word) and not job.guard.flips(word, wrong):
            changes.append(job.into(at, wrong))
        if len(changes) == job.n_wanted:
            break
    return changes


def space(job: Job) -> list[Change]:
    """Take blanks away, and put some into long words of Hangul; no letter changes.

    Parameters
    ----------
    job : Job
        The text.

    Returns
    -------
    list of Change
        Of white space alone.
    """
    gaps = [(one.end, other.start, "") for one, other in zip(job.words, job.words[1:], strict=False)]
    for at, word in enumerate(job.words):
        core = job.core(at)
        if len(core) < _LONG or not all("가" <= letter <= "힣" for letter in core):
            continue
        cut = 2 + job.draw.below(len(core) - 3)
        if is_negation(core) == any(map(is_negation, (core[:cut], core[cut:]))):
            gaps.append((word.core_start + cut, word.core_start + cut, " "))
    chosen = job.drawn(range(len(gaps)))[: job.n_wanted]
    return [replaced(job.text, *gaps[at]) for at in chosen]


def mask(job: Job) -> list[Change]:
    """Hide words behind ``<mask>``.

    Parameters
    ----------
    job : Job
        The text.

    Returns
    -------
    list of Change
        One word is always kept.
    """
    places = job.drawn(job.movable())[: min(job.n_wanted, len(job.words) - 1)]
    return [job.into(at, SPECIALS[MASK]) for at in places]


def mix(job: Job) -> list[Change]:
    """Put the second half of another text of the same label behind the first half.

    Parameters
    ----------
    job : Job
        The text with its partner.

    Returns
    -------
    list of Change
        One, or none where there is no partner. No half ends or begins beside a negation.
    """
    if not job.partner or not job.words or not (others := eojeols(job.partner)):
        return []
    cut = _safe_cut([job.core(at) for at in range(len(job.words))], (len(job.words) + 1) // 2)
    other_cores = [job.partner[word.core_start : word.core_end] for word in others]
    other_cut = _safe_cut(other_cores, len(others) // 2)
    if other_cut == len(others):
        return []
    second = job.partner[others[other_cut].start :].rstrip()
    change = replaced(job.text, job.words[cut - 1].end, len(job.text), f" {second}")
    return [change] if change.before != change.after else []


def _safe_cut(cores: list[str], cut: int) -> int:
    """Move a cut to the right until no negation is beside it."""
    while cut < len(cores) and any(map(is_negation, cores[max(0, cut - 1) : cut + 1])):
        cut += 1
    return cut


METHODS: dict[str, Callable[[Job], list[Change]]] = {
    "synonyms": replace_synonyms,
    "insert": insert_synonyms,
    "swap": swap,
    "shuffle": shuffle,
    "delete": delete,
    "typo": typo,
    "space": space,
    "mask": mask,
    "mix": mix,
}
"""Name -> how the changes are made."""

NEEDS_SYNONYMS = ("synonyms", "insert")
NEEDS_LABELS = ("mix",)
