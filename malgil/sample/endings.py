"""The endings that a Korean predicate takes in a review, by speech style and by place in the sentence."""

from __future__ import annotations

from typing import NamedTuple

from malgil.sample import korean

STYLES = ("yo", "eum", "da", "hae", "nida")

# style -> (ending, weight): how a sentence ends in the present, and in the past
_PRESENT = {
    "yo": (("yo", 6), ("neyo", 2), ("deora", 1), ("geot", 1), ("pyeon", 1)),
    "eum": (("eum", 7), ("deut", 1)),
    "da": (("da", 1),),
    "hae": (("hae", 4), ("ne", 2), ("deora", 1)),
    "nida": (("nida", 5), ("geot", 1), ("pyeon", 1)),
}
_PAST = {
    "yo": (("yo", 6), ("neyo", 1)),
    "eum": (("eum", 1),),
    "da": (("da", 1),),
    "hae": (("hae", 4), ("ne", 1)),
    "nida": (("nida", 1),),
}
_SURE = {"yo": "yo", "eum": "eum", "da": "da", "hae": "hae", "nida": "nida"}
_HEDGES = ("geot", "pyeon", "deut")
_TENSE_STEPS = 10
NONE, STRONG, PHRASE, HEDGE = range(4)


class Form(NamedTuple):
    """An inflected predicate and which intensifiers may stand before it.

    Attributes
    ----------
    text : str
        The inflected predicate.
    grade : int
        What may stand before it: NONE, STRONG (정말, 꽤), PHRASE (정말, 역시), HEDGE (꽤, 대체로).
    """

    text: str
    grade: int  # NONE, STRONG (정말, 꽤, ...), PHRASE (정말, 진짜), HEDGE (꽤, 대체로, ...)


def end(pred: korean.Predicate, ending: str, style: str, *, past: bool = False) -> str:
    """Inflect a predicate.

    Parameters
    ----------
    pred : Predicate
        From `korean.parse`.
    ending : str
        One of yo, hae, eum, da, nida, neyo, ne, deora, geot, pyeon, deut (sentence ends), go, nde, jiman, eo_seo.
    style : str
        Speech style, one of `STYLES`; the longer endings (것 같다, 편이다) end in it.
    past : bool
        Past tense.

    Returns
    -------
    str
        The inflected form.
    """
    stem, kind = pred.stem, pred.kind
    is_noun = kind == "noun" or stem.endswith("아니")
    if past:
        closed = is_noun and (korean.final_of(stem) != " " or stem.endswith("아니"))
        stem = (
            stem.removesuffix("아니") + "아니었"
            if stem.endswith("아니")
            else stem + "이었"
            if closed
            else (korean.past_stem(stem + "이") if is_noun else korean.past_stem(stem))
        )
        return _inflect(stem, "adjective", ending, style)
    if is_noun:
        return _copula(stem, ending, style)
    return _inflect(stem, kind, ending, style)


def _inflect(stem: str, kind: str, ending: str, style: str) -> str:
    if ending in ("yo", "hae", "eo_seo"):
        return korean.infinitive(stem) + {"yo": "요", "hae": "", "eo_seo": "서"}[ending]
    if ending == "eum":
        return korean.nominal(stem)
    if ending == "da":
        return korean.plain(stem, kind)
    if ending == "nida":
        return korean.formal(stem)
    if ending in ("neyo", "ne"):
        return korean.light_stem(stem) + {"neyo": "네요", "ne": "네"}[ending]
    if ending == "deora":
        return stem + ("더라" if style == "hae" else "더라고요")
    if ending in ("go", "jiman"):
        return stem + {"go": "고", "jiman": "지만"}[ending]
    return korean.attributive(stem, kind) + _noun_tail(ending, style)


def _noun_tail(ending: str, style: str) -> str:
    if ending == "nde":
        return "데"
    if ending == "deut":
        return " 듯"
    formal = style == "nida"
    return {"geot": " 것 같습니다" if formal else " 것 같아요", "pyeon": " 편입니다" if formal else " 편이에요"}[ending]


