"""Expressions of numbers -> numbers. (What makes feature maps is the elaborator's: `network/chains.py`.)"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from msdl.diagnostics import Label, mistake
from msdl.language import syntax as ast
from msdl.language.numbers import (
    FUNCTIONS,
    UNKNOWN,
    BadNumber,
    Number,
    Unknown,
    apply,
    compare,
    show,
    simplest,
)
from msdl.language.suggest import did_you_mean
from msdl.source import Span


class Names(Protocol):
    """What names mean at the place of an expression. Both raise Mistake."""

    def number(self, call: ast.Call) -> Number:
        """The number that `name` or `name(args)` stands for; `name` is no function of `numbers.py`."""

    def place(self, index: ast.Index) -> Number:
        """The number that `name[index]` stands for."""


def number(expression: ast.Expression, names: Names) -> Number:
    """The value of an expression of numbers. Raises Mistake."""
    match expression:
        case ast.Call():
            if expression.name.text in FUNCTIONS and expression.args is not None:
                return function(expression, [number(a.value, names) for a in arguments(expression)])
            return names.number(expression)
        case ast.Number():
            return exactly(lambda: simplest(expression.value), expression.span)
        case ast.Index():
            return names.place(expression)
        case ast.Group(items=(inner,)):
            return number(inner, names)
        case ast.Negative(operand, span):
            return operate("-", 0, number(operand, names), span)
        case ast.Power(base, exponent, span):
            return operate("^", number(base, names), number(exponent, names), span)
        case ast.Slash(left, right, span):
            return operate("/", number(left, names), number(right, names), span)
        case ast.Arithmetic(first, rest, span):
            total = number(first, names)
            for operator, operand in rest:
                total = operate(operator, total, number(operand, names), span)
            return total
        case ast.When(then, test, otherwise):
            holds = truth(test, lambda e: number(e, names))
            return UNKNOWN if isinstance(holds, Unknown) else number(then if holds else otherwise, names)
        case ast.Input() | ast.Group() | ast.Concat() | ast.Chain() | ast.Pipe():
            raise mistake("MSD306", "A number belongs here.", expression.span, "this makes a feature map")


def truth(test: ast.Test, value: Callable[[ast.Expression], Number]) -> bool | Unknown:
    """Whether a test holds; `value` evaluates its sides."""
    match test:
        case ast.Comparison(first, rest):
            return _all(_compared(first, rest, value))
        case ast.Logic("and", terms):
            return _all(truth(term, value) for term in terms)
        case ast.Logic(_, terms):
            opposite = _all(_not(truth(term, value)) for term in terms)
            return _not(opposite)


def _compared(
    first: ast.Expression, rest: tuple[tuple[str, ast.Expression], ...], value: Callable[[ast.Expression], Number]
) -> Iterator[bool | Unknown]:
    """`a < b < c` is `a < b and b < c`, each side worked out once."""
    left = value(first)
    for operator, side in rest:
        right = value(side)
        yield compare(operator, left, right)
        left = right


def _all(results: Iterable[bool | Unknown]) -> bool | Unknown:
    """Short-circuits, so that `j > 0 and width[j] ..` never looks at `width[0]`."""
    for result in results:
        if isinstance(result, Unknown) or not result:
            return result
    return True


def _not(result: bool | Unknown) -> bool | Unknown:
    return result if isinstance(result, Unknown) else not result


def operate(operator: str, a: Number, b: Number, span: Span) -> Number:
    """`a operator b`. Raises Mistake at `span`."""
    return exactly(lambda: apply(operator, a, b), span)


def function(call: ast.Call, values: list[Number]) -> Number:
    """`min(..)`, `floor(..)` and their like. Raises Mistake."""
    known = FUNCTIONS[call.name.text]
    if not known.least <= len(values) <= known.most:
        wanted = str(known.least) if known.least == known.most else f"{known.least} to {known.most}"
        noun = "number" if wanted == "1" else "numbers"
        raise mistake("MSD204", f"'{call.name.text}' takes {wanted} {noun}, not {len(values)}.", call.span)
    numbers = [value for value in values if not isinstance(value, Unknown)]
    if len(numbers) < len(values):
        return UNKNOWN
    return exactly(lambda: simplest(known.compute(*numbers)), call.span)


def arguments(call: ast.Call) -> tuple[ast.Argument, ...]:
    """The arguments of a function, which have no keywords. Raises Mistake."""
    for argument in call.args or ():
        if argument.keyword is not None:
            raise mistake("MSD203", f"'{call.name.text}' takes no argument '{argument.keyword.text}'.", argument.span)
    return call.args or ()


def exactly(compute: Callable[[], Number], span: Span) -> Number:
    """The result of `compute`, its BadNumber turned into a Mistake at `span`."""
    try:
        return compute()
    except BadNumber as bad:
        raise mistake(bad.code, f"In '{_short(span.text)}' {bad}.", span) from None


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 40 else f"{words[:37]}..."


def whole(
    value: Number, span: Span, what: str, least: int = 1, most: int | None = None, *labels: Label
) -> int | Unknown:
    """`value` as a whole number of at least `least`. `what` names it in the message. Raises Mistake."""
    if isinstance(value, Unknown):
        return value
    written = span.text == show(value)
    found = f"{show(value)} is not" if written else f"{_short(span.text)} = {show(value)} is not"
    if not isinstance(value, int):
        raise mistake("MSD301", f"{what} must be a whole number; {found}.", span, f"this is {show(value)}", "", *labels)
    if value < least:
        raise mistake("MSD302", f"{what} must be at least {least}; {found}.", span, f"this is {value}", "", *labels)
    if most is not None and value > most:
        raise mistake("MSD302", f"{what} must be at most {most:,}; {found}.", span, f"this is {value}", "", *labels)
    return value


def numbered(range_: ast.Range, names: Names, most: int = 20_000) -> list[int]:
    """The numbers of `first..last step step`. Raises Mistake when they are not whole or too many."""
    first = whole(number(range_.first, names), range_.first.span, "A range's start", least=-(10**9))
    last = whole(number(range_.last, names), range_.last.span, "A range's end", least=-(10**9))
    step: int | Unknown = 1
    if range_.step is not None:
        step = whole(number(range_.step, names), range_.step.span, "A step", most=10**9)
    if isinstance(first, Unknown) or isinstance(last, Unknown) or isinstance(step, Unknown):
        return []
    if (last - first) // step >= most:
        raise mistake("MSD516", f"{first}..{last} holds more than {most:,} numbers.", range_.span)
    return list(range(first, last + 1, step))


def column_value(index: ast.Index, columns: Mapping[str, tuple[Number, ...]], names: Names) -> Number:
    """`name[scale]` of a column. Raises Mistake."""
    name = index.name.text
    if name not in columns:
        hint = did_you_mean(name, columns)
        raise mistake("MSD201", f"No column is named '{name}'.", index.name.span, "unknown", hint)
    at = number(index.index, names)
    if isinstance(at, Unknown):
        return UNKNOWN
    column = columns[name]
    if not isinstance(at, int) or not 1 <= at <= len(column):
        there = f"'{name}' has values for scales 1 to {len(column)}"
        raise mistake("MSD302", f"{there}, so '{name}[{show(at)}]' does not exist.", index.span)
    return column[at - 1]


@dataclass(frozen=True)
class Known:
    """Numbers by name, and columns by their index; inside a column at scale `s` its name is enough."""

    numbers: Mapping[str, Number]
    columns: Mapping[str, tuple[Number, ...]] = field(default_factory=dict)
    scale: int | None = None

    def number(self, call: ast.Call) -> Number:
        name = call.name.text
        if call.args is None and name in self.numbers:
            return self.numbers[name]
        if call.args is None and self.scale is not None and name == "s":
            return self.scale
        if call.args is None and self.scale is not None and name in self.columns:
            return self.columns[name][self.scale - 1]
        known = [*self.numbers, *(self.columns if self.scale else ())]
        message = f"No number is named '{name}' here."
        raise mistake("MSD201", message, call.name.span, "unknown", did_you_mean(name, known))

    def place(self, index: ast.Index) -> Number:
        return column_value(index, self.columns, self)
