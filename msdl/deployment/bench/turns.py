"""Engines measured in turn, so that what disturbs the machine disturbs all of them alike."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from random import Random

# How often the engines take turns: often enough for noise to even out, seldom enough for caches to stay warm.
ROUNDS = 10
# Seconds before another engine's turn: threads of ONNX Runtime go on looking for work for a while after a run, and
# would take a core from the next.
PAUSE = 0.05


def turns(runs: Sequence[int], rounds: int = ROUNDS, pause: float = 0.0) -> Iterator[tuple[int, int]]:
    """Whose turn it is and how many runs it gets, until number n has had `runs[n]`: each round in another order."""
    for number in range(rounds):
        for each in Random(number).sample(range(len(runs)), len(runs)):
            count = runs[each] * (number + 1) // rounds - runs[each] * number // rounds
            if count:
                time.sleep(pause)
                yield each, count


def enough(asked: int | None, usual: int, least: int, seconds: float, longest: float) -> int:
    """How many runs that take so many seconds: as many as asked; else `usual`, or fewer that are over in `longest`."""
    if asked is not None:
        return asked
    return max(least, min(usual, int(longest / seconds) if seconds > 0 else usual))
