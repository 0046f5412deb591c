"""torchvision's state_dict -> msdl's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msdl.interop.fit import COUNTER, Entry, Shapes, check_state_dict, fitted
from msdl.interop.torchvision.checkpoint import unwrapped
from msdl.interop.torchvision.keys import entries, table

if TYPE_CHECKING:
    from torch import Tensor

    from msdl.compilation import Compilation
    from msdl.network.graph import Graph


def convert(state_dict: Mapping[str, Tensor], compilation: Compilation) -> dict[str, Tensor]:
    """The tensors of torchvision's state_dict, wrapped or not, by the keys of the compiled module.

    `left_out` names those that are not taken; the others are handed on, not copied. Raises Misfitting where keys or
    shapes are not the network's, TypeError for what is no state_dict, ForeignNetwork for a network that is none of
    torchvision's, and SpecError.
    """
    check_state_dict(state_dict)
    expected, idle = entries(compilation), {*left_out(state_dict, compilation)}
    theirs = {key: tensor for key, tensor in unwrapped(state_dict).items() if key not in idle}
    needed = [entry for entry in expected if entry.ours is not None]
    return fitted(theirs, needed, lambda found, _: _hint(found, needed, compilation.network))


def left_out(state_dict: Mapping[str, Tensor], compilation: Compilation) -> tuple[str, ...]:
    """torchvision's keys of tensors that no exit of the network reads: those of classifiers that help training alone.

    Raises ForeignNetwork, and SpecError.
    """
    idle = {entry.theirs for entry in entries(compilation) if entry.ours is None}
    unread = tuple(f"{module}." for module in table(compilation).unread)
    return tuple(key for key in unwrapped(state_dict) if key in idle or key.startswith(unread))


def _hint(found: Shapes, needed: Sequence[Entry], network: Graph) -> str:
    """What may be behind a misfit: another number of classes, or an exit that the checkpoint has no weights for."""
    if missing := [entry for entry in needed if entry.theirs not in found]:
        return _of_an_exit(missing, needed, network)
    return _of_classes(found, [entry for entry in needed if found[entry.theirs] != entry.shape], network)


def _of_classes(found: Shapes, misshapen: Sequence[Entry], network: Graph) -> str:
    """Where layers of exits alone differ, and all of them in the same way: in how much they put out."""
    alike = all(found[entry.theirs][1:] == entry.shape[1:] and _exit(entry, network) for entry in misshapen)
    match [*{(found[entry.theirs][:1], entry.shape[:1]) for entry in misshapen}]:
        case [((theirs,), (ours,))] if alike:
            return f"the checkpoint has {theirs} classes, this network {ours}: --set classes={theirs}"
    return ""


def _of_an_exit(missing: Sequence[Entry], needed: Sequence[Entry], network: Graph) -> str:
    """Where nothing is missing but all tensors of some exits, and one exit remains."""
    absent = {_exit(entry, network) for entry in missing}
    of_exits = [entry for entry in needed if _exit(entry, network) in absent]
    whole = [entry for entry in of_exits if not entry.theirs.endswith(COUNTER)] == [*missing]
    left = [exit.name for exit in network.exits if exit.name not in absent]
    if "" in absent or not whole or len(left) != 1:
        return ""
    return f"the checkpoint has no weights for {', '.join(sorted(absent))}: --exit {left[0]} does without"


def _exit(entry: Entry, network: Graph) -> str:
    """The name of the exit whose head a tensor belongs to; empty for the others."""
    assert entry.ours is not None
    cell = network[entry.ours.rpartition(".")[0]].cell
    return next((exit.name for exit in network.exits if exit.cell == cell), "")
