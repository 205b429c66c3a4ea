"""The usual names of columns, in Korean and English."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHOWN, _SHOWN_LENGTH = 20, 40  # columns in a message, code points of each
TEXT_NAMES = frozenset(
    "text texts document documents doc review reviews content contents sentence sentences comment comments body message"
    " utterance passage paragraph article tweet 텍스트 본문 내용 리뷰 문장 문서 댓글 후기 글 원문 상품평 감상평 메시지"
    " 발화 기사 글내용".split()
)
_TEXT_ENDINGS = ("텍스트", "본문", "내용", "리뷰", "문장", "댓글", "후기")
LABEL_NAMES = frozenset(
    "label labels category categories class sentiment target 라벨 레이블 분류 카테고리 범주 감성 감정".split()
)
PLAIN_LABEL_NAMES = frozenset("label 라벨 레이블".split())
_TIME_NAMES = frozenset(
    "time date datetime timestamp created written posted published 날짜 일자 일시 시간 시각 작성일 작성일시 작성시간"
    " 등록일 등록일시 게시일".split()
)
_TIME_ENDINGS = ("_at", "_date", "_time", "_datetime", "날짜", "일시", "일자", "작성일", "등록일")
ID_NAMES = frozenset("id doc_id docid document_id 문서id 문서번호".split())
_ID_ENDING = re.compile(r"(?:[_\-. ](?:id|idx|no|key)|[a-z]I[dD]|^(?:uuid|uid|idx|key|번호|글번호|리뷰번호|아이디))$")


def listed(names: Iterable[str]) -> str:
    """Name columns in a message, which is one line however many there are.

    Parameters
    ----------
    names : iterable of str
        Names of columns.

    Returns
    -------
    str
        The first of them, shortened, with commas between them.
    """
    every = list(names)
    shown = [name if len(name) <= _SHOWN_LENGTH else name[: _SHOWN_LENGTH - 1] + "…" for name in every[:_SHOWN]]
    return ", ".join(shown + ["…"] * (len(every) > _SHOWN))


def _plain(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")


def _is_one_of(name: str, names: frozenset[str]) -> bool:
    plain = _plain(name)
    return plain in names or plain.replace("_", "") in names


def is_text_name(name: str) -> bool:
    """Tell whether a column of this name is likely to hold the text.

    Parameters
    ----------
    name : str
        Of a column.

    Returns
    -------
    bool
        True for the usual names.
    """
    return _is_one_of(name, TEXT_NAMES)


def is_numbered_text_name(name: str) -> bool:
    """Tell whether a column has one of the usual names of text columns with a number behind it.

    Parameters
    ----------
    name : str
        Of a column.

    Returns
    -------
    bool
        True for ``sentence1`` or ``text_2``.
    """
    plain = _plain(name)
    stem = plain.rstrip("0123456789")
    return stem != plain and stem.rstrip("_") in TEXT_NAMES


def ends_as_text_name(name: str) -> bool:
    """Tell whether a longer name ends in one of the usual names of text columns.

    Parameters
    ----------
    name : str
        Of a column.

    Returns
    -------
    bool
        True for ``review_text`` or ``리뷰내용``, false for ``text_length``.
    """
    plain = _plain(name)
    return re.split(r"[_\-.]", plain)[-1] in TEXT_NAMES or plain.endswith(_TEXT_ENDINGS)


def is_label_name(name: str) -> bool:
    """Tell whether a column of this name is likely to hold a label.

    Parameters
    ----------
    name : str
        Of a column.

    Returns
    -------
    bool
        True for the usual names.
    """
    return _is_one_of(name, LABEL_NAMES)


def is_plain_label_name(name: str) -> bool:
    """Tell whether a column is called a label outright, which decides between several.

    Parameters
    ----------
    name : str
        Of a column.

    Returns
    -------
    bool
        True for ``label``, ``라벨`` and ``레이블``.
    """
    return _is_one_of(name, PLAIN_LABEL_NAMES)


def is_time_name(name: str) -> bool:
    """Tell whether a column of this name is likely to hold a time.

    Parameters
    ----------
    name : str
        Of a column.

    Returns
    -------
    bool
        True for ``date``, ``created_at``, ``작성일`` and the like.
    """
    return _is_one_of(name, _TIME_NAMES) or _plain(name).endswith(_TIME_ENDINGS)


def is_id_name(name: str) -> bool:
    """Tell whether a column is called the id of the documents outright.

    Parameters
    ----------
    name : str
        Of a column.

    Returns
    -------
    bool
        True for ``id``, ``doc_id`` and the like.
    """
    return _is_one_of(name, ID_NAMES)


def may_be_id_name(name: str) -> bool:
    """Tell whether a column may be an id: of the documents, or of something that many share.

    Parameters
    ----------
    name : str
        Of a column.

    Returns
    -------
    bool
        True for ``review_id``, ``userId``, ``번호``.
    """
    return _ID_ENDING.search(name.strip()) is not None or _ID_ENDING.search(_plain(name)) is not None
