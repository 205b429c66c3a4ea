"""Replies of a chatbot: written word by word, beside the reply to the most similar question."""

import csv
import gzip

import numpy as np
from common import Row, data, fit, show

from malgil import TfidfVectorizer, Translator
from malgil.training.text_scores import bleu, distinct


def figures(replies: list[str], truth: list[str]) -> dict[str, float]:
    """Judge replies.

    Parameters
    ----------
    replies, truth : list of str, n of each
        What was answered, what people answered.

    Returns
    -------
    dict
        BLEU over characters, and the share of word pairs that are different from all others.
    """
    return {"BLEU": bleu(replies, truth, tokenize="char"), "distinct-2": distinct([one.split() for one in replies], 2)}


def rows() -> list[Row]:
    """Train on nine tenths of the pairs, test once on the others; a question stands in one part only.

    Returns
    -------
    list of Row
        Translator and retrieval.
    """
    with gzip.open(data("chatbot/ChatbotData.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        reply_to = {row["Q"]: row["A"] for row in csv.DictReader(file)}
    questions = sorted(reply_to)
    drawn = [questions[place] for place in np.random.default_rng(0).permutation(len(questions))]
    n_test = len(drawn) // 10
    asked, known = drawn[:n_test], drawn[n_test:]
    truth, replies = [reply_to[one] for one in asked], [reply_to[one] for one in known]
    model = Translator(source_tokenizer="kiwi-fast", dropout=0.3, epochs=15)
    seconds = fit(model, known, replies)
    weights = TfidfVectorizer(analyzer="char", ngram_range=(1, 4))
    likeness = weights.fit_transform(known) @ weights.transform(asked).T
    near = [replies[place] for place in likeness.toarray().argmax(0)]
    return [
        Row("GRU with attention, beam 5", figures(model.predict(asked), truth) | {"train_s": seconds}),
        Row("reply to the nearest question by TF-IDF", figures(near, truth), is_own=False),
    ]


if __name__ == "__main__":
    show(rows())
