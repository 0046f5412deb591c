"""Blocks: parameters bound, equations evaluated in the order written."""

from __future__ import annotations

from collections.abc import Sequence

from msdl.diagnostics import Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import number, numbered, whole
from msdl.language.numbers import UNKNOWN, Unknown
from msdl.language.spec import Definition
from msdl.network.builder import Value
from msdl.network.context import Context, Here, Result, Spot
from msdl.network.evaluator import Evaluator

DEEPEST_RECURSION = 100
LARGEST_INDEX = 10**6


def apply_block(chains: Evaluator, call: ast.Call, definition: Definition, stride: int, spot: Spot) -> Result:
    """What a block makes of the value that arrives. Raises Mistake."""
    block = definition.block
    chains.builder.enter_block(call.span)
    if len(spot.context.calls) >= DEEPEST_RECURSION:
        message = f"Block '{block.name.text}' is used inside itself more than {DEEPEST_RECURSION} times over."
        raise mistake("MSD209", message, call.span, "", "does its `when` case ever come?")
    context = spot.context.of_block(definition, call, spot.flow, {"stride": stride})
    _bind(chains, call, block, context, spot)
    if not isinstance(block.body, tuple):
        return chains.evaluate(block.body, Spot(spot.flow, context, spot.trail, spot.sole))
    trail = spot.trail if spot.sole and spot.trail.is_new else spot.trail.nested()
    return _equations(chains, block, block.body, Spot(spot.flow, context, trail))


def _bind(chains: Evaluator, call: ast.Call, block: ast.Block, context: Context, spot: Spot) -> None:
    """Binds a block's parameters: arguments first, then defaults, which see the parameters before them."""
    given = _arguments(chains, call, block, spot)
    for parameter in block.params:
        name = parameter.name.text
        if name in given:
            context.locals[name] = given[name]
        elif parameter.default is not None:
            context.locals[name] = number(parameter.default, Here(context, spot.flow))
        else:
            raise mistake(
                "MSD204", f"'{block.name.text}' needs '{name}'.", call.span, "", f"its form is {_form(block)}"
            )


def _arguments(chains: Evaluator, call: ast.Call, block: ast.Block, spot: Spot) -> dict[str, Result]:
    names = [parameter.name.text for parameter in block.params]
    given: dict[str, Result] = {}
    for argument in call.args or ():
        hint = f"its form is {_form(block)}"
        free = [name for name in names if name not in given]
        if argument.keyword is None and not free:
            raise mistake("MSD204", f"'{block.name.text}' takes no further argument.", argument.span, "", hint)
        name = free[0] if argument.keyword is None else argument.keyword.text
        if name not in names:
            raise mistake("MSD203", f"'{block.name.text}' has no argument '{name}'.", argument.span, "unknown", hint)
        if name in given:
            raise mistake("MSD204", f"'{name}' is given twice.", argument.span)
        given[name] = chains.evaluate(argument.value, spot.inside)
    return given


def _form(block: ast.Block) -> str:
    return f"{block.name.text}({', '.join(parameter.name.text for parameter in block.params)})"


def _equations(chains: Evaluator, block: ast.Block, equations: tuple[ast.Equation, ...], spot: Spot) -> Result:
    """The value of `out`, once every equation is evaluated."""
    context = spot.context
    prefixes: set[str] = set()
    for equation in equations:
        try:
            _family(chains, equation, spot, prefixes)
        except Mistake as found:
            chains.findings.add(context.explain(found.diagnostic))
    out = context.locals.get("out")
    if out is None or isinstance(out, dict):
        raise mistake("MSD210", f"Block '{block.name.text}' has no equation for 'out', its value.", block.name.span)
    return out


def _family(chains: Evaluator, equation: ast.Equation, spot: Spot, prefixes: set[str]) -> None:
    """One equation, or one for each number of its range."""
    if equation.variable is None or equation.range is None:
        _equation(chains, equation, spot, prefixes)
        return
    locals, variable = spot.context.locals, equation.variable.text
    outer = locals.get(variable)
    try:
        for at in numbered(equation.range, spot.here):
            locals[variable] = at
            _equation(chains, equation, spot, prefixes)
    finally:
        locals.pop(variable, None)
        if outer is not None:
            locals[variable] = outer


def _equation(chains: Evaluator, equation: ast.Equation, spot: Spot, prefixes: set[str]) -> None:
    """Evaluates one equation; its nodes are called after its first target, `y2` for `y[2]`."""
    places = [_place(target, spot) for target in equation.targets]
    name, at = places[0]
    prefix = f"{name}{'' if at is None else at}"
    if prefix in prefixes:
        _define(places, [UNKNOWN] * len(places), spot)
        message = f"The nodes of two equations would be called '{prefix}'."
        raise mistake("MSD205", message, equation.targets[0].span, "", "take another name")
    prefixes.add(prefix)
    trail = spot.trail.within(prefix)
    result = chains.attempt(chains.evaluate, equation.value, Spot(spot.flow, spot.context, trail, sole=True))
    results = (result,) if len(places) == 1 else _parts(chains, result, len(places), equation, spot)
    _define(places, results, spot)


def _define(places: list[tuple[str, int | None]], results: Sequence[Result], spot: Spot) -> None:
    """Gives the targets their values: a name, or one of a family."""
    locals = spot.context.locals
    for (name, at), value in zip(places, results, strict=True):
        if at is None:
            locals[name] = value
        else:
            family = locals.setdefault(name, {})
            assert isinstance(family, dict)
            family[at] = value


def _parts(chains: Evaluator, result: Result, count: int, equation: ast.Equation, spot: Spot) -> tuple[Result, ...]:
    """The values for several targets, unknown ones where they are not as many."""
    if isinstance(result, tuple) and len(result) == count:
        return result
    if not isinstance(result, Unknown) and not (isinstance(result, Value) and result.shape is None):
        found = len(result) if isinstance(result, tuple) else 1
        message = f"{count} names stand left of '=', but the right side makes {found}."
        chains.findings.add(spot.context.explain(mistake("MSD204", message, equation.span).diagnostic))
    return (UNKNOWN,) * count


def _place(target: ast.Target, spot: Spot) -> tuple[str, int | None]:
    """The name and, in a family, the index an equation defines. Raises Mistake when it is defined already."""
    name = target.name.text
    known = spot.context.locals.get(name)
    if target.index is None:
        if known is not None:
            raise mistake("MSD205", f"'{name}' is defined twice in this block.", target.span)
        return name, None
    value = number(target.index, spot.here)
    at = whole(value, target.index.span, "An index", least=0, most=LARGEST_INDEX)
    if isinstance(at, Unknown):
        raise mistake("MSD301", f"The index of '{name}' can't be worked out.", target.span)
    if known is not None and (not isinstance(known, dict) or at in known):
        raise mistake("MSD205", f"'{name}[{at}]' is defined twice in this block.", target.span)
    return name, at
