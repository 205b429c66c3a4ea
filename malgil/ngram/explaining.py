"""Why a word is as probable as it is: the chain of orders from the longest context down to the single word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from malgil.explain import Explanation
from malgil.ngram.estimating import LOG_ZERO
from malgil.ngram.model import Model
from malgil.ngram.sequence import BEGIN, SPECIALS, UNKNOWN
from malgil.ngram.smoothing import SMOOTHINGS, Smoothing


def explain(model: Model, context: NDArray[np.int32], name: str) -> Explanation:
    """Open the probability of a word after a context.

    Parameters
    ----------
    model : Model
        The model.
    context : ndarray of int32, shape (n,)
        Numbers of the words before.
    name : str
        The word, or ``</s>``.

    Returns
    -------
    Explanation
        A sum of logarithms: a backoff weight for each context that the word never followed, then the n-gram that
        answered. Under it stand its counts, discount and weight, order by order, where the model has its counts.
    """
    word = model.words.number(name)
    if word == UNKNOWN and name != SPECIALS[UNKNOWN]:
        name = f"{name} ({SPECIALS[UNKNOWN]})"
    nodes = [int(node) for node in model.contexts(context)]
    terms, answer = [], word
    for node in nodes:
        found = _child(model, node, word)
        if found >= 0:
            answer = found
            break
        terms.append(_backoff(model, node, name))
    value = float(model.table.log10_probs[answer])
    shown = _ngram(model, answer, name)
    opened = (_open(model, answer, name),) if len(model.table.counts) else ()
    terms.append(Explanation(f"log10 p({shown})", value, "log10(p)", "formula" if opened else "given", opened))
    total = sum((term.value for term in terms), 0.0)
    label = f"log10 P({name} | {_path(model, nodes[0]) if nodes else ''})"
    source = SMOOTHINGS[model.smoothing].source if model.smoothing else ""
    return Explanation(
        label, total, "sum of the backoffs and of the n-gram that answered", "sum", tuple(terms), {}, source
    )


def _backoff(model: Model, node: int, name: str) -> Explanation:
    value = float(model.table.log10_backoffs[node])
    weight = 10.0**value
    return Explanation(
        f"log10 backoff({_path(model, node)})",
        value,
        f"log10(weight): {name} never follows this context",
        numbers={"weight": weight},
    )


def _open(model: Model, node: int, name: str) -> Explanation:
    """Open one n-gram's probability: its own share, and the shorter context's."""
    smoothing = SMOOTHINGS[model.smoothing]
    if node == BEGIN:
        return Explanation("p(<s>)", 1.0, "a sentence always begins")
    n = _order_of(model, node)
    parent = _parent(model, node) if n > 1 else -1
    own = _own_share(model, node, parent, n, smoothing)
    label = f"p({_ngram(model, node, name)})"
    if not smoothing.interpolates:
        if n == 1 and node == UNKNOWN:
            return Explanation(label, _prob(model, node), "what all known words leave")
        return Explanation(label, own.value, "sum of its parts", "sum", (own,))
    lower = _lower(model, node, parent, n, name)
    if lower is None:
        return Explanation(label, own.value, "sum of its parts", "sum", (own,))
    return Explanation(label, own.value + lower.value, "own + weight x shorter", "sum", (own, lower))


def _own_share(model: Model, node: int, parent: int, n: int, smoothing: Smoothing) -> Explanation:
    count = int(model.table.counts[node])
    discounts = model.table.discounts[n - 1]
    discount = float(discounts[min(count, len(discounts) - 1)])
    denominator = float(model.table.denominators[parent + 1])
    what = "different words before it" if smoothing.continues and n < model.order else "occurrences"
    value = (count - discount) / denominator
    numbers: dict[str, float | int | str] = {"count": count, "D": discount, "N": denominator}
    return Explanation("own share", value, f"(count - D) / N, counting {what}", "formula", numbers=numbers)


def _lower(model: Model, node: int, parent: int, n: int, name: str) -> Explanation | None:
    """Open what the shorter context adds; nothing where single words are not interpolated."""
    if n == 1:
        own = _own_share(model, node, -1, 1, SMOOTHINGS[model.smoothing]).value
        rest = _prob(model, node) - own
        n_words = len(model.words) - 1
        if rest < 1e-6 * _prob(model, node):
            return None
        if node == UNKNOWN and rest * n_words > 1:  # all that is left goes to <unk>
            return Explanation("left for <unk>", rest, "weight after no context")
        weight = Explanation("weight after no context", rest * n_words, "what the discounts leave")
        uniform = Explanation("uniform", 1.0 / n_words, "1 / words without <s>", "formula", numbers={"words": n_words})
        return Explanation(
            "weight x uniform", weight.value * uniform.value, "weight x uniform", "product", (weight, uniform)
        )
    log_weight = float(model.table.log10_backoffs[parent])
    weight = Explanation(f"weight({_path(model, parent)})", 10.0**log_weight, "what the discounts leave")
    shorter = _open(model, _suffix(model, node), name)
    return Explanation("weight x shorter", weight.value * shorter.value, "weight x p", "product", (weight, shorter))


def _prob(model: Model, node: int) -> float:
    log10_prob = float(model.table.log10_probs[node])
    return 0.0 if log10_prob <= LOG_ZERO else float(10.0**log10_prob)


def _child(model: Model, node: int, word: int) -> int:
    trie = model.table.trie
    begin, end = trie.first[node : node + 2].tolist()
    at = begin + int(np.searchsorted(trie.labels[begin:end], word))
    return at if at < end and int(trie.labels[at]) == word else -1


def _order_of(model: Model, node: int) -> int:
    return int(np.searchsorted(model.table.trie.base, node, side="right"))


def _parent(model: Model, node: int) -> int:
    return int(np.searchsorted(model.table.trie.first, node, side="right")) - 1


def _numbers(model: Model, node: int) -> list[int]:
    numbers = []
    while node >= model.table.trie.n_words:
        numbers.append(int(model.table.trie.labels[node]))
        node = _parent(model, node)
    return [node, *reversed(numbers)]


def _suffix(model: Model, node: int) -> int:
    return model.node(np.array(_numbers(model, node)[1:], np.int32))


def _path(model: Model, node: int) -> str:
    return " ".join(model.words.string(number) for number in _numbers(model, node))


def _ngram(model: Model, node: int, name: str) -> str:
    before = _numbers(model, node)[:-1]
    return f"{name} | {' '.join(model.words.string(number) for number in before)}" if before else name
