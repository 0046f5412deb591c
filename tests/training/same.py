"""When two runs are the same."""

from __future__ import annotations

import torch

from msdl.runtime.run import METRICS, WEIGHTS, Run
from msdl.training import checkpoints


def assert_same(one: Run, other: Run) -> None:
    """To the last bit: metrics, the weights that are kept, and those that training would go on with."""
    for name in (METRICS, WEIGHTS):
        assert one.path(name).read_bytes() == other.path(name).read_bytes()
    ends = [checkpoints.load(path) for run in (one, other) if (path := checkpoints.last(run))]
    weights, twins = (end["state_dict"] for end in ends)
    assert weights.keys() == twins.keys() and all(torch.equal(weights[name], twins[name]) for name in weights)
