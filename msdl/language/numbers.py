"""The numbers of the language: exact rationals, bounded, and one that is unknown because an error stands behind it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Unknown:
    """What an expression with an error comes to. It spreads quietly: its cause was already reported."""


UNKNOWN: Final = Unknown()

Number = int | Fraction | Unknown


class BadNumber(ArithmeticError):
    """An operation without an answer. `code` is the diagnostic's."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def simplest(value: Fraction | Decimal | int) -> int | Fraction:
    """The same value, an int where it is whole. Raises BadNumber beyond 10^15."""
    exact = value if isinstance(value, int) else _exact(value)
    if not -LARGEST <= exact <= LARGEST or exact.denominator > LARGEST:
        raise BadNumber("MSD303", "this number is larger, or finer, than 10^15 allows")
    return exact.numerator if exact.denominator == 1 else exact


def _exact(value: Fraction | Decimal) -> Fraction:
    # A literal such as 1e999999999 must not be expanded.
    if isinstance(value, Decimal) and value and not -30 < value.adjusted() < 20:
        raise BadNumber("MSD303", "this number is larger, or finer, than 10^15 allows")
    return Fraction(value)


def divide(a: int | Fraction, b: int | Fraction) -> int | Fraction:
    if b == 0:
        raise BadNumber("MSD304", f"{show(a)} is divided by zero")
    return Fraction(a) / b


def remainder(a: int | Fraction, b: int | Fraction) -> int | Fraction:
    if b == 0:
        raise BadNumber("MSD304", f"{show(a)} % 0 has no answer")
    return a % b


def power(a: int | Fraction, b: int | Fraction) -> int | Fraction:
    if isinstance(b, Fraction):
        raise BadNumber("MSD301", f"the exponent must be a whole number, not {show(b)}")
    if a == 0 and b < 0:
        raise BadNumber("MSD304", f"0^{b} divides by zero")
    size = max(abs(Fraction(a).numerator), Fraction(a).denominator)
    if abs(b) * math.log10(size or 1) > math.log10(LARGEST) + 1 or abs(b) > LARGEST:
        raise BadNumber("MSD303", f"{show(a)}^{b} is larger, or finer, than 10^15 allows")
    return Fraction(a) ** b


OPERATORS: dict[str, Callable[[int | Fraction, int | Fraction], int | Fraction]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": divide,
    "%": remainder,
    "^": power,
}

COMPARISONS: dict[str, Callable[[int | Fraction, int | Fraction], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def apply(operator: str, a: Number, b: Number) -> Number:
    """`a operator b`. Raises BadNumber."""
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return UNKNOWN
    return simplest(OPERATORS[operator](a, b))


def compare(operator: str, a: Number, b: Number) -> bool | Unknown:
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return UNKNOWN
    return COMPARISONS[operator](a, b)


def round_to(x: int | Fraction, multiple: int | Fraction = 1) -> int | Fraction:
    """The nearest multiple, halves rounded up."""
    return math.floor(divide(x, multiple) + Fraction(1, 2)) * multiple


@dataclass(frozen=True, slots=True)
class Function:
    least: int
    most: int
    compute: Callable[..., int | Fraction]


FUNCTIONS: dict[str, Function] = {
    "min": Function(1, 64, lambda *numbers: min(numbers)),
    "max": Function(1, 64, lambda *numbers: max(numbers)),
    "floor": Function(1, 1, math.floor),
    "ceil": Function(1, 1, math.ceil),
    "round": Function(1, 2, round_to),
}


def show(number: Number) -> str:
    """A number as messages print it: `41.5`, `8/3`, `24`."""
    match number:
        case Unknown():
            return "?"
        case int():
            return str(number)
        case Fraction():
            exact = f"{float(number):.6g}"
            return exact if Fraction(exact) == number else f"{number.numerator}/{number.denominator}"


def counted(number: int | Fraction, noun: str) -> str:
    """`1 path`, `2 paths`, `1,200 paths`."""
    shown = f"{number:,}" if isinstance(number, int) else show(number)
    return f"{shown} {noun}" if number == 1 else f"{shown} {noun}s"
