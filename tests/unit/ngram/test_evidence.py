"""The model without a limit of order and the kept corpus: files, bad input, what a person sees."""

from __future__ import annotations

import json
import math
import pickle
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil.errors import ArtefactError, DataError, NotFittedError, ParameterError
from malgil.ngram import NgramLM
from malgil.ngram.corpus_saving import save_unbounded
from malgil.ngram.suffix_array import SuffixArray
from malgil.ngram.unbounded import Unbounded

NFD = unicodedata.normalize("NFD", "영화")
TEXTS = ["이 영화 참 재밌다", "이 영화 별로", "", "참 ㅋㅋ 😀", f"이 {NFD} The Movie", "굿", "굿", "이영화참재밌다"]


def _lm(**params: Any) -> NgramLM:
    return NgramLM(**{"order": None, **params}).fit(TEXTS)


def test_the_longest_end_of_the_context_decides() -> None:
    lm = _lm()
    assert lm.next("이 영화") == [("별로", 0.5), ("참", 0.5)]
    assert lm.next("저 이 영화 참") == [("재밌다", 1.0)]  # 이 영화 참 is found, what stands before is not
    assert lm.next(NFD)[0] == ("The", 1.0)  # another word than the composed one
    assert lm.next("이 영화 참 재밌다") == [("</s>", 1.0)]
    assert dict(lm.next("모름", k=99))["굿"] == 2 / 25  # nothing is known: relative frequency, ends included


def test_scores_are_honest_about_zero() -> None:
    lm = _lm()
    scores = lm.score_tokens(["이 영화 재밌다", "모름"])
    assert scores.orders.tolist() == [2, 3, 4, 2, 2, 1]
    assert np.isneginf(scores.log10_probs).tolist() == [False, False, True, False, True, False]
    assert lm.perplexity(["모름"]) == math.inf
    assert lm.perplexity(["모름"]).without_unknown == pytest.approx(25 / 8)  # </s> after nothing known
    assert lm.score(["이 영화 재밌다"]) == -math.inf
    assert lm.log10_prob("이 영화 별로") == pytest.approx(math.log10(3 / 8 * 2 / 3 / 2))
    assert lm.transform(["굿", "모름"])[:, 0].tolist() == [pytest.approx(1.0), math.inf]


def test_generation_repeats_itself_and_stays_in_the_corpus() -> None:
    lm = _lm()
    written = lm.generate("이 영화", seed=3)
    assert written == lm.generate("이 영화", seed=3)
    assert written in ("참 재밌다", "별로", "참 ㅋㅋ 😀")
    assert lm.generate("이 영화", temperature=0) == "별로"
    assert lm.generate("이 영화 참", beam=4) == "재밌다"


def test_a_gap_needs_both_sides() -> None:
    lm = _lm()
    assert lm.blank("이", "참 재밌다") == [("영화", 1.0)]
    assert lm.blank("이", "ㅋㅋ") == []


def test_an_explanation_shows_every_length_and_the_sentences() -> None:
    opened = _lm().explain("이 영화", "참")
    assert [(term.numbers["count"], term.numbers["N"]) for term in opened.terms[:4]] == [
        (1, 2),
        (1, 2),
        (1, 2),
        (2, 25),
    ]
    assert opened.terms[-1].label == "sentences with <s> 이 영화 참"
    assert [(term.label, term.value) for term in opened.terms[-1].terms] == [("이 영화 참 재밌다", 0)]
    assert _lm().explain("이", "모름").value == -math.inf


def test_a_table_of_ngrams_shows_sentences_where_it_kept_them() -> None:
    plain = NgramLM(order=2, smoothing="witten_bell").fit(TEXTS)
    kept = NgramLM(order=2, smoothing="witten_bell", keep_corpus=True).fit(TEXTS)
    opened = kept.explain("저 이", "영화")
    assert opened.value == plain.explain("저 이", "영화").value
    assert opened.wrong() == []
    assert [term.value for term in opened.terms[-1].terms[-1].terms] == [0, 1]
    assert kept.evidence("저 이", "영화").words == ("이", "영화")
    with pytest.raises(ParameterError, match="keep_corpus=True"):
        plain.evidence("이")


def test_evidence_is_spread_over_all_places() -> None:
    lm = NgramLM(order=None).fit([f"이 말{i:03d}" for i in range(200)])
    found = lm.evidence("", "이", k=4)
    assert found.n_occurrences == 200
    assert [p.doc for p in found.passages] == [0, 50, 100, 150]
    assert found == lm.evidence("", "이", k=4)
    assert lm.evidence("", "없다") == ((), 0, [])


def test_one_word_and_long_repeats() -> None:
    lm = NgramLM(order=None).fit(["하나"])
    assert lm.next("", k=5) == [("하나", 1.0)]
    many = NgramLM(order=None).fit(["ㅋ " * 20_000, "ㅋ " * 20_000])
    assert many.next("ㅋ " * 19_999) == [("ㅋ", 1.0)]
    assert many.evidence("ㅋ " * 30_000, k=9).n_occurrences == 2  # 20,000 of them in a row occur once a sentence
    assert many.model_.order == 20_002