def _copula(noun: str, ending: str, style: str) -> str:
    is_open = korean.final_of(noun) == " "
    if ending == "nida" and noun.endswith(" 거"):
        return noun[:-1] + "겁니다"
    if ending == "yo":
        return noun + ("에요" if noun.endswith("아니") else "예요" if is_open else "이에요")
    if ending in ("hae", "eo_seo"):
        return noun + ("" if is_open else "이") + {"hae": "야", "eo_seo": "라서"}[ending]
    if ending in ("go", "jiman", "neyo", "ne", "da", "deora"):
        return _inflect(noun if is_open else noun + "이", "adjective", ending, style)
    stem = noun if noun.endswith("아니") else noun + "이"
    return _inflect(stem, "adjective", ending, style)


def final_forms(pred: korean.Predicate, style: str, past_share: float, *, sure: bool = False) -> list[Form]:
    """List the ways in which a predicate ends a sentence, repeated by weight.

    Parameters
    ----------
    pred : Predicate
        The predicate.
    style : str
        Speech style.
    past_share : float
        Share of past forms in [0, 1] where the predicate allows both tenses.
    sure : bool
        Only the plain statement (for what the writer did or will do), no 네요, 더라고요, 것 같아요.

    Returns
    -------
    list of Form
        Never empty.
    """
    share = {"past": 1.0, "present": 0.0}.get(pred.tense, past_share)
    n_past = round(share * _TENSE_STEPS)
    forms = []
    for table, past, repeat in ((_PRESENT, False, _TENSE_STEPS - n_past), (_PAST, True, n_past)):
        for ending, weight in ((_SURE[style], 5),) if sure else table[style]:
            if repeat and _fits(pred, ending):
                forms += [Form(end(pred, ending, style, past=past), _grade(pred, ending))] * (weight * repeat)
    return forms


def _fits(pred: korean.Predicate, ending: str) -> bool:
    if ending == "pyeon":
        return pred.kind == "adjective" and pred.graded and not korean.takes_neun(pred.stem)
    return ending not in _HEDGES or pred.kind != "noun" or pred.graded


def _grade(pred: korean.Predicate, ending: str) -> int:
    if ending in _HEDGES:
        return HEDGE if pred.graded else NONE
    return STRONG if pred.graded else PHRASE if pred.kind == "noun" and " " not in pred.stem else NONE


def joining_forms(pred: korean.Predicate, style: str, role: str, past_share: float) -> list[Form]:
    """List the forms that lead on to another clause.

    Parameters
    ----------
    pred : Predicate
        The predicate.
    style : str
        Speech style.
    role : str
        ``"and"`` (-고), ``"but"`` (-는데, -지만), ``"so"`` (-아서).
    past_share : float
        Share of past forms in [0, 1] where the predicate allows both tenses.

    Returns
    -------
    list of Form
        Never empty.
    """
    grade = _grade(pred, "")
    if role == "so":
        return [Form(end(pred, "eo_seo", style), grade)]
    endings = ("go",) if role == "and" else ("nde", "jiman")
    past = pred.tense == "past" or (pred.tense == "any" and past_share >= 0.5)
    return [Form(end(pred, ending, style, past=past), grade) for ending in endings]


def negated(pred: korean.Predicate) -> list[tuple[str, korean.Predicate]]:
    """List the ways to deny a predicate, as an adverb and the predicate that follows it.

    Parameters
    ----------
    pred : Predicate
        A predicate that the lexicon marks as negatable.

    Returns
    -------
    list of tuple of (str, Predicate)
        For 비싸다: 그다지 비싸지 않다, 생각만큼 비싸지는 않다, 별로 안 비싸다 (the last only where the stem is short).
    """
    stem = pred.stem
    ways = [(adverb, stem + "지 않") for adverb in ("그다지 ", "생각만큼 ", "")]
    ways.append(("그렇게 ", stem + "지는 않"))
    if len(stem) <= 2 and not stem.endswith(("하", "있", "없", "나")):
        ways += [("별로 ", "안 " + stem), ("", "안 " + stem)]
    return [(adverb, pred._replace(stem=text, graded=False, negatable=False)) for adverb, text in ways]
