"""An op applied to what arrives: its arguments bound, what it goes by gathered, its layers made nodes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msdl.diagnostics import Label, Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.numbers import Unknown
from msdl.network import ops
from msdl.network.arguments import bind
from msdl.network.builder import Builder, Value
from msdl.network.context import Result, Spot
from msdl.network.evaluator import Evaluator, Misplaced
from msdl.network.graph import IMAGE, Node
from msdl.network.joins import report
from msdl.network.layers import Layer, Pool
from msdl.network.shapes import TOO_SMALL, Misfit

# How far back a max pool is looked for.
MOST_NODES_LOOKED_AT = 10_000

Arguments = tuple[ast.Argument, ...]


def apply_op(chains: Evaluator, call: ast.Call, op: ops.Op, kernel: tuple[int, int], stride: int, spot: Spot) -> Result:
    """What an op makes of what arrives; a mistake in it is reported, and the chain goes on behind a broken node."""
    try:
        spot, value, args = _own_value(chains, call, op, spot)
        around, source = _around(chains, call, op, kernel, value, spot)
        use = bind(call, args, op, kernel, stride, spot.here, around, chains.findings)
        if spot.flow.shape is None:
            ops.check_arguments(use)
            raise ops.NotKnown
        layers = op.build(use, spot.flow.shape)
        if not layers:
            return spot.flow
        if op.several:
            return tuple(_layer(chains, spot.trail.join(op.name), layer, (spot.flow,), call, spot) for layer in layers)
        inputs = (spot.flow,) if source is None else (spot.flow, source)
        return _layer(chains, spot.trail.op(), layers[0], inputs, call, spot)
    except Mistake as found:
        chains.findings.add(spot.context.explain(found.diagnostic))
    except ops.NotKnown:
        pass
    return chains.builder.broken(spot.trail.op(), [spot.flow], spot.cell, call.span)


def _layer(chains: Evaluator, id: str, layer: Layer, inputs: tuple[Value, ...], call: ast.Call, spot: Spot) -> Value:
    try:
        return chains.builder.add(id, layer, inputs, spot.cell, call.span, spot.block)
    except Misfit as misfit:
        if misfit.code == TOO_SMALL:
            chains.misfits.append(Misplaced(misfit, call.span, spot.context))
        else:
            sources = [(chains.builder.nodes[value.id].span, value.shape) for value in inputs[1:]]
            labels = [Label(span, f"{shape} comes from here") for span, shape in sources]
            report(chains, misfit, call.span, spot, "", *labels)
        return chains.builder.broken(id, inputs, spot.cell, call.span)


def _own_value(chains: Evaluator, call: ast.Call, op: ops.Op, spot: Spot) -> tuple[Spot, Value | None, Arguments]:
    """The place, the value an op goes by, and its arguments: `split(in, 2)` is applied to a value of its own."""
    args = call.args or ()
    if op.takes == "nothing" or not args or args[0].keyword is not None or _is_flag(args[0], op):
        return spot, None, args
    first = chains.evaluate(args[0].value, spot.inside)
    if op.takes == "its input":
        return (spot.on(first), None, args[1:]) if isinstance(first, Value) else (spot, None, args)
    if isinstance(first, Unknown) or (isinstance(first, Value) and first.shape is None):
        raise ops.NotKnown
    return (spot, first, args[1:]) if isinstance(first, Value) else (spot, None, args)


def _is_flag(argument: ast.Argument, op: ops.Op) -> bool:
    match argument.value:
        case ast.Call(ast.Name(word), None):
            return word in op.flags
        case _:
            return False


def _around(
    chains: Evaluator, call: ast.Call, op: ops.Op, kernel: tuple[int, int], value: Value | None, spot: Spot
) -> tuple[ops.Around, Value | None]:
    """What an op may go by, and the value that its layer reads besides what arrives: what the pool read."""
    parts = spot.context.parts
    if op.name in ops.FITTING and parts is not None and parts.shape is None:
        raise ops.NotKnown
    found = _pool(chains, call, kernel, value) if op.takes == "a pool" else None
    source = None if found is None else Value(found.inputs[0], chains.builder.nodes[found.inputs[0]].shape)
    pool = found.layer if found is not None and isinstance(found.layer, Pool) else None
    builder = chains.builder
    return ops.Around(_other(builder, IMAGE), _other(builder, parts), _other(builder, value), pool), source


def _other(builder: Builder, value: Value | str | None) -> ops.Other | None:
    node = builder.nodes.get(value.id if isinstance(value, Value) else value or "")
    return None if node is None or node.shape is None else ops.Other(node.shape, node.span)


def _pool(chains: Evaluator, call: ast.Call, kernel: tuple[int, int], value: Value | None) -> Node:
    """The nearest max pool of this window that led into a value. Raises Mistake."""
    pool = f"maxpool{kernel[0]}x{kernel[1]}"
    if value is None:
        hint = "name the sweep that pooled, as in `sweep down enc { .. }`, and say `unpool2x2(enc[s + 1])`"
        raise mistake("MSD204", f"'{call.name.text}' needs the value that a {pool} led into.", call.span, "", hint)
    for node in _before(chains.builder, value.id):
        if isinstance(node.layer, Pool) and node.layer.kind == "max" and node.layer.kernel == kernel:
            _refuse_overlaps(call, node, node.layer)
            return node
    there = chains.builder.nodes.get(value.id)
    labels = [] if there is None else [Label(there.span, "this value")]
    raise mistake(
        "MSD407", f"No {pool} led into '{_text(call)}', so there is none to undo.", call.span, "", "", *labels
    )


def _refuse_overlaps(call: ast.Call, node: Node, pool: Pool) -> None:
    """A pixel that is the largest of two windows would get two values."""
    if any(stride < side for stride, side in zip(pool.stride, pool.kernel, strict=True)):
        message = f"The windows of '{node.span.text}' overlap, so '{call.name.text}' can't undo it."
        caption = "one pixel may be the largest of two windows"
        raise mistake("MSD407", message, call.span, "", "pool by windows that don't overlap", Label(node.span, caption))


def _before(builder: Builder, id: str) -> Iterator[Node]:
    """A value's node and those it depends on, the nearest first."""
    left, seen = deque([id]), {id}
    while left and len(seen) < MOST_NODES_LOOKED_AT:
        node = builder.nodes.get(left.popleft())
        if node is None:
            return
        yield node
        left += [source for source in node.inputs if source not in seen]
        seen.update(node.inputs)


def _text(call: ast.Call) -> str:
    return (call.args or ())[0].span.text
