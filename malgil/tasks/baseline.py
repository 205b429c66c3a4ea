"""The line that every neural classifier must stand next to: TF-IDF weights and logistic regression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from malgil.errors import ArtefactError, DataError, NotFittedError, ParameterError
from malgil.params import Parametrised, choose
from malgil.store import Artefact, Writer, open_artefact
from malgil.tokenizers.choice import choose_tokenizer
from malgil.vectorize import TfidfVectorizer

#: What is counted: name -> arguments of `malgil.TfidfVectorizer`.
FEATURES: dict[str, dict[str, Any]] = {
    "char": {"analyzer": "char", "ngram_range": (1, 4)},
    "word": {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
}
_MAX_ITER = 300


@dataclass(kw_only=True, eq=False)
class TfidfBaseline(Parametrised):
    r"""Classify texts by a weighted sum of TF-IDF weights of their n-grams.

    Parameters
    ----------
    features : {"auto", "char", "word"}
        N-grams of 1 to 4 characters, or of 1 and 2 words; ``"auto"`` takes characters where over 30 % of the letters
        are Hangul: endings and missing spaces then do no harm.
    min_df : int
        N-grams that fewer texts have are left out, where there are 100 texts or more.
    c : float
        How little the weights are held back, > 0: scikit-learn's ``C``.
    n_jobs : int, optional
        Threads for the n-grams, all cores by default.

    Attributes
    ----------
    classes_ : list of str or int
        In the order of the columns of `predict_proba`.
    coef_ : ndarray of float32, shape (K, n_features)
        Weights; one row where there are two classes.
    intercept_ : ndarray of float32, shape (K,)
        What a text without known n-grams gets.

    Notes
    -----
    .. math:: p(k \mid x) = \mathrm{softmax}_k(w_k \cdot \mathrm{tfidf}(x) + b_k)

    with :math:`1 + \ln tf` for the counts; the weights are learnt by scikit-learn's L-BFGS.

    References
    ----------
    .. [1] Wang and Manning, "Baselines and Bigrams: Simple, Good Sentiment and Topic Classification", ACL 2012.

    Examples
    --------
    >>> texts = ["정말 재밌다", "너무 재밌어요", "정말 지루하다", "지루해요"]
    >>> model = TfidfBaseline().fit(texts, ["긍정", "긍정", "부정", "부정"])
    >>> model.predict(["재밌네", "지루한 영화"])
    ['긍정', '부정']
    """

    KIND: ClassVar[str] = "baseline"
    task: ClassVar[str] = "classify"

    features: str = "auto"
    min_df: int = 2
    c: float = 3.0
    n_jobs: int | None = None
    classes_: list[Any] = field(default_factory=list, init=False, repr=False)
    _vectorizer: TfidfVectorizer | None = field(default=None, init=False, repr=False)

    def fit(self, X: Any, y: Sequence[Any]) -> Self:
        """Learn the weights.

        Parameters
        ----------
        X : list of str, or what `malgil.read` gives
            Texts.
        y : sequence of str or int
            Label of each text.

        Returns
        -------
        TfidfBaseline
            The estimator itself.

        Raises
        ------
        ParameterError
            If `X` and `y` are not equally long, or `features` is not known.
        DataError
            If there are fewer than two classes.
        """
        from sklearn.linear_model import LogisticRegression

        from malgil.corpus import as_texts

        texts, labels = as_texts(X), list(y)
        if len(texts) != len(labels):
            raise ParameterError("models.unequal_labels", n=len(texts), m=len(labels))
        self.classes_ = sorted(set(labels))
        if len(self.classes_) < 2:
            raise DataError("models.one_class", found=", ".join(map(str, self.classes_)))
        arguments = choose({"auto": {}, **FEATURES}, "features", self.features)
        if self.features == "auto":
            arguments = FEATURES["char" if choose_tokenizer([texts]) == "kiwi" else "word"]
        min_df = self.min_df if len(texts) >= 100 else 1
        self._vectorizer = TfidfVectorizer(
            **arguments, min_df=min_df, sublinear_tf=True, dtype=np.float32, n_jobs=self.n_jobs
        )
        matrix = self._vectorizer.fit_transform(texts)
        place = {label: at for at, label in enumerate(self.classes_)}
        model = LogisticRegression(C=self.c, max_iter=_MAX_ITER, random_state=0)
        model.fit(matrix, [place[label] for label in labels])
        self.coef_, self.intercept_ = (np.asarray(a, np.float32) for a in (model.coef_, model.intercept_))
        return self

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Give each class its probability.

        Parameters
        ----------
        X : list of str, or what `malgil.read` gives
            Texts.

        Returns
        -------
        ndarray of float64, shape (n, K)
            Rows sum to 1.

        Raises
        ------
        NotFittedError
            If it has not learnt yet.
        """
        from malgil.corpus import as_texts

        if self._vectorizer is None:
            raise NotFittedError("models.not_fitted", kind=type(self).__name__)
        texts = as_texts(X)
        if not len(texts):
            return np.zeros((0, len(self.classes_)))
        scores = np.asarray(self._vectorizer.transform(texts) @ self.coef_.T, np.float64) + self.intercept_
        if scores.shape[1] == 1:
            scores = np.hstack([np.zeros_like(scores), scores])
        weights = np.exp(scores - scores.max(1, keepdims=True, initial=0))
        return np.asarray(weights / weights.sum(1, keepdims=True))

    def predict(self, X: Any) -> list[Any]:
        """Give each text its likeliest class.

        Parameters
        ----------
        X : list of str, or what `malgil.read` gives
            Texts.

        Returns
        -------
        list of str or int
            Of equally likely classes the first.
        """
        return [self.classes_[at] for at in self.predict_proba(X).argmax(1)]

    def save(self, path: str | Path, meta: dict[str, Any] | None = None) -> None:
        """Write the model: JSON and arrays, no pickle.

        Parameters
        ----------
        path : str or Path
            The folder.
        meta : dict, optional
            What else to put into the manifest.

        Raises
        ------
        NotFittedError
            If it has not learnt yet.
        StorageError
            If it cannot be written.
        """
        if self._vectorizer is None:
            raise NotFittedError("models.not_fitted", kind=type(self).__name__)
        self._vectorizer.save(Path(path) / "features")
        with Writer(path, self.KIND) as writer:
            writer.meta = {"params": {**self.get_params(), "n_jobs": None}, "classes": self.classes_, **(meta or {})}
            writer.array("coef", self.coef_)
            writer.array("intercept", self.intercept_)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a saved model.

        Parameters
        ----------
        path : str or Path
            The folder.

        Returns
        -------
        TfidfBaseline
            Ready to predict.

        Raises
        ------
        ArtefactError
            If it is missing, damaged or of another kind.
        """
        artefact = open_artefact(path, cls.KIND)
        try:
            model = cls(**artefact.meta["params"])
            model.classes_ = list(artefact.meta["classes"])
        except (KeyError, TypeError) as error:
            raise ArtefactError("models.damaged", path=artefact.path, reason=error) from error
        model._vectorizer = TfidfVectorizer.open(Path(path) / "features")
        model._take(artefact)
        return model

    def _take(self, artefact: Artefact) -> None:
        assert self._vectorizer is not None
        n_rows = 1 if len(self.classes_) == 2 else len(self.classes_)
        self.coef_, self.intercept_ = artefact["coef"], artefact["intercept"]
        wanted = (n_rows, len(self._vectorizer.idf_))
        if self.coef_.shape != wanted or self.intercept_.shape != (n_rows,):
            raise ArtefactError("models.damaged", path=artefact.path, reason=f"{self.coef_.shape}, {wanted}")
