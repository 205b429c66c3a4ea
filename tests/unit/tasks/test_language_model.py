from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

torch = pytest.importorskip("torch")

from malgil.errors import DataError, NotFittedError, ParameterError  # noqa: E402
from malgil.ngram.sequence import frame  # noqa: E402
from malgil.nn.encoders import EncoderConfig  # noqa: E402
from malgil.sequences.specials import BOS, EOS, PAD  # noqa: E402
from malgil.tasks.language_answers import InOrder  # noqa: E402
from malgil.tasks.language_model import RecurrentLM  # noqa: E402
from malgil.tasks.language_network import LanguageNetwork  # noqa: E402
from malgil.tasks.stream import Stream  # noqa: E402

TEXTS = ["이 영화 재밌다", "이 영화 별로", "저 노래 재밌다", "저 노래 참 좋다"] * 8
TINY = {
    "hidden_size": 16,
    "embedding_size": 16,
    "batch_size": 4,
    "learning_rate": 0.02,
    "validation": 0,
    "dropout": 0.0,
}


@pytest.fixture(scope="module")
def lm() -> RecurrentLM:
    return RecurrentLM(**TINY, epochs=15, bptt=9).fit(TEXTS)


def test_a_stream_holds_every_word_once_in_its_order() -> None:
    ids = frame(np.arange(3, 20, dtype=np.int32), np.array([0, 4, 4, 11, 17]))
    stream = Stream(ids, 3, 4)
    for shuffle in (False, True):
        plan = stream.plan(99, np.random.default_rng(0), shuffle)
        batches = [stream.batch(rows) for rows in plan]
        inputs = torch.cat([batch["inputs"] for batch in batches], dim=1).flatten().tolist()
        targets = torch.cat([batch["targets"] for batch in batches], dim=1).flatten().tolist()
        assert [word - 1 for word in inputs if word != PAD] == [word for word in ids.tolist() if word != 2]
        assert [word - 1 for word in targets if word != PAD] == [word for word in ids.tolist() if word != 1]
        assert sorted(np.concatenate(plan).tolist()) == list(range(len(stream)))
        assert all(batch["keep"].equal(batch["inputs"] != PAD) for batch in batches)
    assert inputs[0] == BOS
    assert EOS in targets


