from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from malgil.errors import ArtefactError, DataError, NotFittedError, ParameterError  # noqa: E402
from malgil.sample.captions import KOREAN  # noqa: E402
from malgil.sample.shapes import Thing, draw_things  # noqa: E402
from malgil.sequences.specials import BOS, EOS, PAD, UNK  # noqa: E402
from malgil.tasks.captioner import Captioner  # noqa: E402
from malgil.tasks.generator import Generator  # noqa: E402
from malgil.tasks.translator import Translator  # noqa: E402
from malgil.tasks.wordbook import MarkedWords, Wordbook  # noqa: E402
from malgil.tasks.writing_examples import Pairs, Sources  # noqa: E402
from malgil.training.batches import plan  # noqa: E402

TINY = {"hidden_size": 24, "embedding_size": 12, "dropout": 0.0, "learning_rate": 0.02, "validation": 0}


@pytest.mark.parametrize(
    "text",
    [
        "그는 '안녕'이라고 했다.",
        "Don't (stop) 3개!",
        "이 ㅋㅋ 😀👍 것",
        "e\u0301 cafe\u0301, ▁x",
        "",
        "빨간 원",
        "\u1112\u1161\u11ab글",
    ],
)
def test_marked_words_come_back_whole(text: str) -> None:
    import unicodedata

    made = MarkedWords()
    book = Wordbook.learn(made, [made.split(text)])
    assert book.text(book.numbers(made.split(text))) == " ".join(unicodedata.normalize("NFC", text).split())


def test_words_are_numbered_by_count_and_rare_ones_are_unknown() -> None:
    book = Wordbook.learn(None, [["나", "가", "가"], ["다", "나", "<s>"]], min_count=2)
    assert book.terms[4:] == ("가", "나")
    assert book.numbers(["가", "다", "<s>"]) == [4, UNK, UNK]
    assert book.forms([BOS, 5, 6, EOS, PAD], ["마"]) == ["나", "마"]
    assert book.forms([5, 6, 7], ["마"]) == ["나", "마", "<unk>"]
    assert Wordbook.from_json(book.to_json(), "x").terms == book.terms
    with pytest.raises(ArtefactError, match="x"):
        Wordbook.from_json({"terms": ["가"]}, "x")


def test_a_pair_copies_words_of_its_own_source_only() -> None:
    target = Wordbook.learn(None, [["은"]])
    source = Wordbook.learn(None, [["가"]])
    forms = [["가", "철수"], ["영희"]]
    sources = Sources("source", [source.numbers(row) for row in forms], forms, target)
    batch = Pairs(sources, [["철수", "은"], ["철수", "영희"]], target).batch(np.array([0, 1]))
    n = len(target)
    assert batch["copied"].tolist() == [[n, n + 1], [n, PAD]]  # numbered sentence by sentence
    assert batch["n_extra"].item() == 2
    assert batch["targets"].tolist() == [[n + 1, 4, EOS], [UNK, n, EOS]]
    assert batch["inputs"].tolist() == [[BOS, n + 1, 4], [BOS, UNK, n]]


@pytest.fixture(scope="module")
def turned() -> Translator:
    words = ["가", "나", "다"]
    pairs = [(f"{a} {b}", f"{b} {a} 맞다 끝.") for a in words for b in words] * 4
    model = Translator(**TINY, epochs=15, batch_size=9, encoder="mingru", decoder="gru")
    return model.fit(*map(list, zip(*pairs, strict=True)))


def test_a_translator_learns_to_turn_round(turned: Translator) -> None:
    assert turned.predict(["가 나", "다 가", "나 나"]) == ["나 가 맞다 끝.", "가 다 맞다 끝.", "나 나 맞다 끝."]
    assert turned.score(["가 나", "다 가"], ["나 가 맞다 끝.", "가 다 맞다 끝."]) == pytest.approx(100)
    assert turned.score(["가 나", "다 가"], ["나 다 맞다 끝.", "가 다 맞다 끝."]) < 95
    assert turned.history_.rows[-1].loss < turned.history_.rows[0].loss / 4


