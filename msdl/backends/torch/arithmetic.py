"""Numbers on a value, `scale * x + shift`, as a person writes them: `1 - x`, `0.1 * x`, and `a - b` within a sum."""

from __future__ import annotations

from msdl.backends.torch.layout import Choice, Doc, Infix, Labelled, call, flat


def affine(x: Doc, scale: float, shift: float) -> Doc:
    """The expression on its own."""
    return _where_it_fits(_written(x, scale, shift), x, scale, shift)


def operand(x: Doc, scale: float, shift: float, sign: str) -> Doc:
    """The expression as a part of a sum (`+`) or a product (`*`), in brackets where it needs some."""
    if sign == "+" and shift == 0:
        # `-` before a part of a sum is the sum's: a - b.
        product = _where_it_fits(_product(_short(x), abs(scale)), x, abs(scale), 0)
        return Labelled("-", product) if scale < 0 else product
    return _where_it_fits(f"({_written(x, scale, shift)})", x, scale, shift)


def _where_it_fits(short: str, x: Doc, scale: float, shift: float) -> Choice:
    return Choice(short, call("affine", x, plainly(scale), plainly(shift)))


def _short(x: Doc) -> str:
    return f"({flat(x)})" if isinstance(x, Infix) else flat(x)


def _written(x: Doc, scale: float, shift: float) -> str:
    if shift == 0:
        return _product(_short(x), scale)
    if scale == -1:
        return f"{plainly(shift)} - {_short(x)}"
    sign = "-" if shift < 0 else "+"
    return f"{_product(_short(x), scale)} {sign} {plainly(abs(shift))}"


def _product(x: str, scale: float) -> str:
    match scale:
        case 1:
            return x
        case -1:
            return f"-{x}"
        case _:
            return f"{plainly(scale)} * {x}"


def plainly(value: float) -> str:
    """`1` rather than `1.0`; every digit of a fraction."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
