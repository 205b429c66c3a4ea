"""Multi30k: English descriptions of photographs into German."""

from common import Row, fit, lines, show

from malgil import TfidfVectorizer, Translator
from malgil.training.text_scores import bleu


def rows() -> list[Row]:
    """Train on the training part; the validation part chooses the epoch; test once on test 2016.

    Returns
    -------
    list of Row
        Translator, and the German of the English sentence that is most alike.
    """
    parts = ("train", "val", "test_2016_flickr")
    train, validation, test = (tuple(lines(f"multi30k/{part}.{lang}.gz") for lang in ("en", "de")) for part in parts)
    model = Translator(
        tokenizer={"name": "bpe", "n_terms": 6_000},
        embedding_size=256,
        hidden_size=384,
        tied=True,
        input_feeding=False,
        dropout=0.3,
        label_smoothing=0.1,
        length_penalty=1.0,
        epochs=16,
        learning_rate=2e-3,
        schedule="one_cycle",
        validation=validation,
    )
    seconds = fit(model, *train)
    own = {"BLEU": bleu(model.predict(test[0]), test[1]), "train_s": seconds}
    weights = TfidfVectorizer()
    likeness = weights.fit_transform(train[0]) @ weights.transform(test[0]).T
    near = [train[1][place] for place in likeness.toarray().argmax(0)]
    return [
        Row("GRU with attention, beam 5", own),
        Row("German of the nearest English sentence", {"BLEU": bleu(near, test[1])}, is_own=False),
    ]


if __name__ == "__main__":
    show(rows())
