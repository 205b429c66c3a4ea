"""How well spelling is suggested and corrected, beside the peers on the same words in the same run.

``python bench/spelling.py [N_SENTENCES] [--develop]``. English: the common misspellings of Wikipedia, where any of the
right words counts. Korean: sentences of petitions that nothing was learnt from, each with one slip of a known kind; a
correction counts where the word comes out as it was. Every word of the untouched sentences that changes is counted as
broken, though some were wrong in the petition.
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from recording import quantile, real_data, version, write
from spelling_typos import KINDS, Typo, held_out_sentences, make_typos

from malgil import Speller
from malgil.clean.spelling_model import load_model
from malgil.clean.spelling_slips import KEYS
from malgil.hangul import from_strokes, strokes

TITLE = {"en": "Spelling", "ko": "맞춤법"}
INPUT = {
    "en": "4,272 English misspellings from Wikipedia; Korean petitions with one slip a sentence",
    "ko": "위키백과 영어 오기 4,272건, 문장마다 한 단어를 잘못 친 국민청원",
}
SEED = 20261123
_EOJEOL = re.compile("[가-힣]+")
Suggest = Callable[[str], list[str]]


def misspellings(path: Path) -> list[tuple[str, set[str]]]:
    """Read the English words: what was typed, and what is right.

    Parameters
    ----------
    path : Path
        The list.

    Returns
    -------
    list of (str, set of str)
        In lower case; the one row with a blank is left out.
    """
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:])
    return [
        (wrong.lower(), {right.strip().lower() for right in rights.split(",")})
        for wrong, rights in rows
        if " " not in wrong
    ]


def symspell() -> Suggest:
    """Set up plain symspellpy: nearest first, then by count.

    Returns
    -------
    callable
        Word -> suggestions.
    """
    from symspellpy import SymSpell, Verbosity

    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
    speller.load_dictionary(str(files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")), 0, 1)
    return lambda word: [item.term for item in speller.lookup(word, Verbosity.ALL, max_edit_distance=2)[:5]]


def norvig(counts: dict[str, int], letters: str, *, depth: int = 2) -> Suggest:
    """Set up Norvig's corrector: known words with the fewest edits, by count.

    Parameters
    ----------
    counts : dict of str to int
        The words.
    letters : str
        The alphabet.
    depth : int
        Most edits.

    Returns
    -------
    callable
        Word -> suggestions.
    """

    def edits(word: str) -> set[str]:
        cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
        found = {left + right[1:] for left, right in cuts if right}
        found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
        found |= {left + letter + right[1:] for left, right in cuts if right for letter in letters}
        return found | {left + letter + right for left, right in cuts for letter in letters}

    def suggest(word: str) -> list[str]:
        if word in counts:
            return [word]
        near = edits(word)
        found = {other for other in near if other in counts}
        if not found and depth > 1:
            found = {far for other in near for far in edits(other) if far in counts}
        return sorted(found, key=lambda other: (-counts[other], other))[:5] or [word]

    return suggest


def english(rows: list[dict[str, Any]], words: list[tuple[str, set[str]]]) -> None:
    """Measure the English suggestions.

    Parameters
    ----------
    rows : list of dict
        Takes the results.
    words : list of (str, set of str)
        From `misspellings`.
    """
    from symspellpy import SymSpell

    speller, plain = Speller("en"), symspell()
    counts = SymSpell()
    counts.load_dictionary(str(files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")), 0, 1)
    known = dict(counts.words)
    contenders: dict[str, tuple[str, Suggest]] = {
        "malgil": ("", lambda word: [found.word for found in speller.suggest(word)]),
        "symspellpy": ("nearest, then by count", plain),
        "python": ("Norvig's corrector on the same list", norvig(known, "abcdefghijklmnopqrstuvwxyz'")),
    }
    for who, (setting, suggest) in contenders.items():
        part = words if who != "python" else words[::10]  # its edits of edits take a second a word
        rows.append(_row(who, "English", setting, *_answers(suggest, part)))


def _answers(suggest: Suggest, words: list[tuple[str, set[str]]]) -> tuple[dict[str, float], int]:
    suggest("warm")
    first = five = 0
    seconds = []
    for wrong, right in words:
        began = time.perf_counter()
        found = suggest(wrong)
        seconds.append(time.perf_counter() - began)
        first += bool(found) and found[0] in right
        five += bool(right & set(found))
    figures = {"top-1": first / len(words), "top-5": five / len(words)}
    return figures | {"ms a word": 1e3 * statistics.fmean(seconds), "p99 ms": 1e3 * quantile(seconds, 0.99)}, len(words)


def _row(who: str, case: str, setting: str, figures: dict[str, float], n: int) -> dict[str, Any]:
    rounded = {name: round(value, 4) for name, value in figures.items()}
    print(
        f"  {case:<18} {who:<11} {setting:<36} " + "   ".join(f"{name} {value:.4f}" for name, value in rounded.items())
    )
    return {"who": who, "version": version(who), "case": case, "setting": setting, "n_words": n, "figures": rounded}


class KoreanPeer:
    """A corrector of Korean words in a sentence.

    Parameters
    ----------
    suggest : callable
        (word, left, right) -> suggestions; nothing where it makes none.
    correct : callable
        (sentence) -> list of (start, end, new word).
    """

    def __init__(
        self, suggest: Callable[[str, str, str], list[str]], correct: Callable[[str], list[tuple[int, int, str]]]
    ) -> None:
        self.suggest = suggest
        self.correct = correct


def malgil_peer() -> KoreanPeer:
    """Set up malgil."""
    speller = Speller()

    def suggest(word: str, left: str, right: str) -> list[str]:
        return [found.word for found in speller.suggest(word, left=left, right=right)]

    return KoreanPeer(suggest, lambda text: [(row.start, row.end, row.after) for row in speller.check([text], 1)[0]])


def kiwi_peer() -> KoreanPeer:
    """Set up Kiwi's correction of typing errors: words that it joins again otherwise than they stood."""
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=1)

    def correct(text: str) -> list[tuple[int, int, str]]:
        tokens = kiwi.tokenize(text, typos="basic")
        found = []
        for match in re.finditer(r"[가-힣ㄱ-ㅣ]+", text):
            own = [token for token in tokens if match.start() <= token.start < match.end()]
            if any(token.typo_cost > 0 for token in own):
                found.append((*match.span(), kiwi.join([(token.form, token.tag) for token in own])))
        return found

    return KoreanPeer(lambda word, left, right: [new for *_, new in correct(word)] or [word], correct)