def test_attention_shows_where_a_translation_looked(turned: Translator) -> None:
    source, target, weights = turned.attention("가 나")
    assert (source, target) == (["▁가", "▁나"], ["▁나", "▁가", "▁맞다", "▁끝", "."])
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    assert weights[0, 1] > 0.5
    assert weights[1, 0] > 0.5


def test_the_others_of_a_batch_do_not_count(turned: Translator) -> None:
    texts = ["가 나", "다", "나 다 가 가 나", "모르는 말"]
    assert turned.predict(texts) == [turned.predict([text])[0] for text in texts]


def test_a_saved_translator_says_the_same(turned: Translator, tmp_path: Path) -> None:
    turned.save(tmp_path / "m")
    opened = Translator.open(tmp_path / "m")
    assert opened.predict(["가 나", "다"]) == turned.predict(["가 나", "다"])
    assert opened.get_params() == turned.get_params()
    with pytest.raises(ArtefactError, match="Translator"):
        Captioner.open(tmp_path / "m")
    weights = next((tmp_path / "m").glob("weights*"))
    content = bytearray(weights.read_bytes())
    content[-3] ^= 1
    weights.write_bytes(bytes(content))
    with pytest.raises(ArtefactError):
        Translator.open(tmp_path / "m")


def test_the_same_seed_gives_the_same_weights() -> None:
    pairs = ["가 나", "나 다", "다 가"], ["나", "다", "가"]
    made = [
        Translator(**TINY, epochs=2, batch_size=2, seed=seed).fit(*pairs)._trained.state_dict() for seed in (1, 1, 2)
    ]
    assert all(torch.equal(made[0][name], made[1][name]) for name in made[0])
    assert not all(torch.equal(made[0][name], made[2][name]) for name in made[0])


def test_unknown_words_are_copied() -> None:
    draw = random.Random(0)
    names = [a + b for a in "가나다라마바" for b in "구누두루무"]
    draw.shuffle(names)

    def pairs(known: list[str], n: int) -> tuple[list[str], list[str]]:
        rows = [draw.sample(known, 2) for _ in range(n)]
        return [f"{a} 씨와 {b} 씨" for a, b in rows], [f"{b} 씨, {a} 씨." for a, b in rows]

    sizes = TINY | {"learning_rate": 0.01, "hidden_size": 32, "embedding_size": 32}
    model = Translator(**sizes, epochs=7, batch_size=16, copy=True, min_count=40, beam=2)
    model.fit(*pairs(names[:25], 240))
    X, y = pairs(names[25:], 12)
    assert not any(name in term for name in names for term in model.target_.terms)
    assert np.mean([one == right for one, right in zip(model.predict(X), y, strict=True)]) > 0.8


@pytest.fixture(scope="module")
def writer() -> Generator:
    draw = random.Random(0)
    ends = {"긍정": ["좋다", "멋지다"], "부정": ["나쁘다", "싫다"]}
    X = [draw.choice(list(ends)) for _ in range(160)]
    y = [
        f"{draw.choice(['영화가', '노래가'])} {draw.choice(['정말', '아주'])} {draw.choice(ends[label])}."
        for label in X
    ]
    return Generator(**TINY, epochs=8, batch_size=20).fit(X, y)


def test_a_generator_writes_for_its_label(writer: Generator, tmp_path: Path) -> None:
    good, bad = writer.generate("긍정", 20, seed=1), writer.generate("부정", 20, seed=1)
    assert sum(text.endswith(("좋다.", "멋지다.")) for text in good) >= 18
    assert sum(text.endswith(("나쁘다.", "싫다.")) for text in bad) >= 18
    assert len(set(good)) > 3
    assert good == writer.generate("긍정", 20, seed=1) != writer.generate("긍정", 20, seed=2)
    assert len(set(writer.generate("긍정", 5, top_k=1))) == 1
    writer.save(tmp_path)
    assert Generator.open(tmp_path).generate("긍정", 3, seed=1) == writer.generate("긍정", 3, seed=1)


def test_an_unknown_label_is_named(writer: Generator) -> None:
    with pytest.raises(ParameterError, match="중립"):
        writer.generate("중립")
    with pytest.raises(ParameterError, match="n=0"):
        writer.generate("긍정", 0)


