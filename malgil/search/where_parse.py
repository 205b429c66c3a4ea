"""From the words of a filter to conditions: a parser by recursive descent, one method a rule.

::

    condition   = conjunction {"or" conjunction}
    conjunction = factor {"and" factor}
    factor      = "not" factor | "(" condition ")" | test
    test        = column (comparison value | ["not"] "in" "(" value {"," value} ")"
                          | ["not"] "between" value "and" value | ["not"] ("contains" | "startswith") value
                          | "is" ["not"] "null" | nothing, where the column holds truth values)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pyarrow as pa

from malgil.errors import ParameterError
from malgil.messages import Message
from malgil.params import did_you_mean
from malgil.search.caret import compare_key, misplaced, shorten
from malgil.search.conditions import Stretch, grid_of, on_grid, on_text, on_truth
from malgil.search.where_nodes import ColumnTest, Joint, Node, Opposite, is_missing, plain_type
from malgil.search.where_tokens import Period, Token, read_time, tokens
from malgil.search.where_values import Family, family_of, number_stretch, time_stretch

MAX_DEPTH = 64

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
_BEHIND_NOT = ("in", "between", "contains", "startswith")
_TRUTHS = {"true": True, "false": False}
_HOLDS: dict[Family, str] = {
    "number": "query.where_holds_numbers",
    "text": "query.where_holds_text",
    "truth": "query.where_holds_truth",
    "time": "query.where_holds_times",
    "other": "query.where_holds_other",
}
_OPERATORS: dict[Family, tuple[str, ...]] = {
    "number": (*_COMPARISONS, "in", "between"),
    "text": (*_COMPARISONS, *_BEHIND_NOT),
    "truth": ("==", "!=", "in"),
    "time": (*_COMPARISONS, "in", "between"),
    "nothing": (*_COMPARISONS, *_BEHIND_NOT),
    "other": (),
}


class Parser:
    """Reads one filter.

    Parameters
    ----------
    text : str
        The filter, without lone surrogates.
    schema : pa.Schema
        Names and types of the columns.
    """

    def __init__(self, text: str, schema: pa.Schema) -> None:
        self._text = text
        self._types: dict[str, pa.DataType] = {
            name: schema.field(place).type for place, name in enumerate(schema.names)
        }
        self._names: dict[str, str] = {compare_key(name): name for name in schema.names}
        self._tokens = tokens(text)
        self._place = 0
        self._depth = 0

    def parse(self) -> Node:
        """Read the whole filter.

        Returns
        -------
        Node
            Its condition.

        Raises
        ------
        ParameterError
            If it cannot be read: with the place.
        """
        node = self._condition()
        if self._token.kind != "end":
            raise self._unexpected("query.where_want_joint")
        return node

    @property
    def _token(self) -> Token:
        return self._tokens[self._place]

    def _accept(self, kind: str, *values: str) -> Token | None:
        """Take the next word if it is one of these."""
        token = self._token
        if token.kind != kind or (values and token.value not in values):
            return None
        self._place += 1
        return token

    def _expect(self, kind: str, value: str, wanted: str) -> Token:
        token = self._accept(kind, value)
        if token is None:
            raise self._unexpected(wanted)
        return token

    def _unexpected(self, wanted: str) -> ParameterError:
        token, want = self._token, Message(wanted, {})
        if token.kind == "end":
            return misplaced("query.where_too_short", self._text, token.start, token.end, wanted=want)
        found = self._written(token)
        return misplaced("query.where_unexpected", self._text, token.start, token.end, wanted=want, found=found)

    def _written(self, token: Token) -> str:
        return shorten(self._text[token.start : token.end])

    def _condition(self) -> Node:
        return self._joint("or", self._conjunction)

    def _conjunction(self) -> Node:
        return self._joint("and", self._factor)

    def _joint(self, name: str, rule: Callable[[], Node]) -> Node:
        parts = [rule()]
        while self._accept("word", name):
            parts.append(rule())
        return Joint(name, tuple(parts)) if len(parts) > 1 else parts[0]

    def _factor(self) -> Node:
        opening = self._accept("word", "not") or self._accept("sign", "(")
        if opening is None:
            return self._test()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise misplaced("query.where_too_deep", self._text, opening.start, opening.end, most=MAX_DEPTH)
        if opening.kind == "word":
            node: Node = Opposite(self._factor())
        else:
            node = self._condition()
            if self._token.kind == "end":
                raise misplaced("query.where_unclosed_bracket", self._text, opening.start, opening.end)
            self._expect("sign", ")", "query.where_want_joint")
        self._depth -= 1
        return node

    def _test(self) -> Node:
        token = self._accept("name")
        if token is None:
            raise self._unexpected("query.where_want_column")
        name = self._column(token)
        is_opposite = bool(self._accept("word", "not"))
        operator = self._accept("word", *_BEHIND_NOT)
        if not is_opposite and operator is None:
            if self._accept("word", "is"):
                return self._missing(name)
            operator = self._accept("sign", *_COMPARISONS)
            if operator is None and family_of(self._types[name]) == "truth":
                return ColumnTest(name, self._types[name], on_truth("==", [True]))
        if operator is None:
            raise self._unexpected("query.where_want_behind_not" if is_opposite else "query.where_want_operator")
        node = self._comparison(name, operator)
        return Opposite(node) if is_opposite else node

    def _column(self, token: Token) -> str:
        written = compare_key(str(token.value))
        if written in self._names:
            return self._names[written]
        raise misplaced(
            "query.where_no_column",
            self._text,
            token.start,
            token.end,
            name=shorten(str(token.value)),
            columns=", ".join([*map(shorten, self._types)][:20]) or "-",
            hint=did_you_mean(written, self._types),
        )

    def _missing(self, name: str) -> Node:
        is_opposite = self._accept("word", "not")
        self._expect("word", "null", "query.where_want_null")
        node = ColumnTest(name, self._types[name], is_missing)
        return Opposite(node) if is_opposite else node

    def _comparison(self, name: str, operator: Token) -> Node:
        kind, sign = self._types[name], str(operator.value)
        family = family_of(kind)
        if sign not in _OPERATORS[family]:
            raise misplaced(
                "query.where_other_operator",
                self._text,
                operator.start,
                operator.end,
                operator=sign,
                column=shorten(name),
                type=str(kind),
                held=Message(_HOLDS[family], {}),
            )
        values = self._values(sign)
        read = {"number": self._number, "time": self._time, "text": self._string, "truth": self._truth}
        if family == "nothing":
            return ColumnTest(name, kind, lambda column: column.cast(pa.bool_()))
        operands = [read[family](name, value) for value in values]
        if family == "text":
            return ColumnTest(name, kind, on_text(sign, cast(list[str], operands)))
        if family == "truth":
            return ColumnTest(name, kind, on_truth(sign, cast(list[bool], operands)))
        return ColumnTest(name, kind, on_grid(grid_of(plain_type(kind)), sign, cast(list[Stretch], operands)))

    def _values(self, operator: str) -> list[Token]:
        if operator == "between":
            first = self._value()
            self._expect("word", "and", "query.where_want_and")
            return [first, self._value()]
        if operator != "in":
            return [self._value()]
        self._expect("sign", "(", "query.where_want_list")
        values = [self._value()]
        while self._accept("sign", ","):
            values.append(self._value())
        self._expect("sign", ")", "query.where_want_list_end")
        return values

    def _value(self) -> Token:
        for kind in ("number", "text", "time"):
            if token := self._accept(kind):
                return token
        if token := self._accept("word", *_TRUTHS):
            return token
        if (token := self._token).kind == "name":
            raise misplaced("query.where_bare_word", self._text, token.start, token.end, word=self._written(token))
        raise self._unexpected("query.where_want_value")

    def _number(self, column: str, token: Token) -> Stretch:
        if token.kind != "number":
            raise self._other_kind(column, token, "query.where_write_number")
        return number_stretch(token.value, self._types[column])  # type: ignore[arg-type]

    def _string(self, column: str, token: Token) -> str:
        if token.kind != "text":
            raise self._other_kind(column, token, "query.where_write_text")
        return compare_key(str(token.value))

    def _truth(self, column: str, token: Token) -> bool:
        if token.kind != "word":
            raise self._other_kind(column, token, "query.where_write_truth")
        return _TRUTHS[str(token.value)]

    def _time(self, column: str, token: Token) -> Stretch:
        written = self._text[token.start : token.end]
        if token.kind == "time":
            period = cast(Period, token.value)
        elif token.kind == "text" or (token.kind == "number" and len(written) == 4 and written.isdecimal()):
            written = str(token.value) if token.kind == "text" else written
            period = read_time(written, self._text, token.start, token.end)
        else:
            raise self._other_kind(column, token, "query.where_write_time")
        return time_stretch(period, self._types[column])

    def _other_kind(self, column: str, token: Token, advice: str) -> ParameterError:
        kind = self._types[column]
        return misplaced(
            "query.where_other_kind",
            self._text,
            token.start,
            token.end,
            value=self._written(token),
            column=shorten(column),
            type=str(kind),
            held=Message(_HOLDS[family_of(kind)], {}),
            advice=Message(advice, {}),
        )
