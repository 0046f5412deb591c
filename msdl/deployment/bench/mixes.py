"""Mixes of exits: which share of the images stops at each exit of a network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from msdl.language.numbers import counted

ALL_LAST, ALL_FIRST, OWN = "all-last", "all-first", "own"
STANDARD = (".5/.2/.2/.1", ".1/.1/.2/.3/.3")
NEARLY = 1e-6


@dataclass(frozen=True)
class Mix:
    """Shares of the images, one an exit, which add up to 1."""

    name: str
    shares: tuple[float, ...]

    def counts(self, images: int) -> tuple[int, ...]:
        """How many of so many images stop at each exit: rounded shares, those that lose most by it first made good."""
        exact = [share * images for share in self.shares]
        counts = [math.floor(count + NEARLY) for count in exact]
        missing = sorted(range(len(exact)), key=lambda exit: counts[exit] - exact[exit])[: images - sum(counts)]
        return tuple(count + (exit in missing) for exit, count in enumerate(counts))


def all_last(exits: int) -> Mix:
    """Every image goes to the last exit: what all times and MACs of mixes are held against."""
    return Mix(ALL_LAST, (*(0.0 for _ in range(exits - 1)), 1.0))


def all_first(exits: int) -> Mix:
    return Mix(ALL_FIRST, (1.0, *(0.0 for _ in range(exits - 1))))


def shares_of(text: str) -> tuple[float, ...]:
    """`.5/.2/.2/.1`, or with commas, as shares. Raises ValueError."""
    try:
        shares = tuple(float(share) for share in text.replace(",", "/").split("/"))
    except ValueError:
        raise ValueError(f"'{text}' is not a list of shares such as {STANDARD[0]}") from None
    if not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"a share of '{text}' is not from 0 to 1")
    whole = math.fsum(shares)
    if abs(whole - 1) > NEARLY:
        raise ValueError(f"the shares of '{text}' add up to {whole:.6g}, not to 1")
    return tuple(share / whole for share in shares)


def fitted(shares: Sequence[float], exits: int) -> tuple[float, ...]:
    """Shares for another number of exits: each is spread evenly over its part of the way from first to last.

    .5/.2/.2/.1 on 8 exits -> .25 .25 .1 .1 .1 .1 .05 .05; on 2 exits -> .7 .3; on 4 exits as they are.
    """
    if len(shares) == exits:
        return tuple(shares)
    reached = [0.0, *accumulate(shares)]

    def up_to(place: float) -> float:
        """The sum of the shares up to a place between 0 and their number."""
        whole = min(int(place), len(shares) - 1)
        return reached[whole] + (place - whole) * shares[whole]

    ends = [*(up_to(exit * len(shares) / exits) for exit in range(exits)), 1.0]
    return tuple(max(0.0, after - before) for before, after in pairwise(ends))


def mixes(names: Sequence[str], exits: int) -> tuple[Mix, ...]:
    """The mixes of such names for a network with so many exits, `all-last` first; those that are the same once.

    A name is `all-last`, `all-first` or shares. Raises ValueError, also where somebody's own shares are too many.
    """
    found = [all_last(exits)]
    for mix in (_named(name, exits) for name in names):
        if all(mix.shares != other.shares for other in found):
            found.append(mix)
    return tuple(found)


def _named(name: str, exits: int) -> Mix:
    if name == ALL_LAST:
        return all_last(exits)
    if name == ALL_FIRST:
        return all_first(exits)
    shares = shares_of(name)
    if len(shares) > exits and name not in STANDARD:
        raise ValueError(
            f"the mix '{name}' has {counted(len(shares), 'share')}, and the network {counted(exits, 'exit')}"
        )
    return Mix(name, fitted(shares, exits))