def test_keywords_have_no_order() -> None:
    rows = [["원", "빨간"], ["빨간", "별"], ["원", "파란"], ["파란", "별"]] * 8
    texts = ["빨간 원", "빨간 별", "파란 원", "파란 별"] * 8
    model = Generator(**TINY, epochs=10, batch_size=8).fit(rows, texts)
    assert model.predict([["별", "파란"], ["파란", "별"], ["빨간", "원"]]) == ["파란 별", "파란 별", "빨간 원"]


def test_a_captioner_names_colours() -> None:
    draw = random.Random(0)
    kinds = [draw.choice(["red", "green", "blue", "white"]) for _ in range(150)]
    seen = np.stack(
        [draw_things([Thing(kind, "circle", draw.uniform(12, 20), draw.uniform(12, 20), 11.0)], 30) for kind in kinds]
    )
    texts = [f"{KOREAN[kind]} 원이 있다." for kind in kinds]
    model = Captioner(**TINY | {"learning_rate": 0.005}, epochs=9, batch_size=10, channels=(8, 8))
    model.fit(seen[:120], texts[:120])
    assert model.score(seen[120:], texts[120:]) > 0.9
    words, weights = model.attention(seen[120])
    assert weights.shape == (len(words), 64)
    with pytest.raises(DataError, match="32, 32, 3"):
        model.predict(np.zeros((1, 16, 16, 3), np.uint8))


def test_batches_of_images_mix_texts_of_every_length() -> None:
    """How long a caption is must not tell a batch what its images show."""
    texts = [["원"] * n for n in (1, 9) for _ in range(400)]
    target = Wordbook.learn(None, texts)
    images = Pairs(Sources("image", np.zeros((800, 4, 4, 3), np.uint8)), texts, target)
    sentences = Pairs(Sources("source", [[UNK]] * 800), texts, target)

    def n_mixed(pairs: Pairs) -> int:
        return sum(len({len(texts[row]) for row in rows}) == 2 for rows in plan(pairs, 32, seed=0, epoch=0))

    assert n_mixed(images) == 25
    assert n_mixed(sentences) < 5


def test_a_captioner_takes_vectors(tmp_path: Path) -> None:
    vectors = np.eye(3, dtype=np.float32)[[0, 1, 2] * 10]
    model = Captioner(**TINY, epochs=8, batch_size=6, feedback=False).fit(vectors, ["하나", "둘 둘", "셋!"] * 10)
    assert model.predict(np.eye(3)) == ["하나", "둘 둘", "셋!"]
    with pytest.raises(DataError):
        model.attention(np.zeros(3))
    model.save(tmp_path)
    assert Captioner.open(tmp_path).predict(np.eye(3)) == ["하나", "둘 둘", "셋!"]


def test_a_validation_part_can_be_given() -> None:
    X, y = ["가 나", "나 다", "다 가"], ["나", "다", "가"]
    model = Translator(**TINY | {"validation": (X[:2], y[:2])}, epochs=2, batch_size=2, patience=1).fit(X, y)
    assert all("loss" in row.validation for row in model.history_.rows)


def test_bad_input_is_named() -> None:
    model = Translator(**TINY, epochs=1)
    with pytest.raises(NotFittedError, match="Translator"):
        model.predict(["가"])
    with pytest.raises(NotFittedError):
        model.save("nowhere")
    with pytest.raises(DataError, match="2 inputs and 1"):
        model.fit(["가", "나"], ["다"])
    with pytest.raises(DataError, match="nothing"):
        model.fit([], [])
    with pytest.raises(DataError, match="Row 1"):
        model.fit(["가", None], ["나", "다"])
    with pytest.raises(DataError, match="Row 1"):
        model.fit(["가", " "], ["나", "다"])
    with pytest.raises(ParameterError, match="validation"):
        Translator(validation=1.5).fit(["가"], ["나"])
    with pytest.raises(DataError, match=r"\(2, 2, 2\)"):
        Captioner().fit(np.zeros((2, 2, 2)), ["가", "나"])
