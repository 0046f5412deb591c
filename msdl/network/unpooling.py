"""Which max pool an `unpool2x2(value)` undoes: the nearest one of its window that led into the value."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from msdl.diagnostics import Label, mistake
from msdl.language import syntax as ast
from msdl.network.builder import Builder, Value
from msdl.network.graph import Node
from msdl.network.layers import Pool


@dataclass(frozen=True, slots=True)
class Pooled:
    """A max pool that is undone: its node, its layer, and the value that it read."""

    node: Node
    layer: Pool
    source: Value


def pooled(builder: Builder, call: ast.Call, kernel: tuple[int, int], value: Value | None) -> Pooled:
    """The nearest max pool of this window that led into a value. Raises Mistake."""
    pool = f"maxpool{kernel[0]}x{kernel[1]}"
    if value is None:
        hint = "name the sweep that pooled, as in `sweep down enc { .. }`, and say `unpool2x2(enc[s + 1])`"
        raise mistake("MSD204", f"'{call.name.text}' needs the value that a {pool} led into.", call.span, "", hint)
    for node in _before(builder, value.id, call):
        if isinstance(node.layer, Pool) and node.layer.kind == "max" and node.layer.kernel == kernel:
            _refuse_overlaps(call, node, node.layer)
            return Pooled(node, node.layer, Value(node.inputs[0], builder.node(node.inputs[0]).shape))
    message = f"No {pool} led into '{_text(call)}', so there is none to undo."
    raise mistake("MSD407", message, call.span, "", "", Label(builder.node(value.id).span, "this value"))


def _refuse_overlaps(call: ast.Call, node: Node, pool: Pool) -> None:
    """A pixel that is the largest of two windows would get two values."""
    if any(stride < side for stride, side in zip(pool.stride, pool.kernel, strict=True)):
        message = f"The windows of '{node.span.text}' overlap, so '{call.name.text}' can't undo it."
        caption = "one pixel may be the largest of two windows"
        raise mistake("MSD407", message, call.span, "", "pool by windows that don't overlap", Label(node.span, caption))


def _before(builder: Builder, id: str, call: ast.Call) -> Iterator[Node]:
    """A value's node and those it depends on, the nearest first. Raises TooLarge."""
    left, seen = deque([id]), {id}
    while left:
        builder.look_back(call.span)
        node = builder.node(left.popleft())
        yield node
        left += [source for source in node.inputs if source not in seen]
        seen.update(node.inputs)


def _text(call: ast.Call) -> str:
    return (call.args or ())[0].span.text
