"""How good generated text is: BLEU beside a reference, and how varied it is."""

from __future__ import annotations

from collections.abc import Sequence

from malgil.errors import DataError, MissingError, ParameterError


def bleu(generated: Sequence[str], references: Sequence[str], *, tokenize: str = "13a") -> float:
    r"""BLEU of a whole corpus, cased, as sacrebleu counts it.

    Parameters
    ----------
    generated, references : sequence of str, n of each
        Whole sentences, not split into tokens.
    tokenize : str
        How sacrebleu splits words: ``"13a"`` for European languages, ``"char"`` for Korean without word borders.

    Returns
    -------
    float
        In [0, 100].

    Raises
    ------
    ParameterError
        If the two are not equally long.
    DataError
        If there is no sentence.
    MissingError
        If sacrebleu is not installed.

    Notes
    -----
    Geometric mean of the n-gram precisions of order 1 to 4, times a penalty for short output:

    .. math:: \min(1, e^{1 - r/c}) \prod_{n=1}^4 p_n^{1/4}

    References
    ----------
    .. [1] Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation", ACL 2002, section 2.3.
    .. [2] Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018.
    """
    if len(generated) != len(references):
        raise ParameterError("models.unequal", n=len(references), m=len(generated))
    if not len(generated):
        raise DataError("models.nothing_to_score")
    try:
        import sacrebleu
    except ImportError as error:
        raise MissingError("models.no_sacrebleu") from error
    return float(sacrebleu.corpus_bleu(list(generated), [list(references)], tokenize=tokenize, force=True).score)


def distinct(texts: Sequence[Sequence[str]], n: int = 2) -> float:
    """Share of n-grams that are different from all others: how varied generated text is.

    Parameters
    ----------
    texts : sequence of sequences of str
        Tokens of each text.
    n : int
        Tokens of an n-gram, >= 1.

    Returns
    -------
    float
        In [0, 1]; 0 where no text has n tokens.

    Raises
    ------
    ParameterError
        If `n` is below 1.

    Notes
    -----
    Different n-grams divided by all n-grams, over all texts together.

    References
    ----------
    .. [1] Li et al., "A Diversity-Promoting Objective Function for Neural Conversation Models", NAACL 2016, section 5.

    Examples
    --------
    >>> distinct([["물", "을", "물"], ["물", "을"]], n=2)
    0.6666666666666666
    """
    if n < 1:
        raise ParameterError("models.bad_n", n=n)
    grams = [tuple(text[at : at + n]) for text in texts for at in range(len(text) - n + 1)]
    return len(set(grams)) / len(grams) if grams else 0.0
