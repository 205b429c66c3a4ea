"""Final endings of dialects and chats, which text with full stops hardly ever teaches.

The model of `malgil.tokenizers.borders` learns from standard Korean. What follows here is grammar-book knowledge: the
sentence-final endings of the regional dialects (Chungcheong, Gyeongsang, Jeolla, Gangwon, Jeju) and the ones that chats
make of the standard ones. Endings that also join clauses (-는디, -니께) are left out, and so are those that are common
last syllables of nouns unless a verb's ending stands before them.

References
----------
.. [1] National Institute of Korean Language, "Regional dialect surveys" (2004-2013): final endings by region.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from malgil.codepoints import to_str

SHARE = 4000
"""What such an ending adds to the score of its place, thousandths of a nat."""

_TENSE = "[었았였했겠있없갔왔됐봤컸샀잤겄긋붓뿟랬켰렸졌쳤셨]"
_ENDINGS = {
    "Chungcheong": (
        "[어아해여네지가셔데래게까와봐돼져려줘]유|쥬우?|[셨했었았겠있없]슈|햐|댜|랴|허[여유]|혀"
        "|(?:는|[은인던할갈볼될올]|[가-힣]을)\\s?겨|겨유|[는]?구먼유?|구만유?|거여|것이여|이여유|걸랑요?|거덩요?|[드더]라[고구]유?"
    ),
    "Gyeongsang": (
        f"데이|카이|[더겠긋겄하{_TENSE[1:-1]}가오보]노|[는능]교|[겠긋겄]나|{_TENSE}제|[하렇맞되]제|[하{_TENSE[1:-1]}]재|인?는?기라"
        "|[간한은는인븐운온될할을]기라|\\s아이가|[다이]아이가|카더라|카대|[안]?카나|[심습]니?더|[라어지네아]예|[인은는]고예|뿟다|삤다|붓지|뿟지|랑카|을랑가"
    ),
    "Jeolla": (
        f"[당랑]께요?|[당랑란]가|[었았했겠있없것이]지라|{_TENSE}[소네어다제]잉|[네소제라다께]잉|구마[이잉]?|[불버]렀?[어지]야?|쓰[겄것][다냐네]"
    ),
    "Gangwon": "[드더]래요|이래요|[가하은인]래요|[갑]소|[었았했]소야|우야",
    "Jeju": "수다|우다|[얼]마꽈|수[꽈과]|[옵]서예?|쿠다|[암엄]서",
    "chats": (
        "[네어아해여지나가와봐세셔게래데예에져까]용|[어아해네지여세나]염|[어아해네지여세]욤"
        "|[싶엽있없했었았겠한은는좋많렇갔왔]당|[한된왔갔었았했있없싶좋]닷|[할갈올볼]겡|거든요?|[네어]여|더라[고구]요?"
    ),
}
_FINAL = re.compile(f"(?:{'|'.join(_ENDINGS.values())})$")
_LAST_SYLLABLES = "유쥬우슈햐댜랴여혀겨먼만랑요덩고구이노교나제재라가대더예다지카께잉마어야냐네소꽈과서용염욤당닷겡든"
_LAST = np.array(sorted({ord(char) for char in _LAST_SYLLABLES}))
_LONGEST = 6


def add_endings(
    points: NDArray[np.uint32],
    left: NDArray[np.int64],
    starts: NDArray[np.int64],
    scores: NDArray[np.int64],
    eligible: NDArray[np.bool_],
) -> None:
    """Raise the score of places behind a final ending of a dialect or a chat, where it could change the decision.

    Parameters
    ----------
    points : ndarray of uint32, shape (n_points,)
        Texts, one after the other.
    left : ndarray of int64, shape (n_places,)
        Behind the last letter before each place.
    starts : ndarray of int64, shape (n_places,)
        Where the text of each place begins.
    scores : ndarray of int64, shape (n_places,)
        Changed in place.
    eligible : ndarray of bool, shape (n_places,)
        Places that the score decides on.
    """
    near = np.flatnonzero(eligible & (scores <= 0) & (scores > -SHARE))
    near = near[np.isin(points[left[near] - 1], _LAST)]
    for place in near.tolist():
        end = int(left[place])
        begin = max(int(starts[place]), end - _LONGEST)
        if _FINAL.search(to_str(points[begin:end])):
            scores[place] += SHARE
