"""Confusions of Korean spelling that the orthography settles: written rules, each with the article that says so.

Only what is wrong in any context is here, or in one that the rule names. What depends on the meaning (근대 or 근데,
~대 or ~데, a birth or a recovery without its sign) is left to the model, or to the writer.

References
----------
.. [1] 한글 맞춤법, 문화체육관광부 고시 제2017-12호.
.. [2] 표준어 규정, 문화체육관광부 고시 제2017-13호.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_BEGINS, _ENDS = "(?<![가-힣])", "(?![가-힣])"
_PEOPLE = (
    "사람|국민|시민|학생|부모|엄마|아빠|아버지|어머니|교사|선생님|공무원|대통령|의사|어른|청년|주부|가장|학부모|유권자"
)
_WILL = "할갈볼줄될올을릴킬둘쓸팔탈낼칠질뺄"


class Rule(NamedTuple):
    """One rule.

    Parameters
    ----------
    name : str
        What is confused.
    pattern : Pattern
        The wrong letters, with what must stand around them; replaced whole.
    right : str
        What to write; may name groups of the pattern.
    source : str
        The article.
    """

    name: str
    pattern: re.Pattern[str]
    right: str
    source: str


class RuleHit(NamedTuple):
    """A place where a rule applies.

    Parameters
    ----------
    start, end : int
        Half-open span of the wrong letters, in code points.
    right : str
        What to write.
    rule : Rule
        Why.
    """

    start: int
    end: int
    right: str
    rule: Rule


def _rule(name: str, pattern: str, right: str, source: str) -> Rule:
    return Rule(name, re.compile(pattern), right, source)


_35 = "한글 맞춤법 제35항 붙임 2"
RULES: tuple[Rule, ...] = (
    _rule("되 / 돼", f"되(?=요{_ENDS})", "돼", _35),
    _rule("되 / 돼", "됬", "됐", _35),
    _rule("되 / 돼", f"되(?=서{_ENDS}|서[야도]|야[지죠겠만할한]|야{_ENDS})", "돼", _35),
    _rule("되 / 돼", f"(?<=안)되(?=[.!?]|{_ENDS}$)", "돼", _35),
    _rule("돼 / 되", "돼(?=고|면|니까|는|지만|었|어|기|려|므로|자마자)", "되", _35),
    _rule("돼 / 되", "됄", "될", _35),
    _rule("돼 / 되", "됀", "된", _35),
    _rule("돼 / 되", "됍(?=니)", "됩", _35),
    _rule(
        "안 / 않",
        f"(?<=지 )안(?=았|는|아[요서도야]|아{_ENDS}|고{_ENDS}|습|을(?= ?[까수듯지])|게{_ENDS}|겠|나요|네요|던)",
        "않",
        "한글 맞춤법 제39항",
    ),
    _rule("안 / 않", f"(?<=[가-힣]지)안(?=았|는다|습니|고{_ENDS}|겠|아[요서도])", "않", "한글 맞춤법 제39항"),
    _rule("않 / 안", f"{_BEGINS}않(?=[되돼된될됩됐])", "안", "표준국어대사전, 아니의 준말 안"),
    _rule("않 / 안", f"{_BEGINS}않(?= (?![는은을고다았아습기게지])[가-힣])", "안", "표준국어대사전, 아니의 준말 안"),
    _rule("-ㄹ께 / -ㄹ게", f"(?<=[{_WILL}])(?<![가마노]을)께(?=요?{_ENDS})", "게", "한글 맞춤법 제53항"),
    _rule("몇일 / 며칠", f"{_BEGINS}몇일", "며칠", "한글 맞춤법 제27항 붙임 2"),
    _rule("왠 / 웬", f"{_BEGINS}왠(?!지)", "웬", "표준국어대사전, 웬"),
    _rule("웬지 / 왠지", f"{_BEGINS}웬지", "왠지", "표준국어대사전, 왜인지의 준말 왠지"),
    _rule("어떻해 / 어떡해", "어떻해(?=요?(?:[.?!~]|$))", "어떡해", "표준국어대사전, 어떻게 해의 준말 어떡해"),
    _rule("어떡게 / 어떻게", "어떡게", "어떻게", "표준국어대사전, 어떻다"),
    _rule("낳다 / 낫다", f"(?<=보다 )낳(?=다{_ENDS}|네|겠|지{_ENDS}|고{_ENDS})", "낫", "표준국어대사전, 낫다"),
    _rule("낳다 / 낫다", f"(?<=보다 )낳(?=은{_ENDS}|을{_ENDS}|아)", "나", "한글 맞춤법 제18항 2"),
    _rule("로써 / 로서", f"({_PEOPLE})(으?로)써", r"\1\2서", "표준국어대사전, 자격의 로서와 수단의 로써"),
    _rule("로서 / 로써", "(?<=[함됨])으로서", "으로써", "표준국어대사전, 자격의 로서와 수단의 로써"),
    _rule("-읍니다 / -습니다", "(?<=[았었였했겠있없같갔왔졌됐렸났셨])읍니(?=다|까)", "습니", "표준어 규정 제17항"),
    _rule("-슴 / -음", f"(?<=[있없])슴(?={_ENDS})", "음", "한글 맞춤법 제19항"),
    _rule("-이 / -히", "(?<=일일)히", "이", "한글 맞춤법 제51항"),
    _rule("-이 / -히", "(?<=곰곰)히|(?<=깨끗)히|(?<=틈틈)히|(?<=번번)히", "이", "한글 맞춤법 제51항"),
    _rule("금새 / 금세", f"{_BEGINS}금새{_ENDS}", "금세", "표준국어대사전, 금시에의 준말 금세"),
    _rule("오랫만 / 오랜만", f"{_BEGINS}오랫만", "오랜만", "표준국어대사전, 오래간만의 준말 오랜만"),
    _rule("설겆이 / 설거지", "설겆이", "설거지", "표준어 규정 제20항"),
    _rule("역활 / 역할", "역활", "역할", "표준국어대사전, 역할"),
    _rule("희안 / 희한", "희안(?=하|한|할|해|했)", "희한", "표준국어대사전, 희한하다"),
    _rule("어의없 / 어이없", "어의(?= ?없)", "어이", "표준국어대사전, 어이없다"),
    _rule("무릎쓰 / 무릅쓰", "무릎(?=[쓰써썼쓴])", "무릅", "표준국어대사전, 무릅쓰다"),
    _rule("뵈요 / 봬요", f"뵈(?=요{_ENDS})", "봬", _35),
    _rule("촛점 / 초점", "촛점", "초점", "한글 맞춤법 제30항"),
    _rule("댓가 / 대가", f"{_BEGINS}댓가", "대가", "한글 맞춤법 제30항"),
    _rule("갯수 / 개수", f"{_BEGINS}갯수", "개수", "한글 맞춤법 제30항"),
    _rule("할런지 / 할는지", "(?<=[할될올갈볼])런지", "는지", "표준어 규정 제17항"),
)
_MAY_BE = re.compile(
    "[되됬돼됄됀됍안않께몇왠웬떻떡낳써]|으로서|읍니|슴|히|금새|랫만|겆|활|희안|어의|무릎|뵈|촛|댓|갯|런지"
)


def rule_hits(text: str) -> Iterator[RuleHit]:
    """Find all places where a rule applies.

    Parameters
    ----------
    text : str
        Composed text.

    Yields
    ------
    RuleHit
        In the order of the text; of overlapping ones the first rule's.

    Examples
    --------
    >>> [(hit.start, hit.right, hit.rule.name) for hit in rule_hits("몇일 걸려도 되요")]
    [(0, '며칠', '몇일 / 며칠'), (7, '돼', '되 / 돼')]
    """
    if not _MAY_BE.search(text):
        return
    found = [
        RuleHit(match.start(), match.end(), match.expand(rule.right), rule)
        for rule in RULES
        for match in rule.pattern.finditer(text)
    ]
    end = 0
    for hit in sorted(found, key=lambda hit: (hit.start, hit.end)):
        if hit.start >= end:
            yield hit
            end = hit.end
