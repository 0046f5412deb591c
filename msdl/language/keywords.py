"""The words of the language that name nothing else, by what they do; editors/ has the same ones."""

from __future__ import annotations

import re

DECLARATIONS = tuple("network block let".split())
STATEMENTS = tuple(
    "default input scales stem vertical layers reduce transition exit exits stages sweep repeat expect"
    " horizontal diagonal from join then layer between leave".split()
)
HISTORIES = tuple("dense residual plain".split())
PARTICLES = tuple("at blocks down each end for in on scale stage step up where".split())
BRANCHES = tuple("when else".split())
LOGIC = tuple("and or".split())

KEYWORDS = ("import", *DECLARATIONS, *STATEMENTS, *HISTORIES, *PARTICLES, *BRANCHES, *LOGIC)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def is_name(text: str) -> bool:
    """Whether a network, a block or a number can be called this."""
    return NAME.fullmatch(text) is not None and text not in KEYWORDS
