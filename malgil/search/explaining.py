"""The score of one document, opened to the formulas and counts that it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from malgil.explain import Explanation
from malgil.search.clause import Clause
from malgil.search.query_words import QueryWord, query_norm, query_words
from malgil.search.statistics import FieldStatistics, Formula

Numbers = dict[str, float | int | str]


def explain_document(
    fields: Mapping[str, FieldStatistics], formula: Formula, clauses: Sequence[Clause], at: tuple[int, int]
) -> Explanation:
    """Open the score of a document.

    Parameters
    ----------
    fields : mapping of str to FieldStatistics
        The corpus.
    formula : Formula
        What it is scored by.
    clauses : sequence of Clause
        The query.
    at : (int, int)
        Segment and place of the document in it.

    Returns
    -------
    Explanation
        A sum over the words, those that no document has last.
    """
    words = query_words(clauses, fields)
    norm, known = query_norm(words), {(word.field, word.term) for word in words}
    unknown = dict.fromkeys((clause.field, clause.term) for clause in clauses)
    parts = [_explain_word(fields, formula, word, at, norm) for word in words]
    parts += [
        Explanation(f"score({_name(fields, *key)})", 0.0, "0: no document has this word")
        for key in unknown
        if key not in known
    ]
    total = 0.0
    for part in parts:
        total += part.value
    label = "cosine" if formula.variant.is_cosine else "BM25"
    return Explanation(label, total, "sum over the words", "sum", tuple(parts), source=formula.variant.source)


def _explain_word(
    fields: Mapping[str, FieldStatistics], formula: Formula, word: QueryWord, at: tuple[int, int], norm: float
) -> Explanation:
    statistics, (segment, doc) = fields[word.field], at
    name = _name(fields, word.field, word.term)
    part, term = statistics.parts[segment], word.term_ids[segment]
    docs = part.docs(term) if term >= 0 else np.zeros(0, np.int32)
    place = int(np.searchsorted(docs, doc))
    if place == len(docs) or int(docs[place]) != doc:
        numbers: Numbers = {"df": word.df, "idf": word.idf}
        return Explanation(f"score({name})", word.absent, formula.variant.absent_formula, numbers=numbers)
    code = int(part.codes(term)[place])
    impact = float(statistics.impacts[segment][code])
    occurrences: Numbers = {"tf": int(part.pairs.tf[code]), "dl": int(part.pairs.dl[code])}
    idf_numbers: Numbers = {"N": statistics.n_docs, "df": word.df}
    idf = Explanation(f"idf({name})", word.idf, formula.variant.idf_formula, "formula", numbers=idf_numbers)
    if formula.variant.is_cosine:
        length = float(statistics.norms[segment][doc])
        return _explain_cosine(word, name, idf, (impact, length, norm))
    occurrences |= {"avgdl": statistics.avgdl, "k1": formula.k1, "b": formula.b}
    occurrences |= {"delta": formula.delta} if "delta" in formula.variant.impact_formula else {}
    opened = Explanation(f"impact({name})", impact, formula.variant.impact_formula, "formula", numbers=occurrences)
    times = _explain_times(word)
    terms = (idf, opened) if times is None else (times, idf, opened)
    return Explanation(f"score({name})", word.weight * impact, " x ".join(_names(terms)), "product", terms)


def _name(fields: Mapping[str, FieldStatistics], field: str, term: str) -> str:
    return term if len(fields) == 1 else f"{field}:{term}"


def _names(terms: Sequence[Explanation]) -> list[str]:
    return [term.label.partition("(")[0] for term in terms]


def _explain_times(word: QueryWord) -> Explanation | None:
    """Weight of a word in the query, where it is not simply there once."""
    ways = ", ".join(way for way in word.ways if way != "word")
    if word.times == 1.0 and not ways:
        return None
    numbers: Numbers = {"way": ways} if ways else {}
    return Explanation("weight in the query", word.times, numbers=numbers)


def _explain_cosine(word: QueryWord, name: str, idf: Explanation, lengths: tuple[float, float, float]) -> Explanation:
    tf, length, norm = lengths
    query = Explanation(
        f"query({name})",
        word.times * word.idf / norm,
        "times x idf / |query|",
        "formula",
        (idf,),
        {"times": word.times, "|query|": norm},
    )
    document = Explanation(
        f"document({name})",
        tf * word.idf / length,
        "tf x idf / |document|",
        "formula",
        (idf,),
        {"tf": int(tf), "|document|": length},
    )
    return Explanation(f"score({name})", word.weight * tf / length, "query x document", "product", (query, document))
