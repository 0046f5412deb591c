"""Batch norms that were folded -> what a module for inference knows of them, to take the weights of training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from msdl.backends.torch.layout import Group, Labelled, bracketed, lines
from msdl.backends.torch.naming import quoted
from msdl.network.folding import Fold

EPS = 1e-5  # torch's own
LONGEST_EXAMPLE = 22  # so that the line it stands in is none too long


@dataclass(frozen=True, slots=True)
class Folding:
    """What a module for inference has to know of the network as it was trained.

    Most batch norms have the epsilon `eps`, and the number behind that of the convolution that took them in; `example`
    is one of them. `others` are the lines of a table of the rest. `any` tells whether one was folded at all.
    """

    any: bool
    eps: float
    example: Fold | None
    others: tuple[str, ...]


def folding(folds: Sequence[Fold]) -> Folding:
    """What there is to know of folds."""
    near = [fold for fold in folds if fold.norm == _following(fold.conv)]
    eps = Counter(fold.eps for fold in near).most_common(1)[0][0] if near else EPS
    usual = [fold for fold in near if fold.eps == eps]
    known = {fold.conv for fold in usual}
    rest = [fold for fold in folds if fold.conv not in known]
    example = next((fold for fold in usual if len(fold.norm) <= LONGEST_EXAMPLE), None)
    return Folding(bool(folds), eps, example, tuple(_table(rest)) if rest else ())


def _following(id: str) -> str:
    """The id of the layer behind a convolution: `stem.1` for `stem.0`."""
    chain, _, number = id.rpartition(".")
    return f"{chain}.{int(number) + 1}"


def _table(folds: Sequence[Fold]) -> list[str]:
    items = (Labelled(f"{quoted(fold.conv)}: ", bracketed([quoted(fold.norm), repr(fold.eps)])) for fold in folds)
    return lines(Group("{", tuple(items), "}"), 0, "NORMS: dict[str, tuple[str, float]] = ")
