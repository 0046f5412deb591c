"""What became of one node between two networks, in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from msdl.analysis.difference import Change
from msdl.cli.wording import word
from msdl.network.graph import Node
from msdl.network.layers import BatchNorm, Layer
from msdl.network.tensors import Extents, tensors

# Where there are tensors, their shapes say these.
SEEN_IN_TENSORS = ("inputs", "outputs", "channels", "kernel", "bias")


def described(change: Change) -> str:
    """`conv weight 24x48x1x1 -> 24x52x1x1`, `conv stride 1x1 -> 2x2`, `relu in OLD`."""
    match change:
        case Change(old=Node() as old, new=Node() as new):
            return _changed(old, new)
        case Change(kind="alone", old=Node(layer=layer)):
            return f"{word(layer)} in OLD"
        case Change(kind="alone", new=Node(layer=layer)):
            return f"{word(layer)} in NEW"
        case Change(old=Node(layer=layer)) | Change(new=Node(layer=layer)):
            return _whole(layer)
        case _:
            raise AssertionError(f"{change.id} is in neither network")


def _changed(old: Node, new: Node) -> str:
    if word(old.layer) != word(new.layer):
        parts = [f"{_whole(old.layer)} -> {_whole(new.layer)}"]
    else:
        details = [*_reshaped(tensors(old.layer), tensors(new.layer)), *_respecified(old.layer, new.layer)]
        parts = [" ".join([word(new.layer), ", ".join(details)]).rstrip()]
    if old.inputs != new.inputs:
        parts.append(_reads(old, new))
    return "; ".join(parts)


def _reads(old: Node, new: Node) -> str:
    """What one node reads and the other doesn't; all that they read where only the order or a repetition differs."""
    before = ", ".join(id for id in old.inputs if id not in new.inputs)
    after = ", ".join(id for id in new.inputs if id not in old.inputs)
    if before and after:
        return f"reads {before} -> {after}"
    if before or after:
        return f"reads {after} as well" if after else f"no longer reads {before}"
    return f"reads {', '.join(old.inputs)} -> {', '.join(new.inputs)}"


def _whole(layer: Layer) -> str:
    """`conv weight 24x48x3x3, bias 24`; the tensors of a batch norm are all alike."""
    match layer:
        case BatchNorm(channels):
            return f"bn {channels}"
        case _:
            return " ".join([word(layer), ", ".join(f"{n} {_shown(s)}" for n, s in tensors(layer).items())]).rstrip()


def _reshaped(old: dict[str, Extents], new: dict[str, Extents]) -> Iterator[str]:
    """The tensors that differ; those of a batch norm, all alike, are one."""
    changes = {name: (old.get(name), new.get(name)) for name in {**old, **new} if old.get(name) != new.get(name)}
    if "running_mean" in changes:
        changes = {"channels": changes["running_mean"]}
    for name, (before, after) in changes.items():
        yield f"{name} {_shown(before)} -> {_shown(after)}"


def _respecified(old: Layer, new: Layer) -> Iterator[str]:
    """What else a layer of the same kind says of itself and differs."""
    seen = SEEN_IN_TENSORS if tensors(new) else ()
    for slot in fields(new):
        before, after = getattr(old, slot.name), getattr(new, slot.name)
        if before != after and slot.name not in seen:
            yield f"{slot.name.replace('_', ' ')} {_shown(before)} -> {_shown(after)}"


def _shown(value: object) -> str:
    """`3x3` of a pair or of a tensor's shape."""
    match value:
        case tuple():
            return "x".join(map(str, value))
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case _:
            return str(value)
