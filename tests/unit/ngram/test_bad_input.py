"""What a user can get wrong with a language model: one clear error each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from malgil.errors import ArtefactError, DataError, MissingError, ParameterError, StorageError
from malgil.ngram import NgramLM

TEXTS = ["이 영화 재밌다", "이 영화 별로", "이 노래 재밌다"]


def _lm(**params: Any) -> NgramLM:
    return NgramLM(**{"order": 2, "smoothing": "witten_bell", **params}).fit(TEXTS)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"order": 0}, "order=0"),
        ({"order": -1}, "1 to 16"),
        ({"order": 2.5}, "whole number"),
        ({"order": True}, "whole number"),
        ({"order": 17}, "1 to 16"),
        ({"smoothing": "knesser_ney"}, "kneser_ney"),
        ({"prune": (1,)}, "prune"),
        ({"prune": (0, 2, 1)}, "never fall"),
        ({"prune": (0, 0, 0, 0)}, "at most 2"),
        ({"discount": 1.0}, "between 0 and 1"),
        ({"discount_fallback": ()}, "one to three"),
        ({"discount_fallback": (2.0,)}, "between 0 and its count"),
        ({"prune": 1}, "prune"),
        ({"prune": "01"}, "prune"),
        ({"prune": (0, 1.5)}, "prune"),
        ({"discount": "0.5"}, "between 0 and 1"),
        ({"discount": float("nan")}, "between 0 and 1"),
        ({"discount_fallback": "x"}, "one to three"),
        ({"discount_fallback": 0.5}, "one to three"),
        ({"discount_fallback": (float("nan"),)}, "between 0 and its count"),
        ({"tokenizer": "spaces"}, "whitespace"),
        ({"tokenizer": 3}, "whitespace"),
        ({"tokenizer": None}, "whitespace"),
        ({"tokenizer": {}}, "whitespace"),
        ({"order": "3"}, "whole number"),
        ({"order": float("nan")}, "whole number"),
        ({"n_jobs": 0}, "workers"),
    ],
)
def test_a_hyper_parameter_that_cannot_be(params: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said) as caught:
        _lm(**params)
    assert any("가" <= char <= "힣" for char in caught.value.sentence("ko"))


@pytest.mark.parametrize("texts", [[], [""], ["  ", "\t\n"]])
def test_nothing_to_learn_from(texts: list[str]) -> None:
    with pytest.raises(DataError, match="no word"):
        NgramLM().fit(texts)


def test_one_token_is_too_little_for_the_discounts_but_not_with_a_fallback() -> None:
    with pytest.raises(DataError, match=r"discount_fallback=\(0.5, 1.0, 1.5\)"):
        NgramLM(order=2).fit(["하나"])
    lm = NgramLM(order=2, discount_fallback=(0.5, 1.0, 1.5)).fit(["하나"])
    assert lm.next("", k=1)[0][0] == "하나"


def test_katz_says_what_it_lacks() -> None:
    with pytest.raises(DataError, match="Good-Turing"):
        _lm(smoothing="katz")


@pytest.mark.parametrize("text", ["참\ud800", 3, b"bytes", ["이", "영화"]])
def test_what_is_no_text(text: Any) -> None:
    with pytest.raises(DataError, match="row 2"):
        _lm().fit(["이 영화", text])


def test_texts_that_are_odd_but_texts() -> None:
    texts = ["이\0영화 참", None, "", "\u200b", "길" * (10 << 20), "참 " * 100_000]
    lm = NgramLM(order=3, smoothing="witten_bell").fit(texts)
    assert len(lm.model_.words) == 3 + 4
    found = lm.score_tokens(texts)
    assert (found.orders[found.ids > 2] > 0).all()
    assert lm.next("이\0영화", k=1)[0][0] == "참"


@pytest.mark.parametrize("word", ["<s>", "</s>", "<unk>"])
def test_marks_inside_a_text(word: str) -> None:
    texts = ["이 영화", f"참 {word} 좋다", "<b> <s"]
    with pytest.raises(DataError, match=f"Document 1 holds the word '{word}'"):
        NgramLM(order=2, smoothing="witten_bell").fit(texts)
    lm = NgramLM(order=2, smoothing="witten_bell", skip_symbols=True).fit(texts)
    clean = NgramLM(order=2, smoothing="witten_bell").fit(["이 영화", "참 좋다", "<b> <s"])
    assert lm.next("참", k=99) == clean.next("참", k=99)
    assert lm.score_tokens([f"참 {word} 좋다"]).ids[1] == 0


def test_questions_that_cannot_be() -> None:
    lm: Any = _lm()
    asks: list[Any]
    asks = [lambda: lm.next("이", k=0), lambda: lm.blank("이", "다", k=-1), lambda: lm.next("이", k=1.5)]
    for ask in asks:
        with pytest.raises(ParameterError, match="k="):
            ask()
    for settings in (
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.1},
    ):
        with pytest.raises(ParameterError, match=next(iter(settings))):
            lm.generate(**settings)
    for seed in (-1, 1.5, "x", None):
        with pytest.raises(ParameterError, match="seed="):
            lm.generate(seed=seed)
    asks = [lambda: lm.next(None), lambda: lm.next(["이"]), lambda: lm.blank("이", 3), lambda: lm.generate(b"x")]
    for ask in asks:
        with pytest.raises(ParameterError, match="is no text"):
            ask()
    with pytest.raises(ParameterError, match="max_tokens"):
        lm.generate(max_tokens=-1)
    with pytest.raises(DataError, match="at least one document"):
        lm.perplexity([])
    with pytest.raises(ParameterError, match="list"):
        lm.perplexity("이 영화")


def test_more_words_than_there_are() -> None:
    lm = _lm()
    assert len(lm.next("이", k=10**12)) == len(lm.model_.words) - 1  # all but <s>
    assert len(lm.blank("이", "재밌다", k=10**12)) <= len(lm.model_.words)


def test_a_context_of_unknown_words_is_the_empty_one() -> None:
    lm = _lm(order=3)
    assert lm.next("모름 처음", k=99) == lm.next("처음 모름", k=99)


def test_a_model_of_a_file_cannot_grow(tmp_path: Path) -> None:
    _lm().save(tmp_path / "lm")
    with pytest.raises(ParameterError, match="no counts"):
        NgramLM.open(tmp_path / "lm").partial_fit(TEXTS)
    with pytest.raises(ParameterError, match="order=3"):
        _lm().set_params(order=3).partial_fit(TEXTS)


ARPA = """\\data\\
ngram 1=4
ngram 2=2

