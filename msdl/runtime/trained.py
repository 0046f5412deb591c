"""A network and its weights, from a RUN or a SPEC: what exports and engines are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import torch
from torch import Tensor, nn

from msdl import files
from msdl.compilation import Compilation
from msdl.network.folding import folded
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule, schedule
from msdl.runtime.errors import InputError
from msdl.runtime.folding import folded_weights
from msdl.runtime.load import built, load
from msdl.runtime.policy import Policy
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.run import MODULE, POLICY, RECORD, SPEC, Run
from msdl.runtime.sections import image_shape
from msdl.runtime.weights import Weights


@dataclass(frozen=True)
class Trained:
    """A checked network and a generated module of it, in evaluation mode; `run` is None where msdl didn't train it.

    `preprocessing` says what its weights want of pictures, where that is known.
    """

    compilation: Compilation
    model: nn.Module
    run: Run | None = None
    preprocessing: Preprocessing | None = None

    @property
    def policy(self) -> Policy | None:
        """RUN/policy.json, where it is there. Raises InputError."""
        return None if self.run is None else policy_of_run(self.run)

    def alone(self, exit: str | int) -> Trained:
        """The network of one exit, by its name or its number from 1, with these weights. Raises SpecError."""
        compilation = replace(self.compilation, exit=exit)
        model = built(compilation)
        theirs = self.model.state_dict()
        model.load_state_dict({key: theirs[key] for key in model.state_dict()})
        return Trained(compilation, model.eval(), self.run, self.preprocessing)

    @cached_property
    def folded(self) -> FoldedNetwork:
        """Ready for inference: batch norms are part of the convolutions before them."""
        network = folded(self.compilation.network)
        weights = folded_weights(self.model.state_dict(), network.folds)
        return FoldedNetwork(network.graph, schedule(network.graph), weights)


@dataclass(frozen=True)
class FoldedNetwork:
    """A folded graph, its lazy order, and its weights by their keys, `NODE.weight` and `NODE.bias`, ..."""

    graph: Graph
    schedule: Schedule
    weights: Mapping[str, Tensor]


def trained(source: str | Path, settings: Mapping[str, int | float | str] | None = None, *, seed: int = 0) -> Trained:
    """A RUN with the weights it learned, or a SPEC with weights drawn anew. Raises SpecError and InputError."""
    if files.holds(source, RECORD):
        if settings:
            raise InputError("A run has the parameters it was trained with; only a spec takes others.")
        return _of_run(Run.read(source))
    return untrained(replace(Compilation.of(source), settings=settings or {}), seed=seed)


def policy_of_run(run: Run) -> Policy | None:
    """RUN/policy.json, where it is there. Raises InputError."""
    path = run.path(POLICY)
    if not path.exists():
        return None
    policy = Policy.read(path)
    policy.insist_on(tuple(exit.name for exit in run.exits), f"The policy '{path}'")
    return policy


def untrained(compilation: Compilation, *, seed: int = 0) -> Trained:
    """A network with weights drawn anew. Raises SpecError."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Trained(compilation, built(compilation).eval())


def imported(compilation: Compilation, file: Path) -> Trained:
    """A network with the weights of a file, which `msdl import` wrote. Raises SpecError and InputError."""
    model, weights = built(compilation), Weights.read(file)
    made_for = weights.said.get("network", compilation.network.name)
    help = "" if made_for == compilation.network.name else f"it says that it holds the weights of '{made_for}'"
    weights.fill(model, f"'{compilation.network.name}'", help)
    return Trained(compilation, model.eval(), None, weights.preprocessing(image_shape(model)))


def _of_run(run: Run) -> Trained:
    spec = run.path(SPEC)
    if not spec.exists():
        raise InputError(f"'{spec}' is not there, which exports and engines but torch are made from.")
    compilation = replace(Compilation.of(spec), chosen=run.network, settings=run.settings)
    if not compilation.valid or compilation.digest != run.digest:
        raise InputError(f"'{spec}' is not the spec that '{run.folder}' was trained from: {MODULE} fits, it doesn't.")
    return Trained(compilation, load(run.folder), run, run.preprocessing)
