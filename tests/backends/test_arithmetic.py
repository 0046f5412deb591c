"""Numbers on values, written: as a person would, and right in a sum, in a product and within one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msdl.backends.torch.arithmetic import affine, operand
from msdl.backends.torch.layout import Infix, call, flat, lines

WRITTEN = {
    (-1.0, 1.0): "1 - x",
    (-1.0, -2.5): "-2.5 - x",
    (1.0, 2.0): "x + 2",
    (1.0, -2.0): "x - 2",
    (0.1, 0.0): "0.1 * x",
    (-1.0, 0.0): "-x",
    (-3.0, 0.0): "-3 * x",
    (2.0, -0.5): "2 * x - 0.5",
    (1e20, 0.0): "1e+20 * x",
}


@pytest.mark.parametrize(("scale", "shift"), WRITTEN)
def test_as_a_person_writes_them(scale: float, shift: float) -> None:
    assert flat(affine("x", scale, shift)) == WRITTEN[scale, shift]


def test_a_sum_takes_away() -> None:
    written = Infix("+", ("a", operand("b", -1, 0, "+"), operand("c", -0.1, 0, "+"), operand("d", -1, 1, "+")), "add")
    assert flat(written) == "a - b - 0.1 * c + (1 - d)"
    assert flat(call("add", *written.operands)) == "add(a, -b, -0.1 * c, (1 - d))"


def test_what_is_too_long_for_a_line_is_a_call() -> None:
    x = "x" * 80
    assert lines(affine(x, -1, 1), 8, "y = ") == [
        "        y = affine(", f"            {x},", "            -1,", "            1,", "        )",
    ]  # fmt: skip


NUMBERS = st.sampled_from([-2.5, -1.0, -0.5, 0.0, 0.25, 1.0, 3.0])
SCALES = NUMBERS.filter(bool)


@given(SCALES, NUMBERS, SCALES, NUMBERS, st.sampled_from("+*"), st.booleans())
def test_python_reads_what_was_meant(a: float, b: float, c: float, d: float, sign: str, first: bool) -> None:
    """These numbers are exact in binary, so every order of the operations gives the same."""
    x, y = 3.0, 5.0
    parts = (operand("x", a, b, sign), operand("y", c, d, sign))
    joined = Infix(sign, parts if first else parts[::-1], "add")
    left, right = a * x + b, c * y + d
    assert eval(flat(joined)) == (left + right if sign == "+" else left * right)
    assert eval(flat(affine(joined, c, d))) == c * (left + right if sign == "+" else left * right) + d
    assert eval(flat(affine(operand("x", a, b, "*"), c, d))) == c * left + d