\\1-grams:
-1\t<unk>\t0
0\t<s>\t-0.3
-0.5\t</s>\t0
-0.7\t이\t-0.2

\\2-grams:
-0.1\t<s> 이
-0.2\t이 </s>

\\end\\
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\\data\\", "data", "line 1: no"),
        ("ngram 2=2", "ngram 3=2", r"line 3: the \\data"),
        ("ngram 2=2", "ngram 2=two", r"line 3: the \\data"),
        ("ngram 1=4\n", "", r"line 2: the \\data"),
        ("ngram 1=4", "ngram 1=-4", r"line 2: the \\data"),
        ("ngram 1=4", "ngram 1=" + "9" * 5000, r"line 2: the \\data"),
        ("\\2-grams:\n", "", "line 11: there are more lines"),
        ("ngram 1=4", "ngram 1=5", "line 10: the section of 1-grams ends after 4 of 5"),
        ("ngram 1=4", "ngram 1=3", "line 9: there are more lines"),
        ("ngram 2=2", "ngram 2=1", "line 13: there are more lines"),
        ("ngram 2=2", "ngram 2=3", "line 14: the section of 2-grams ends after 2 of 3"),
        ("-0.7\t이", "nan\t이", "line 9: a probability"),
        ("-0.7\t이", "x\t이", "line 9: a probability"),
        ("이\t-0.2", "이\tinf", "line 9: a probability"),
        ("-0.7\t이", "0.7\t이", "line 9: the log-probability"),
        ("이 </s>", "</s>", "line 13: fewer than 2"),
        ("이 </s>", "이 </s> 0 0", "line 13: more stands here"),
        ("이 </s>", "이 참", "line 13: a word"),
        ("-0.7\t이", "-0.7\t</s>", "a word stands twice"),
        ("이 </s>", "<s> 이", "line 13: this 2-gram stands in the file twice"),
        ("\\end\\\n", "", "cut off"),
        ("\n\\2-grams:\n-0.1\t<s> 이\n-0.2\t이 </s>\n\n\\end\\\n", "", r"section \\2-grams: is missing"),
    ],
)
def test_a_damaged_arpa_file(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in ARPA
    path = tmp_path / "lm.arpa"
    path.write_text(ARPA.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataError, match=said):
        NgramLM.read_arpa(path)


def test_an_arpa_file_of_another_tool(tmp_path: Path) -> None:
    path = tmp_path / "lm.arpa"
    # blank lines, windows line ends, spaces for tabs, no <unk>, <s> at -99, an exponent, a missing suffix
    text = "\r\n\\data\\\r\nngram 1= 4\r\nngram  2=1\r\nngram 3=1\r\n\\1-grams:\r\n"
    text += "-99 <s> -0.3\r\n-5e-1 </s>\r\n-0.7 이 -0.2\r\n"
    text += "-0.8 참\r\n\r\n\r\n\\2-grams:\r\n-0.1 <s> 이 -0.4\r\n\r\n\\3-grams:\r\n-0.05\t<s> 이 참\r\n\\end\\\r\n"
    path.write_bytes(text.encode())
    lm = NgramLM.read_arpa(path)
    found = lm.score_tokens(["이 참", "모름"])
    assert found.log10_probs.tolist() == pytest.approx([-0.1, -0.05, -0.5, -100.3, -0.5], abs=1e-6)
    assert found.orders.tolist() == [2, 3, 1, 1, 1]


def test_n_grams_without_their_beginning(tmp_path: Path) -> None:
    path = tmp_path / "lm.arpa"
    path.write_text(
        ARPA.replace("ngram 2=2", "ngram 2=2\nngram 3=1").replace("\\end\\", "\\3-grams:\n-1\t이 이 이\n\n\\end\\")
    )
    with pytest.raises(DataError, match="line 17: this 3-gram begins with"):
        NgramLM.read_arpa(path)


def test_files_that_are_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="no such file"):
        NgramLM.read_arpa(tmp_path / "none.arpa")
    cut = tmp_path / "cut.arpa.gz"
    _lm().write_arpa(cut)
    cut.write_bytes(cut.read_bytes()[:-20])
    with pytest.raises(DataError, match="cannot be read"):
        NgramLM.read_arpa(cut)
    bad = tmp_path / "bad.arpa"
    bad.write_bytes(ARPA.encode().replace("이".encode(), b"\xff\xfe"))
    with pytest.raises(DataError, match="UTF-8"):
        NgramLM.read_arpa(bad)
    bad.write_bytes(b"\\data\\\n" + b"".join(b"ngram %d=1\n" % n for n in range(1, 18)))
    with pytest.raises(DataError, match="up to 17 words"):
        NgramLM.read_arpa(bad)
    for content in (b"", b"\n", b"abc", bytes(range(256)), "\\data\\\nngram 1=1\n".encode("utf-16")):
        bad = tmp_path / "bad.arpa.gz"  # no gzip in spite of its name
        bad.write_bytes(content)
        with pytest.raises(DataError, match="no ARPA file"):
            NgramLM.read_arpa(bad)
    bad.write_bytes(b"\x1f\x8bno gzip")
    with pytest.raises(DataError, match="cannot be read"):
        NgramLM.read_arpa(bad)
    with pytest.raises(StorageError):
        _lm().write_arpa(tmp_path)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    _lm(order=3).save(tmp_path / "lm")
    return tmp_path / "lm"