@pytest.mark.parametrize("texts", [[], [""], ["  ", "\t"]])
def test_nothing_to_learn_from(texts: list[str]) -> None:
    with pytest.raises(DataError, match="no word"):
        NgramLM(order=None).fit(texts)


def test_what_needs_a_table_says_so(tmp_path: Path) -> None:
    lm = _lm()
    for ask in (lambda: lm.write_arpa(tmp_path / "a.arpa"), lambda: lm.fill("이 ___ 참 ___")):
        with pytest.raises(ParameterError, match="such as order=3"):
            ask()
    with pytest.raises(ParameterError, match="memory='1G'"):
        _lm(memory="1G")
    with pytest.raises(ParameterError, match="memory='1G'"):
        _lm(order=2, keep_corpus=True, memory="1G")
    with pytest.raises(NotFittedError):
        NgramLM(order=None).evidence("이")
    with pytest.raises(ParameterError, match="k=0"):
        lm.evidence("이", k=0)


def test_a_model_grows_only_as_it_began(tmp_path: Path) -> None:
    lm = _lm()
    with pytest.raises(ParameterError, match="order=2"):
        lm.set_params(order=2).partial_fit(TEXTS)
    lm = NgramLM(order=2, smoothing="witten_bell").fit(TEXTS)
    with pytest.raises(ParameterError, match="keep_corpus=True"):
        lm.set_params(keep_corpus=True).partial_fit(TEXTS)
    _lm().save(tmp_path / "lm")
    with pytest.raises(ParameterError, match="no counts"):
        NgramLM.open(tmp_path / "lm").partial_fit(TEXTS)


@pytest.mark.parametrize("params", [{}, {"order": 2, "smoothing": "witten_bell", "keep_corpus": True}])
def test_saved_is_opened_again(tmp_path: Path, params: dict[str, Any]) -> None:
    lm = _lm(**params)
    lm.save(tmp_path / "lm")
    opened = NgramLM.open(tmp_path / "lm")
    assert opened.get_params()["order"] == lm.order
    assert opened.next("이 영화") == lm.next("이 영화")
    assert opened.evidence("이", "영화") == lm.evidence("이", "영화")
    assert opened.explain("이", "영화").to_text() == lm.explain("이", "영화").to_text()
    assert opened.score_tokens(TEXTS).log10_probs.tolist() == lm.score_tokens(TEXTS).log10_probs.tolist()
    lm.save(tmp_path / "again")
    names = [sorted(p.name for p in (tmp_path / folder).iterdir()) for folder in ("lm", "again")]
    assert names[0] == names[1]  # a name holds the checksum
    copied = pickle.loads(pickle.dumps(lm))
    assert copied.evidence("이", "영화") == lm.evidence("이", "영화")


def test_a_flipped_byte_is_found(tmp_path: Path) -> None:
    _lm().save(tmp_path / "lm")
    for path in sorted((tmp_path / "lm").glob("*.npy")):
        whole = bytearray(path.read_bytes())
        path.write_bytes(bytes([*whole[:-1], whole[-1] ^ 1]))
        with pytest.raises(ArtefactError):
            NgramLM.open(tmp_path / "lm")
        path.write_bytes(bytes(whole))
    NgramLM.open(tmp_path / "lm")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("ids", lambda a: a - 3),
        ("ids", lambda a: a + 100),
        ("ids", lambda a: a[::-1].copy()),
        ("ids", lambda a: a.astype(np.int64)),
        ("places", lambda a: a + 1),
        ("places", lambda a: a[:-1]),
        ("places", lambda a: a - 1),
        ("starts", lambda a: a[::-1].copy()),
        ("starts", lambda a: a[:-1]),
        ("starts", lambda a: np.maximum(a, a[3])),
    ],
)
def test_a_damaged_corpus_is_refused_before_a_kernel_sees_it(tmp_path: Path, name: str, change: Any) -> None:
    lm = _lm()
    arrays = {key: getattr(lm.model_.suffixes, key) for key in ("ids", "places", "starts")}
    arrays[name] = change(arrays[name])
    save_unbounded(Unbounded(lm.model_.words, SuffixArray(**arrays)), tmp_path / "lm", lm.get_params())
    with pytest.raises(ArtefactError, match="corpus"):
        NgramLM.open(tmp_path / "lm")


def test_wrong_places_within_range_end_no_process(tmp_path: Path) -> None:
    lm = _lm()
    suffixes = lm.model_.suffixes
    last = np.full_like(suffixes.places, len(suffixes) - 1)
    broken = Unbounded(lm.model_.words, SuffixArray(suffixes.ids, last, suffixes.starts))
    broken.score(suffixes.ids)
    assert broken.next_words(np.array([1, 4], np.int32), 3)
    broken.gap_words(np.array([1], np.int32), np.array([2], np.int32), 3)


def test_the_manifest_of_another_kind(tmp_path: Path) -> None:
    _lm().save(tmp_path / "lm")
    manifest = tmp_path / "lm" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text(encoding="utf-8")) | {"kind": "x"}), encoding="utf-8")
    with pytest.raises(ArtefactError):
        NgramLM.open(tmp_path / "lm")
