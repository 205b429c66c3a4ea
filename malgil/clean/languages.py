"""The language of a text, from the scripts of its letters and, in Latin letters, from its function words.

Made for leaving out what is clearly in another language, so it gives the benefit of the doubt: Latin letters without a
sign of another language count as English.
"""

from __future__ import annotations

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import CodePoints, Traits

# Short words that texts of a language are full of, and letters that set it apart from English.
_LATIN = {
    "en": (
        "the and of to is it this that was for with you not are but have my be on at as what they from so very i we he "
        "she his her its will can do did has had would been if or an a in all just there no more out about who get me",
        "",
    ),
    "de": (
        "der die das und ist nicht ich ein eine mit zu den von auf für es sie im dem auch wie aber wir noch nur wird "
        "war sich bei sind hat sehr kann mir einen einer in an am aus vor zum zur eines einem seine wenn oder nach",
        "äöüß",
    ),
    "fr": (
        "le la les et est de des un une je pas que qui dans pour sur avec ce il elle nous vous au du ne en plus très "
        "c'est mais sont cette ses mon être été à a aux son sa leur par ou où deux tout si",
        "éèêàçœùâîôû",
    ),
    "es": (
        "el la los las y es de que en un una por con no para su se lo como más pero muy del al yo está son fue este "
        "esta todo mi también a sin sobre cuando porque hay",
        "ñáíóú¿¡",
    ),
    "it": (
        "il lo la gli e è di che non un una per con sono del della questo questa ma anche più molto come nel alla mi "
        "ho ha ci si da dei le a in al dal se tutto quando",
        "èàòùì",
    ),
    "pt": (
        "o a os as e é de que não um uma por com para se do da em no na muito mais mas eu foi este esta isso você seu "
        "também dos das ao à pela pelo quando tudo",
        "ãõçáâê",
    ),
    "nl": (
        "de het een en is niet ik van dat te met voor op zijn er maar ook aan heb je was wat naar heel bij deze dit "
        "wel om hij zij als nog in uit geen",
        "",
    ),
    "id": (
        "yang dan di ini itu dengan untuk tidak dari saya ada ke akan pada juga adalah bisa sudah karena atau sangat "
        "mereka kami kita anda lebih seperti",
        "",
    ),
    "vi": (
        "và là của có không được cho một này với người tôi rất các những trong đã đến thì cũng như khi để nhưng",
        "ăđơưạảấầậắặẹẻẽếềệịọỏốồộớờợụủứừựỳỵỷỹ",
    ),
    "tr": (
        "ve bir bu da de için çok ne ile o ama gibi daha var mi mı değil ben olarak en kadar sonra her olan",
        "ığşçöü",
    ),
    "pl": (
        "i w nie to się na jest z że do jak ale o za co tak po tym jego tylko czy przez bardzo już są był była",
        "ąćęłńśźż",
    ),
}
# Beginning of a letter's Unicode name -> language, and how many Latin letters one letter stands for.
_SCRIPTS = (
    ("HANGUL SYLLABLE", "ko", 3),
    ("HANGUL", "ko", 1),
    ("HALFWIDTH HANGUL", "ko", 1),
    ("LATIN", "en", 1),
    ("FULLWIDTH LATIN", "en", 1),
    ("CJK", "zh", 3),
    ("HIRAGANA", "ja", 2),
    ("KATAKANA", "ja", 2),
    ("HALFWIDTH KATAKANA", "ja", 1),
    ("CYRILLIC", "ru", 1),
    ("ARABIC", "ar", 1),
    ("DEVANAGARI", "hi", 1),
    ("THAI", "th", 1),
    ("GREEK", "el", 1),
    ("HEBREW", "he", 1),
)
LANGUAGES = ("ko", "en", "zh", "ja", *(name for name in _LATIN if name != "en"), "ru", "ar", "hi", "th", "el", "he")
LANGUAGES += ("other", "none")
"""Results of the guess, by their ISO 639-1 codes; ``other`` has letters of none of these scripts, ``none`` no letters.
A script that several languages share goes by the code of one of them: ``ru`` is Cyrillic, ``ar`` Arabic, ``hi``
Devanagari."""

_OTHER, _NONE = LANGUAGES.index("other"), LANGUAGES.index("none")
_KANA_RATIO = 0.1  # of the Han characters and kana: a Japanese text has more, a Chinese one at most a borrowed sign
_LEAST_POINTS = 1.5
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|[¿¡]")
_WORDS: dict[str, list[str]] = {}
_LETTERS: dict[str, list[str]] = {}
for _language, (_words, _letters) in _LATIN.items():
    for _word in _words.split():
        _WORDS.setdefault(_word, []).append(_language)
    for _letter in _letters:
        _LETTERS.setdefault(_letter, []).append(_language)


def _script(char: str) -> int:
    """Give the number of a letter's script, from 1 on; 0 for what is no letter."""
    if unicodedata.category(char)[0] != "L":
        return 0
    name = unicodedata.name(char, "")
    found = (i for i, (begin, _, _) in enumerate(_SCRIPTS, 1) if name.startswith(begin))
    return next(found, len(_SCRIPTS) + 1)


SCRIPTS = Traits(_script)
_HOME = np.array([_NONE, *(LANGUAGES.index(language) for _, language, _ in _SCRIPTS), _OTHER])
_WEIGHT = np.array([0, *(weight for _, _, weight in _SCRIPTS), 1])


def guess_languages(texts: CodePoints) -> NDArray[np.int64]:
    """Guess the language of each text.

    Parameters
    ----------
    texts : CodePoints
        Any texts.

    Returns
    -------
    ndarray of int64, shape (n_rows,)
        Places in `LANGUAGES`.

    Notes
    -----
    The script with the most letters decides, a Hangul syllable and a Chinese character counting for three Latin
    letters, kana for two; on a tie the language that `LANGUAGES` names first. Chinese characters among more than 10 %
    kana are Japanese. In Latin letters each function word is a point for its languages, shared among them, each word
    with a letter that English has not half a point for the languages that have it; another language than English needs
    one and a half points, and more than English has: a single word such as "la" or "com" proves nothing.
    """
    script = SCRIPTS(texts.points)
    rows = np.repeat(np.arange(texts.n_rows), np.diff(texts.indptr))
    places = rows * len(LANGUAGES) + _HOME[script]
    size = texts.n_rows * len(LANGUAGES)
    letters = np.bincount(places, _WEIGHT[script], minlength=size).reshape(texts.n_rows, len(LANGUAGES))
    chinese, japanese = letters[:, LANGUAGES.index("zh")], letters[:, LANGUAGES.index("ja")]
    is_japanese = japanese > _KANA_RATIO * (chinese + japanese)
    japanese[is_japanese] += chinese[is_japanese]
    chinese[is_japanese] = 0
    guessed: NDArray[np.int64] = np.where(letters.any(axis=1), letters.argmax(axis=1), _NONE)
    for row in np.flatnonzero(guessed == LANGUAGES.index("en")).tolist():
        guessed[row] = LANGUAGES.index(_latin_language(texts.text(row)))
    return guessed


def _latin_language(text: str) -> str:
    points = dict.fromkeys(_LATIN, 0.0)
    for word in _WORD.findall(unicodedata.normalize("NFC", text).lower()):
        homes = _WORDS.get(word, ())
        for language in homes:
            points[language] += 1 / len(homes)
        if not word.isascii():
            for language in {language for letter in word for language in _LETTERS.get(letter, ())}:
                points[language] += 0.5
    best = max(points, key=lambda language: points[language])
    return best if points[best] >= _LEAST_POINTS else "en"