def test_a_flipped_byte_anywhere(saved: Path) -> None:
    for path in sorted(saved.glob("*")):
        content = path.read_bytes()
        for at in {0, 9, len(content) // 3, len(content) // 2, len(content) - 3, len(content) - 1} - {-1, -3}:
            if at < len(content):
                path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
                with pytest.raises(ArtefactError):
                    NgramLM.open(saved)
        path.write_bytes(content)
    assert NgramLM.open(saved).next("이")


def test_a_model_of_another_version_or_kind(saved: Path) -> None:
    manifest = json.loads((saved / "manifest.json").read_text(encoding="utf-8"))
    (saved / "manifest.json").write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
    with pytest.raises(ArtefactError, match="format 99"):
        NgramLM.open(saved)
    with pytest.raises(ArtefactError, match="no malgil artefact"):
        NgramLM.open(saved.parent)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("labels", lambda a: a + 1),
        ("labels", lambda a: a.astype(np.int64)),
        ("first", lambda a: a[::-1]),
        ("first", lambda a: a[:-1]),
        ("base", lambda a: a[::-1]),
        ("base", lambda a: a * 2),
        ("log10_probs", lambda a: a[1:]),
        ("log10_backoffs", lambda a: a[1:]),
        ("counts", lambda a: a[1:]),
        ("denominators", lambda a: a[:0]),
        ("cells", lambda a: a | np.uint64(31)),
        ("cells", lambda a: np.maximum(a, np.uint64(1))),
        ("cells", lambda a: a[1:]),
        ("cells", lambda a: a[:0]),
        ("links", lambda a: a[:-1]),
        ("links", lambda a: a[:0]),
        ("links", lambda a: np.append(a[:1] + 1, a[1:])),
        ("links", lambda a: np.append(a[:2] * 2, a[2:])),
        ("by_prob", lambda a: a + 1000),
        ("by_bridge", lambda a: a - 1000),
        ("before", lambda a: a + 1000),
        ("before_first", lambda a: a[::-1]),
        ("before_first", lambda a: a[1:]),
    ],
)
def test_arrays_that_do_not_fit_are_refused(saved: Path, name: str, change: Any) -> None:
    from malgil.store import Writer, open_artefact

    artefact = open_artefact(saved, "ngram")
    with Writer(saved, "ngram") as writer:
        writer.meta = artefact.meta
        writer.strings("words", artefact.strings("words"))
        for part in artefact.parts:
            if not part.startswith("words."):
                array = np.array(artefact[part])
                writer.array(part, np.ascontiguousarray(change(array)) if part == name else array)
    with pytest.raises(ArtefactError, match="damaged"):
        NgramLM.open(saved)