def test_lengths_of_a_stream_vary_in_training_only() -> None:
    stream = Stream(frame(np.full(4000, 3, np.int32), np.array([0, 4000])), 2, 20)
    varied = {len(rows) // 2 for rows in stream.plan(2, np.random.default_rng(1), True)}
    fixed = {len(rows) // 2 for rows in stream.plan(2, np.random.default_rng(1), False)[:-1]}
    assert fixed == {20}
    assert len(varied) > 5
    assert [stream.rate_share(rows) for rows in stream.plan(2, np.random.default_rng(1), False)[:2]] == [1, 1]
    assert stream.rate_share(np.arange(10)) == 0.25


def test_probabilities_sum_to_one_and_the_likeliest_lead(lm: RecurrentLM) -> None:
    found = lm.next("이", k=100)
    assert sum(prob for _, prob in found) == pytest.approx(1, abs=1e-5)
    assert found[0][0] == "영화"
    assert [prob for _, prob in found] == sorted((prob for _, prob in found), reverse=True)
    assert "<s>" not in dict(found)
    assert lm.next("저", k=1)[0][0] == "노래"


def test_a_sentence_is_the_product_of_its_next_words(lm: RecurrentLM) -> None:
    text, total = ["이", "영화", "별로", "</s>"], 0.0
    for at, word in enumerate(text):
        total += math.log10(dict(lm.next(" ".join(text[:at]), k=100))[word])
    assert lm.log10_prob("이 영화 별로") == pytest.approx(total, abs=1e-5)
    scores = lm.score_tokens(["저", "이 영화 별로"])
    assert scores.log10_probs[scores.indptr[1] :].sum() == pytest.approx(total, abs=1e-5)
    assert scores.orders[scores.indptr[1] :].tolist() == [1, 2, 3, 4]


def test_perplexity_does_not_depend_on_the_other_texts(lm: RecurrentLM) -> None:
    texts = [*TEXTS[:4], "", "모르는 말"]
    alone = [float(lm.log10_prob(text)) for text in texts]
    np.testing.assert_allclose(lm.log10_prob(texts), alone, atol=1e-5)
    n_tokens = sum(len(text.split()) + 1 for text in texts)
    assert lm.perplexity(texts) == pytest.approx(10 ** (-sum(alone) / n_tokens), rel=1e-5)
    assert lm.entropy_bits(texts) == pytest.approx(math.log2(lm.perplexity(texts)))
    assert lm.score(texts) == pytest.approx(-math.log(lm.perplexity(texts)))


def test_a_gap_is_weighed_from_both_sides(lm: RecurrentLM) -> None:
    words = [word for word, _ in lm.next("", k=100) if word not in ("</s>", "<s>", "<unk>")]
    joint = {word: 10 ** float(lm.log10_prob(f"저 {word} 참 좋다")) for word in words}
    found = dict(lm.blank("저", "참 좋다", k=100))
    total = sum(joint.values()) * (1 + found["<unk>"] / (1 - found["<unk>"]))
    for word in words:
        assert found[word] == pytest.approx(joint[word] / total, rel=1e-3)
    assert max(found, key=lambda word: found[word]) == "노래"
    assert lm.fill("저 ___ 참 좋다", k=1)[0].text == "저 노래 참 좋다"


def test_text_is_written_on(lm: RecurrentLM) -> None:
    assert lm.generate("이", temperature=0) == lm.generate("이", beam=1)
    assert lm.generate("저", seed=3) == lm.generate("저", seed=3)
    assert lm.generate("저", temperature=0).split()[0] == "노래"


def test_an_explanation_adds_up(lm: RecurrentLM) -> None:
    explained = lm.explain("이", "영화")
    assert not explained.wrong()
    assert explained.value == pytest.approx(math.log10(dict(lm.next("이"))["영화"]), abs=1e-5)
    assert lm.surprise("이 노래").words[1].bits > lm.surprise("이 영화").words[1].bits


def test_a_saved_model_says_the_same(lm: RecurrentLM, tmp_path: Path) -> None:
    lm.save(tmp_path)
    opened = RecurrentLM.open(tmp_path)
    assert opened.next("이", k=9) == lm.next("이", k=9)
    assert opened.perplexity(TEXTS) == lm.perplexity(TEXTS)


@pytest.mark.parametrize("encoder", ["cnn", "mingru", "gru"])
def test_other_encoders_do_not_see_the_future(encoder: str) -> None:
    lm = RecurrentLM(**TINY, epochs=2, encoder=encoder, num_layers=2, weight_drop=0.1, zoneout=0.1).fit(TEXTS)
    left = lm.score_tokens(["이 영화 재밌다"]).log10_probs[:2]
    np.testing.assert_allclose(lm.score_tokens(["이 영화 참 좋다"]).log10_probs[:2], left, atol=1e-6)
    after = dict(lm.next("이", k=50))  # read first, so that the next context is read word by word
    assert math.log10(after["영화"]) == pytest.approx(left[1], abs=1e-5)
    assert 10 ** lm.score_tokens(["이 영화 참"]).log10_probs[2] == pytest.approx(
        dict(lm.next("이 영화", k=50))["참"], rel=1e-4
    )


def test_tokens_and_word_lists_and_subwords_are_read() -> None:
    rows = [text.split() for text in TEXTS]
    made = [RecurrentLM(**TINY, epochs=1).fit(given).next("이") for given in (TEXTS, rows)]
    assert made[0] == made[1]
    syllables = RecurrentLM(**TINY, epochs=1, tokenizer="syllable").fit(TEXTS)
    assert isinstance(syllables.generate("이", 3), str)


def test_bad_input_is_named(lm: RecurrentLM) -> None:
    with pytest.raises(NotFittedError):
        RecurrentLM().next("이")
    with pytest.raises(NotFittedError):
        RecurrentLM().save("nowhere")
    with pytest.raises(DataError, match="nothing"):
        RecurrentLM().fit([])
    with pytest.raises(DataError, match="Row 1"):
        RecurrentLM().fit(["가", "나 <s>"])
    with pytest.raises(ParameterError, match="bptt"):
        RecurrentLM(bptt=0).fit(TEXTS)
    with pytest.raises(ParameterError):
        lm.evidence("이")


def test_a_stateful_model_goes_on_from_text_to_text() -> None:
    # 저 always comes after 이, and only the text before says so
    texts = ["이 영화", "저 노래"] * 40
    lm = RecurrentLM(**TINY | {"batch_size": 2}, epochs=30, stateful=True).fit(texts)
    scores = lm.score_tokens(texts)
    begins = 10 ** scores.log10_probs[scores.indptr[:-1]]
    assert begins[4:].min() > 0.9
    assert lm.perplexity(texts) == pytest.approx(10 ** -scores.log10_probs.mean(), rel=1e-5)
    np.testing.assert_allclose(lm.log10_prob(texts), np.add.reduceat(scores.log10_probs, scores.indptr[:-1]), atol=1e-5)
    assert scores.orders[:6].tolist() == [1, 2, 3, 1, 2, 3]
    alone = lm.transform(texts[:2])[:, 0]  # every text by itself
    assert alone[1] == pytest.approx(lm.entropy_bits(texts[1:2]), rel=1e-5)
    assert alone[1] > lm.entropy_bits(texts) + 0.1


def test_many_short_texts_are_one_long_text_to_a_stateful_network() -> None:
    lm = RecurrentLM(**TINY, epochs=1, stateful=True).fit(TEXTS)
    numbers = [lm.words_.numbers(pa.array(text.split(), pa.large_string())) for text in TEXTS[:20]]
    ids = frame(np.concatenate(numbers), np.cumsum([0, *map(len, numbers)]))
    whole, parts = InOrder(lm.model_), InOrder(lm.model_)
    cut = int(np.flatnonzero(ids == 1)[7])
    joined = np.concatenate([parts.score(ids[:cut])[0], parts.score(ids[cut:])[0]])
    np.testing.assert_allclose(whole.score(ids)[0], joined, atol=1e-6)
    state, expected = None, []
    for word, after in zip(ids[ids != 2], ids[ids != 1], strict=True):  # one word at a time
        row = torch.tensor([[int(word) + 1]])
        with torch.no_grad():
            outputs, state = lm.network_.read(row, row != PAD, state)
            expected.append(float(lm.network_.judge(outputs)[0, 0, int(after) + 1]) / math.log(10))
    np.testing.assert_allclose(joined[ids != 1], expected, atol=1e-5)


def test_a_backward_model_is_a_forward_one_of_turned_texts(tmp_path: Path) -> None:
    there, back = TEXTS, [" ".join(text.split()[::-1]) for text in TEXTS]
    lm = RecurrentLM(**TINY, epochs=40, direction="backward").fit(there)
    mirror = RecurrentLM(**TINY, epochs=40).fit(back)
    lm.save(tmp_path)
    for backward in (lm, RecurrentLM.open(tmp_path)):
        assert backward.next("노래 참 좋다", k=9) == mirror.next("좋다 참 노래", k=9)
        assert backward.next("노래 재밌다", k=1)[0][0] == "저"
        assert backward.blank("저", "참 좋다", k=9) == mirror.blank("좋다 참", "저", k=9)
        assert backward.fill("저 ___ 참 좋다", k=1)[0].text == "저 노래 참 좋다"
        assert backward.perplexity(there) == mirror.perplexity(back)
        scores, others = backward.score_tokens(there[:4]), mirror.score_tokens(back[:4])
        for low, high in zip(scores.indptr[:-1], scores.indptr[1:], strict=True):
            np.testing.assert_array_equal(scores.log10_probs[low : high - 1], others.log10_probs[low : high - 1][::-1])
            assert scores.log10_probs[high - 1] == others.log10_probs[high - 1]
        explained = backward.explain("노래 재밌다", "저")
        assert explained.value == pytest.approx(mirror.explain("재밌다 노래", "저").value)
        assert "노래 재밌다 <s>" in explained.to_text()
        for ask in (backward.generate, backward.surprise):
            with pytest.raises(ParameterError, match="forward"):
                ask("저")
    with pytest.raises(ParameterError, match="direction"):
        RecurrentLM(direction="up").fit(TEXTS)


@pytest.mark.parametrize("stateful", [False, True])
def test_penalties_of_outputs_are_those_of_the_paper(stateful: bool) -> None:
    config = EncoderConfig("lstm", 4, 4, bidirectional=False, causal=True)
    network = LanguageNetwork(9, config, stateful=stateful)
    inputs = torch.tensor([[2, 5, 6, 2, 7], [2, 4, 8, PAD, PAD]])
    targets = torch.tensor([[5, 6, 3, 7, 3], [4, 8, 3, PAD, PAD]])
    batch = {"inputs": inputs, "targets": targets, "keep": inputs != PAD}
    plain = network.train().loss(batch).total
    outputs = network.read(inputs, batch["keep"])[0].detach()
    real = [(0, t) for t in range(5)] + [(1, t) for t in range(3)]
    squares = [float(value) ** 2 for b, t in real for value in outputs[b, t]]
    pairs = [(b, t) for b, t in real if t and (stateful or inputs[b, t] != BOS)]
    changes = [float(value) ** 2 for b, t in pairs for value in outputs[b, t] - outputs[b, t - 1]]
    network.activation_regularization, network.temporal_regularization = 2.0, 3.0
    expected = plain.item() + 8 * (2 * np.mean(squares) + 3 * np.mean(changes))
    assert network.loss(batch).total.item() == pytest.approx(expected, rel=1e-5)
    assert network.eval().loss(batch).total.item() == pytest.approx(plain.item(), rel=1e-5)


@pytest.mark.parametrize("texts", [["", " "], ["말", "길"], [[], ["하나"]]])
def test_texts_without_a_frequent_word(texts: list[str]) -> None:
    with pytest.raises(DataError, match="min_count=1"):
        RecurrentLM(**TINY, epochs=1).fit(texts)


def test_a_corpus_smaller_than_a_batch_is_said() -> None:
    small = RecurrentLM(**TINY | {"batch_size": 64}, epochs=1).fit(TEXTS)
    assert [note.key for note in small.history_.notes] == ["writing.small_corpus"]
    large = RecurrentLM(**TINY, epochs=1, bptt=9).fit(TEXTS)
    assert large.history_.notes == []
