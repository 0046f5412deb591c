"""Arithmetic binds as everywhere, exactly, and in bounds (LANGUAGE, section 2)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from msdl.compilation import Compilation
from msdl.language.numbers import Number, counted
from msdl.language.parse import parse
from msdl.source import Source


def value(expression: str) -> Number:
    """What `let a = ..` of a network makes of an expression; it sees the parameters n = 7 and m = 3."""
    text = f"network t(n = 7, m = 3) {{\n  input 3 x 8 x 8\n  let a = {expression}\n  exit at 0: gap linear(2)\n}}\n"
    compilation = Compilation.of_text(text)
    assert compilation.diagnostics == (), [d.message for d in compilation.diagnostics]
    assert compilation.spec is not None
    return compilation.spec.numbers["a"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("8/2^2", 2),
        ("8/2/2", 2),
        ("8/(2/2)", 8),
        ("64/4/2/2", 4),
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2^-1", Fraction(1, 2)),
        ("2^-1^2", Fraction(1, 2)),
        ("2^3^2", 512),
        ("(2^3)^2", 64),
        ("7 % 4/2", Fraction(3, 2)),
        ("8/2 % 3", 1),
        ("7 % 4 * 2", 6),
        ("2 * 7 % 4", 2),
        ("12/4*3", 9),
        ("12*4/3", 16),
        ("2 + 3 * 4", 14),
        ("2 - 3 - 4", -5),
        ("2 - (3 - 4)", 3),
        ("10 - 4/2", 8),
        ("--3", 3),
        ("2 - -3", 5),
        ("2 * -3", -6),
        ("-7 % 4", 1),
        ("(-7) % 4", 1),
        ("1/3 + 1/3 + 1/3", 1),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("1e-3 * 1000", 1),
        ("1e3", 1000),
        ("1E+3", 1000),
        ("2.5e2", 250),
        ("5_597_760", 5_597_760),
        ("1_0.5_0", Fraction(21, 2)),
        ("2K", 2_000),
        ("1.5M", 1_500_000),
        ("3G", 3_000_000_000),
        ("134.10M", 134_100_000),
        ("1e-3K", 1),
        ("1 / 2K", Fraction(1, 2000)),
        ("007", 7),
        ("n*(n+1)/2", 28),
        ("n^2 % 10", 9),
        ("n/m*m", 7),
        ("floor(n/m)", 2),
        ("ceil(n/m)", 3),
        ("floor(-n/m)", -3),
        ("round(n/m)", 2),
        ("round(5/2)", 3),
        ("round(-5/2)", -2),
        ("round(41.5, 4)", 40),
        ("round(42, 4)", 44),
        ("min(n, m, 5)", 3),
        ("max(n, m, 5)", 7),
        ("min(n)", 7),
        ("floor(8*n/3) * 2", 36),
        ("n when n > m else m", 7),
        ("1 when n > m and m > 5 else 2", 2),
        ("1 when n > m or 1/0 == 1 else 2", 1),
        ("1 when 3 > 2 > 1 else 2", 1),
        ("1 when 3 > 2 > 2 else 2", 2),
        ("1 when n != 7 or (m == 3 and n <= 7) else 2", 1),
        ("1 when n < m else 2 when n == 7 else 3", 2),
        ("10^15", 10**15),
        ("1/10^15", Fraction(1, 10**15)),
        ("0^0", 1),
        ("(((3)))", 3),
    ],
)  # fmt: skip
def test_arithmetic(expression: str, expected: Number) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1/0", "MSD304"),
        ("1 % 0", "MSD304"),
        ("0^-1", "MSD304"),
        ("2^(1/2)", "MSD301"),
        ("10^15 + 1", "MSD303"),
        ("-10^15 - 1", "MSD303"),
        ("1/(10^15 + 1)", "MSD303"),
        ("2^50", "MSD303"),
        ("2^2^2^2^2^2", "MSD303"),
        ("1e16", "MSD303"),
        ("1e-16", "MSD303"),
        ("floor()", "MSD204"),
        ("floor", "MSD201"),
        ("round(1, 0)", "MSD304"),
        ("unknown", "MSD201"),
        ("s", "MSD201"),
        ("l", "MSD201"),
        ("channels", "MSD201"),
        ("relu", "MSD201"),
        ("conv3x3(4)", "MSD201"),
        ("in", "MSD306"),
        ("(1, 2)", "MSD306"),
        ("[1]", "MSD306"),
        ("1 -> relu", "MSD306"),
        ("1 2", "MSD104"),
        ("1K2", "MSD104"),
        ("1_", "MSD104"),
        ("1__0", "MSD104"),
        (".5", "MSD104"),
        ("5.", "MSD104"),
        ("0x10", "MSD104"),
        ("1k", "MSD104"),
        ("+1", "MSD104"),
        ("2 ** 3", "MSD104"),
        ("1 = 1", "MSD104"),
        ("n == 7", "MSD104"),
    ],
)
def test_bad_arithmetic(expression: str, code: str) -> None:
    text = f"network t(n = 7) {{\n  input 3 x 8 x 8\n  let a = {expression}\n  exit at 0: gap linear(2)\n}}\n"
    found = Compilation.of_text(text).diagnostics
    assert [d.code for d in found] == [code]
    assert found[0].span is not None
    assert found[0].span.line == 3


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ("w 16, 32, 64", {"w": (16, 32, 64)}),
        ("w 16 * 2^(s-1)", {"w": (16, 32, 64)}),
        ("w 5", {"w": (5, 5, 5)}),
        ("w s, s*s, s^3", {"w": (1, 4, 27)}),
        ("w 1, 2, 4; v w * 2", {"w": (1, 2, 4), "v": (2, 4, 8)}),
        ("w 1, 2, 4; v w[1] + w[4 - s]", {"w": (1, 2, 4), "v": (5, 3, 2)}),
        ("w 1, 2, 4; v w[s-1] when s > 1 else 0", {"w": (1, 2, 4), "v": (0, 1, 2)}),
        ("w\n 1,\n 2,\n 4\n v 1", None),
        ("w 1,\n 2,\n 4\n v 1", {"w": (1, 2, 4), "v": (1, 1, 1)}),
        ("ratio 1", {"ratio": (1, 1, 1)}),
        ("w 1", {"ratio": (1, 2, 2)}),
    ],
)
def test_columns(columns: str, expected: dict[str, tuple[int, ...]] | None) -> None:
    source = Source(
        "t", f"network t {{\n  input 3 x 8 x 8\n  scales 3 {{ {columns} }}\n  exit at 0: gap linear(2)\n}}\n"
    )
    _, found = parse(source)
    if expected is None:
        assert [d.code for d in found] == ["MSD104"]
        return
    assert found == ()
    compilation = Compilation.of_text(source.text)
    assert compilation.spec is not None
    for name, values in expected.items():
        assert compilation.spec.scales.columns[name] == values


@pytest.mark.parametrize(
    ("chain", "strides"),
    [
        ("conv3x3(8)/2", [2]),
        ("conv3x3(8)/2 bn conv3x3(8)/2", [2, 2]),
        ("conv3x3(8/2)/2", [2]),
        ("conv3x3(8)/2/2", None),
        ("conv3x3(8)/2^2", [4]),
        ("conv3x3(8)/(8/2/2)", [2]),
        ("conv3x3(8)/k", [4]),
        ("conv3x3(8) / k bn", [4]),
        ("halve(8)/2", [2]),
        ("halve(8)", [1]),
        ("conv3x3(8) -> conv3x3(8)/2 bn", [1, 2]),
        ("in -> conv3x3(8)/2 -> conv3x3(8)/2", [2, 2]),
    ],
)
def test_slashes_are_strides_behind_ops_and_blocks(chain: str, strides: list[int] | None) -> None:
    text = (
        "block halve(c) = conv3x3(c)/stride\n"
        f"network t(k = 4) {{\n  input 3 x 32 x 32\n  stem {chain}\n  exit at 0: gap linear(2)\n}}\n"
    )
    compilation = Compilation.of_text(text)
    if strides is None:
        assert not compilation.valid
        return
    assert compilation.diagnostics == (), [d.message for d in compilation.diagnostics]
    found = [getattr(node.layer, "stride", None) for node in compilation.network]
    assert [stride[0] for stride in found if stride is not None] == strides


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 paths"),
        (1, "1 path"),
        (2, "2 paths"),
        (1_200, "1,200 paths"),
        (Fraction(5, 2), "2.5 paths"),
        (Fraction(8, 3), "8/3 paths"),
    ],
)
def test_counted_things(number: int | Fraction, text: str) -> None:
    assert counted(number, "path") == text
