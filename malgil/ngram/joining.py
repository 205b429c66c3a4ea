"""Words of a model back into readable text: what each tokeniser took apart is put together again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from malgil.hangul.letters import CONJOINING_FINAL, CONJOINING_INITIAL, CONJOINING_VOWEL, FINALS, INITIALS, VOWELS
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.clusters import BLANK_MARK
from malgil.tokenizers.factory import SUBWORDS

_PAIR = re.compile("[가-힣]{2}")
_HANGUL = re.compile("[가-힣ㄱ-ㆎ\u1100-\u11ff]")

_CONJOINING = ((CONJOINING_INITIAL, INITIALS), (CONJOINING_VOWEL, VOWELS), (CONJOINING_FINAL, FINALS))
_LOOSE = {first + place: letter for first, letters in _CONJOINING for place, letter in enumerate(letters) if letter}

UNITS = ("char", "syllable", "jamo")
"""Tokenisers that know no words: only their own mark says where a blank was."""


class Joined(NamedTuple):
    """A continuation as people write it.

    Parameters
    ----------
    text : str
        The new words by themselves.
    tail : str
        What is written behind the words before: with a blank before it, unless it goes on in their last word as a
        particle does.
    replaced : str
        End of the text before that `tail` is written in place of, where an ending melts into a stem.
    """

    text: str
    tail: str
    replaced: str = ""

    def after(self, before: str) -> str:
        """Write it behind a text.

        Parameters
        ----------
        before : str
            The text that it continues.

        Returns
        -------
        str
            Both.
        """
        before = before.rstrip()
        if not before or not before.endswith(self.replaced):
            return before + self.text
        return before[: len(before) - len(self.replaced)] + self.tail


def join_words(tokenizer: Tokenizer, forms: Sequence[str], before: Sequence[str] = ()) -> Joined:
    """Put words together again.

    Parameters
    ----------
    tokenizer : Tokenizer
        What took texts apart; a tokeniser without a row in `JOINS` gets blanks between its words.
    forms : sequence of str
        The words.
    before : sequence of str
        Words that stand before them: they tell what a particle or an ending belongs to.

    Returns
    -------
    Joined
        The text of `forms` alone.
    """
    return JOINS.get(tokenizer.name, join_with_blanks)(list(forms), list(before))


def split_behind(tokenizer: Tokenizer, text: str) -> list[str]:
    """Split the part of a text that stands behind a gap.

    Parameters
    ----------
    tokenizer : Tokenizer
        What takes texts apart.
    text : str
        The part, with the blank before it where there is one.

    Returns
    -------
    list of str
        Its words; pieces that go on in the word of the gap begin without a mark.
    """
    forms = tokenizer.split(text)
    if tokenizer.name in SUBWORDS and forms and not text[:1].isspace():
        forms = [form for form in (forms[0].removeprefix(BLANK_MARK), *forms[1:]) if form]
    return forms


def shown_form(form: str) -> str:
    r"""Write a word of a model so that it can be read by itself.

    Parameters
    ----------
    form : str
        The word.

    Returns
    -------
    str
        Conjoining jamo that no syllable carries, as Kiwi gives endings, are loose letters.

    Examples
    --------
    >>> shown_form("\u11ab다")
    'ㄴ다'
    """
    return form.translate(_LOOSE)


def join_with_blanks(forms: list[str], before: list[str]) -> Joined:
    """Put blanks between words.

    Parameters
    ----------
    forms, before : list of str
        As for `join_words`.

    Returns
    -------
    Joined
        A blank before them too.
    """
    text = " ".join(forms)
    return Joined(text, f" {text}" if text else "")


def join_bigrams(forms: list[str], before: list[str]) -> Joined:
    """Put syllables together: a pair between two of them says that they belong to one word.

    Parameters
    ----------
    forms, before : list of str
        Of the tokeniser ``bigram``, as for `join_words`.

    Returns
    -------
    Joined
        A pair at the end gives its second syllable, which is still to come.

    Examples
    --------
    >>> join_bigrams(["영", "영화", "화", "참"], []).text
    '영화 참'
    """
    pair = before[-1:] + forms[:1]
    is_attached = len(pair) == 2 and (_is_pair(pair[0]) or (_is_pair(pair[1]) and pair[1][0] == pair[0][-1]))
    text, is_inside = "", True
    for form, follower in zip(forms, [*forms[1:], ""], strict=False):
        if _is_pair(form):
            is_inside = True
            text += "" if follower == form[1] else form[1]
        else:
            text += form if is_inside else f" {form}"
            is_inside = False
    return Joined(text, text if is_attached or not text else f" {text}")


def _is_pair(form: str) -> bool:
    return _PAIR.fullmatch(form) is not None


def join_units(forms: list[str], before: list[str]) -> Joined:
    """Put characters together: only a mark makes a blank.

    Parameters
    ----------
    forms, before : list of str
        Of the tokenisers ``char`` and ``syllable`` with ``blanks=True``, ``bpe`` and ``unigram``, as for `join_words`.

    Returns
    -------
    Joined
        Nothing is normalised.

    Examples
    --------
    >>> join_units(["한", "글", "▁ㅋ"], []).text
    '한글 ㅋ'
    """
    tail = "".join(map(unmarked, forms))
    return Joined(tail.lstrip(), tail)


def join_letters(forms: list[str], before: list[str]) -> Joined:
    r"""Put letters together to syllables: only a mark makes a blank.

    Parameters
    ----------
    forms, before : list of str
        Of the tokeniser ``jamo`` with ``blanks=True``, as for `join_words`.

    Returns
    -------
    Joined
        Composed (NFC); a final goes into the last syllable before it.

    Examples
    --------
    >>> join_letters(["\u1112", "\u1161", "\u11ab", "▁ㅋ"], []).text
    '한 ㅋ'
    """
    parts = (unicodedata.normalize("NFC", join_units(part, []).text) for part in (forms, before, [*before, *forms]))
    return _written_on(*parts)


def _written_on(text: str, head: str, whole: str) -> Joined:
    """Tell what of a text is new, and what of its head is no longer as it was."""
    n_same = next((at for at, pair in enumerate(zip(head, whole, strict=False)) if pair[0] != pair[1]), len(head))
    return Joined(text, whole[n_same:], head[n_same:])


def unmarked(unit: str) -> str:
    """Write the mark of a unit as the blank that it stands for.

    Parameters
    ----------
    unit : str
        Form of a tokeniser among `UNITS`.

    Returns
    -------
    str
        A mark alone is a character of the text.

    Examples
    --------
    >>> unmarked("▁글"), unmarked("글"), unmarked("▁")
    (' 글', '글', '▁')
    """
    return f" {unit[1:]}" if len(unit) > 1 and unit[0] == BLANK_MARK else unit


def join_morphemes(forms: list[str], before: list[str]) -> Joined:
    """Put Korean morphemes together: 하 + 었 + 다 is 했다, and a particle stands at its noun.

    Parameters
    ----------
    forms, before : list of str
        Of the tokeniser ``kiwi``, as for `join_words`.

    Returns
    -------
    Joined
        As Kiwi writes them.

    Notes
    -----
    A model keeps forms and no parts of speech. Kiwi finds these by reading the forms with blanks between them; where it
    cuts them otherwise, each is taken as it stands. A form that no neighbour explains may get the wrong one, and then a
    blank too many or too few.
    """
    from malgil.tokenizers.morphemes import load

    if not forms:
        return Joined("", "")
    kiwi = load()
    morphemes = _with_tags(kiwi, [*before, *forms])
    text, head, whole = (kiwi.join(part) for part in (morphemes[len(before) :], morphemes[: len(before)], morphemes))
    return _written_on(text, head, whole)


def _with_tags(kiwi: Any, forms: list[str]) -> list[tuple[str, str]]:
    """Give every form its part of speech."""
    text = " ".join(forms)
    found = kiwi.tokenize(text)
    if [token.form for token in found] == forms:
        return [(token.form, token.tag) for token in found]
    spans: list[tuple[int, int]] = []
    for form in forms:
        begin = spans[-1][1] + 1 if spans else 0
        spans.append((begin, begin + len(form)))
    found = kiwi.tokenize(text, pretokenized=spans)
    tags = [token.tag for token in found] if len(found) == len(forms) else [_tag(kiwi, form) for form in forms]
    # What is taken as it stands counts as a name: wrong for marks, numbers and other scripts.
    return [(form, tag if _HANGUL.match(form) else _tag(kiwi, form)) for form, tag in zip(forms, tags, strict=True)]


def _tag(kiwi: Any, form: str) -> str:
    found = kiwi.tokenize(form)
    return str(found[0].tag) if found else "SW"


#: Name of a tokeniser -> how its words are put together.
JOINS: dict[str, Callable[[list[str], list[str]], Joined]] = {
    "kiwi": join_morphemes,
    "bigram": join_bigrams,
    "char": join_units,
    "syllable": join_units,
    "jamo": join_letters,
    **dict.fromkeys(SUBWORDS, join_units),
}
