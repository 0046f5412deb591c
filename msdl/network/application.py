"""An op applied to what arrives: its arguments bound, what it goes by gathered, its layers made nodes."""

from __future__ import annotations

from msdl.diagnostics import Label, Mistake
from msdl.language import syntax as ast
from msdl.language.numbers import Unknown
from msdl.network import ops
from msdl.network.arguments import bind
from msdl.network.builder import Builder, Value
from msdl.network.context import Result, Spot
from msdl.network.evaluator import Evaluator, Misplaced
from msdl.network.graph import IMAGE
from msdl.network.joins import report
from msdl.network.layers import Layer
from msdl.network.shapes import TOO_SMALL, Misfit
from msdl.network.unpooling import Pooled, pooled

Arguments = tuple[ast.Argument, ...]


def apply_op(chains: Evaluator, call: ast.Call, op: ops.Op, kernel: tuple[int, int], stride: int, spot: Spot) -> Result:
    """What an op makes of what arrives; a mistake in it is reported, and the chain goes on behind a broken node."""
    try:
        spot, value, args = _own_value(chains, call, op, spot)
        pool = pooled(chains.builder, call, kernel, value) if op.takes == "a pool" else None
        around = _around(chains, op, value, pool, spot)
        use = bind(call, args, op, kernel, stride, spot.here, around, chains.findings)
        if spot.flow.shape is None:
            ops.check_arguments(use)
            raise ops.NotKnown
        layers = op.build(use, spot.flow.shape)
        if not layers:
            return spot.flow
        if op.several:
            return tuple(_layer(chains, spot.trail.join(op.name), layer, None, call, spot) for layer in layers)
        return _layer(chains, spot.trail.op(), layers[0], pool, call, spot)
    except Mistake as found:
        chains.findings.add(spot.context.explain(found.diagnostic))
    except ops.NotKnown:
        pass
    return chains.builder.broken(spot.trail.op(), [spot.flow], spot.cell, call.span)


def _layer(chains: Evaluator, id: str, layer: Layer, pool: Pooled | None, call: ast.Call, spot: Spot) -> Value:
    """A node over what arrives, and over what the pool read that it undoes."""
    inputs = (spot.flow,) if pool is None else (spot.flow, pool.source)
    try:
        return chains.builder.add(id, layer, inputs, spot.cell, call.span, spot.block)
    except Misfit as misfit:
        if misfit.code == TOO_SMALL:
            chains.misfits.append(Misplaced(misfit, call.span, spot.context))
        else:
            labels = () if pool is None else (Label(pool.node.span, f"{pool.node.shape} comes from here"),)
            report(chains, misfit, call.span, spot, "", *labels)
        return chains.builder.broken(id, inputs, spot.cell, call.span)


def _own_value(chains: Evaluator, call: ast.Call, op: ops.Op, spot: Spot) -> tuple[Spot, Value | None, Arguments]:
    """The place, the value an op goes by, and its arguments: `split(in, 2)` is applied to a value of its own."""
    args = call.args or ()
    at = next((at for at, arg in enumerate(args) if arg.keyword is None and not _is_flag(arg, op)), None)
    if op.takes == "nothing" or at is None:
        return spot, None, args
    first, others = chains.evaluate(args[at].value, spot.inside), (*args[:at], *args[at + 1 :])
    if op.takes == "its input":
        return (spot.on(first), None, others) if isinstance(first, Value) else (spot, None, args)
    if isinstance(first, Unknown) or (isinstance(first, Value) and first.shape is None):
        raise ops.NotKnown
    return (spot, first, others) if isinstance(first, Value) else (spot, None, args)


def _is_flag(argument: ast.Argument, op: ops.Op) -> bool:
    match argument.value:
        case ast.Call(ast.Name(word), None):
            return word in op.flags
        case _:
            return False


def _around(chains: Evaluator, op: ops.Op, value: Value | None, pool: Pooled | None, spot: Spot) -> ops.Around:
    """What an op may go by besides what arrives."""
    parts, builder = spot.context.parts, chains.builder
    if op.name in ops.FITTING and parts is not None and parts.shape is None:
        raise ops.NotKnown
    image = builder.node(IMAGE)
    return ops.Around(
        None if image.shape is None else ops.Other(image.shape, image.span),
        _other(builder, parts),
        _other(builder, value),
        None if pool is None else pool.layer,
    )


def _other(builder: Builder, value: Value | None) -> ops.Other | None:
    return None if value is None or value.shape is None else ops.Other(value.shape, builder.node(value.id).span)
