"""Text -> TeX: characters that TeX would take for commands, as themselves."""

from __future__ import annotations

SIGNS = {
    **{sign: f"\\{sign}" for sign in "$&#%_"},
    # TeX's text fonts don't have these, its mathematical ones do.
    **{sign: f"${sign}$" for sign in "<>|"},
    **{sign: rf"$\{sign}$" for sign in "{}"},
    "\\": r"$\backslash$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "…": r"\dots{}",
    '"': "{''}",
}


def escaped(text: str) -> str:
    """What TeX sets as this text. Letters outside ASCII, which its fonts may lack, become `U+65E5`."""
    return "".join(map(_escaped, _one_line(text)))


def comment(text: str) -> str:
    """A comment that ends where its line does."""
    return f"% {_one_line(text)}"


def _escaped(sign: str) -> str:
    if sign in SIGNS:
        return SIGNS[sign]
    return sign if sign.isascii() and sign.isprintable() else f"U+{ord(sign):04X}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
