"""The groups of a chain: `conv1x1(c) bn relu  conv3x3(c) bn relu` is two convolutions, each with what goes over it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

# The grammar knows no ops, and neither does the layout, but for these: what has arguments and yet goes over the op
# before it, and what has none and yet begins something new.
FOLLOWING = frozenset({"bn", "dropout"})
LEADING = frozenset({"flatten", "gap"})
KERNEL = re.compile(r"\d+x\d+$")


@dataclass(frozen=True, slots=True)
class Link:
    """A word of a chain; `at` is where it starts, `sized` says whether it has arguments or a stride."""

    at: int
    name: str
    sized: bool

    @property
    def leads(self) -> bool:
        """Whether it may begin a group, as convolutions, pools and linear layers do."""
        if self.sized or KERNEL.search(self.name):
            return self.name not in FOLLOWING
        return self.name in LEADING


def group_starts(chain: Sequence[Link]) -> Iterator[int]:
    """Where the groups of a chain begin, but for the first."""
    if chain and not chain[0].leads:
        return _returns(chain)
    return (link.at for before, link in pairwise(chain) if link.leads and not before.leads)


def _returns(chain: Sequence[Link]) -> Iterator[int]:
    """Where a chain of pre-activations starts over: `bn relu conv1x1(c)  bn relu conv3x3(c)`."""
    leading = [number for number, link in enumerate(chain) if link.leads]
    for number, link in enumerate(chain):
        if link.name == chain[0].name and leading and leading[0] < number < leading[-1]:
            yield link.at