def baseline_peer() -> KoreanPeer:
    """Set up Norvig's corrector on keys, with malgil's list of words."""
    counts = {strokes(word): n for word, n in load_model().counts.items()}
    by_keys = norvig(counts, KEYS, depth=1)

    def suggest(word: str, left: str, right: str) -> list[str]:
        return [from_strokes(found) for found in by_keys(strokes(word))]

    def correct(text: str) -> list[tuple[int, int, str]]:
        words = ((match.span(), match.group()) for match in re.finditer("[가-힣ㄱ-ㅣ]+", text))
        return [(*span, new) for span, word in words if (new := suggest(word, "", "")[0]) != word]

    return KoreanPeer(suggest, correct)


def korean(rows: list[dict[str, Any]], typos: list[Typo], clean: list[str]) -> None:
    """Measure Korean.

    Parameters
    ----------
    rows : list of dict
        Takes the results.
    typos : list of Typo
        Sentences with a slip.
    clean : list of str
        Sentences as they were written.
    """
    peers = {"malgil": malgil_peer, "kiwipiepy": kiwi_peer, "python": baseline_peer}
    settings = {"malgil": "", "kiwipiepy": 'typos="basic"', "python": "Norvig's corrector on keys, malgil's list"}
    for who, make in peers.items():
        peer = make()
        peer.suggest("안녕", "", "")
        overall, kinds = _corrected(peer, typos)
        overall |= _broken(peer, clean)
        rows.append(_row(who, "Korean", settings[who], overall, len(typos)))
        for kind in KINDS:
            rows.append(_row(who, f"Korean, {kind}", settings[who], kinds[kind], len(typos) // len(KINDS)))


def _corrected(peer: KoreanPeer, typos: list[Typo]) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Measure suggestions for the mistyped word, and corrections of the sentence."""
    totals: Counter[str] = Counter(typo.kind for typo in typos)
    hits: dict[str, Counter[str]] = {name: Counter() for name in ("top-1", "top-5", "corrected")}
    seconds = []
    for typo in typos:
        began = time.perf_counter()
        found = peer.suggest(typo.typed, typo.before, typo.behind)
        seconds.append(time.perf_counter() - began)
        hits["top-1"][typo.kind] += found[:1] == [typo.word]
        hits["top-5"][typo.kind] += typo.word in found[:5]
        hits["corrected"][typo.kind] += _mended(peer, typo)
    overall = {name: sum(counter.values()) / len(typos) for name, counter in hits.items()}
    kinds = {
        kind: {name: counter[kind] / totals[kind] for name, counter in hits.items()} for kind in KINDS if totals[kind]
    }
    return overall | {"ms a word": 1e3 * statistics.fmean(seconds)}, kinds


def _mended(peer: KoreanPeer, typo: Typo) -> bool:
    """Whether the wrong word comes out right, whatever happens to the others."""
    text = typo.before + typo.typed + typo.behind
    low, high = len(typo.before), len(typo.before) + len(typo.typed)
    out, end = "", low
    for start, stop, new in peer.correct(text):
        if start < high and stop > low:
            out += text[end:start] + new
            end = stop
    return out + text[end:high] == typo.word


def _broken(peer: KoreanPeer, clean: list[str]) -> dict[str, float]:
    n_words = sum(len(_EOJEOL.findall(text)) for text in clean)
    began = time.perf_counter()
    n_broken = sum(text[start:end] != new for text in clean for start, end, new in peer.correct(text))
    return {"broken": n_broken / n_words, "words a second": n_words / (time.perf_counter() - began)}


def main() -> None:
    """Measure and write the result."""
    petitions, wrong = (
        real_data("text/korean_petitions.jsonl.gz"),
        real_data("spelling/wikipedia_common_misspellings.tsv"),
    )
    if petitions is None or wrong is None:
        print("  skipped: MALGIL_DATA does not name a folder with the petitions and the misspellings")
        return
    is_developing, numbers = "--develop" in sys.argv, [int(word) for word in sys.argv[1:] if word.isdigit()]
    n = numbers[0] if numbers else 2100
    rows: list[dict[str, Any]] = []
    sentences = held_out_sentences(petitions, 8 if is_developing else 9)
    korean(rows, make_typos(sentences, n, SEED), sentences[:n])
    english(rows, misspellings(wrong))
    if not is_developing:
        write("spelling", title=TITLE, source=INPUT, rows=rows)


if __name__ == "__main__":
    main()
