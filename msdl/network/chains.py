"""Expressions on feature maps -> nodes: chains, joins, `when`, ops. (Blocks are in `blocks.py`.)

An expression is evaluated with a *flow*, the value that arrives. An op or a block is applied to it; a name of an
equation, `in` and numbers stand for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from msdl.diagnostics import Diagnostic, Findings, Label, Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import function as numeric_function
from msdl.language.evaluate import number, operate, truth, whole
from msdl.language.numbers import FUNCTIONS, UNKNOWN, Unknown, show
from msdl.language.suggest import did_you_mean
from msdl.network import ops
from msdl.network.arguments import bind
from msdl.network.blocks import apply_block
from msdl.network.builder import Builder, Value
from msdl.network.context import Context, Family, Result, Spot
from msdl.network.evaluator import Evaluate, Misplaced
from msdl.network.graph import IMAGE
from msdl.network.layers import TOO_SMALL, Add, Concat, Join, Layer, Mean, Misfit, Multiply
from msdl.network.misfits import too_small
from msdl.source import Span

Kind = Literal["concat", "add", "mul", "mean"]

JOINS: dict[str, Join] = {"concat": Concat(), "add": Add(), "mul": Multiply(), "mean": Mean()}
VALUE_FUNCTIONS: dict[str, Kind] = {"mean": "mean", "sum": "add"}


@dataclass(frozen=True)
class Chains:
    """Evaluates expressions into a builder; mistakes go to the findings, and a broken node stands in their place."""

    builder: Builder
    findings: Findings
    misfits: list[Misplaced] = field(default_factory=list)

    def value(self, expression: ast.Expression, spot: Spot) -> Value:
        """The one value of a rule's or an exit's chain, broken where it makes none."""
        self.builder.begin_chain()
        try:
            return self.one(self.evaluate(expression, spot), expression, spot)
        except Mistake as found:
            self.findings.add(spot.context.explain(found.diagnostic))
            return self.broken(spot, expression.span)
        finally:
            if self.misfits:
                image = self.builder.nodes[IMAGE]
                origin = Label(image.span, f"the input is {image.shape}")
                self.findings.add(too_small(self.misfits[0], expression, spot, origin, _trial))
                self.misfits.clear()

    def evaluate(self, expression: ast.Expression, spot: Spot) -> Result:
        """What an expression stands for. Raises Mistake."""
        match expression:
            case ast.Call():
                return self._word(expression, 1, spot)
            case ast.Chain(elements):
                result = self.attempt(self.evaluate, elements[0], spot.inside)
                for before, element in pairwise(elements):
                    arrives = self.one(result, before, spot)
                    result = self.attempt(self._step, element, spot.on(arrives))
                return result
            case ast.Slash():
                return self._slash(expression, spot)
            case ast.Input():
                return spot.context.input
            case ast.Group(items=(inner,)):
                return self.evaluate(inner, spot)
            case ast.Group(items):
                return self._values(items, spot)
            case ast.Concat(items, span):
                return self._joined("concat", self._values(items, spot), spot, span)
            case ast.Pipe(value, chains):
                result = self.evaluate(value, spot.inside)
                for before, chain in pairwise((value, *chains)):
                    result = self._receiver(chain, spot.on(self.one(result, before, spot)))
                return result
            case ast.When(then, test, otherwise, span):
                holds = truth(test, lambda side: number(side, spot.here))
                if isinstance(holds, Unknown):
                    return self.broken(spot, span)
                return self.evaluate(then if holds else otherwise, spot)
            case ast.Arithmetic():
                return self._arithmetic(expression, spot)
            case ast.Index():
                return self._index(expression, spot)
            case ast.Number() | ast.Negative() | ast.Power():
                return number(expression, spot.here)

    def attempt(self, evaluate: Evaluate, expression: ast.Expression, spot: Spot) -> Result:
        """One of several parts: a mistake in it is reported, and the others are looked at all the same."""
        try:
            return evaluate(expression, spot)
        except Mistake as found:
            self.findings.add(spot.context.explain(found.diagnostic))
            return UNKNOWN

    def one(self, result: Result, expression: ast.Expression, spot: Spot) -> Value:
        """The result as one feature map. Raises Mistake."""
        match result:
            case Value():
                return result
            case Unknown():
                return self.broken(spot, expression.span)
            case tuple():
                message = f"One feature map belongs here, but this makes {len(result)}."
                raise mistake("MSD402", message, expression.span, "", "join them: `[a, b]`, `sum(..)` or `mean(..)`")
            case _:
                found = f"this is the number {show(result)}"
                raise mistake("MSD306", "A feature map belongs here.", expression.span, found)

    def broken(self, spot: Spot, span: Span) -> Value:
        """A node in whose place an error stands."""
        return self.builder.broken(spot.trail.join("error"), [spot.flow], spot.cell, span)

    # Words

    def _word(self, call: ast.Call, stride: int, spot: Spot) -> Result:
        """What `name` or `name(args)` stands for: a local name, a function, a block, an op or a number."""
        word, context = call.name.text, spot.context
        if call.args is None and word in context.locals:
            return self._local(call, context)
        if word in context.blocks:
            return apply_block(self, call, context.blocks[word], stride, spot)
        if found := ops.find(word):
            return self._op(call, found[0], found[1], stride, spot)
        if word in VALUE_FUNCTIONS and call.args is not None:
            values = self._values(tuple(argument.value for argument in call.args), spot)
            return self._joined(VALUE_FUNCTIONS[word], values, spot, call.span)
        if word in FUNCTIONS and call.args is not None:
            return numeric_function(call, [number(argument.value, spot.here) for argument in call.args])
        if word in context.numbers or word in context.columns or word in ("channels", "share", "compress"):
            return spot.here.number(call)
        known = [*context.blocks, *context.locals, *context.numbers, *context.columns, *FUNCTIONS]
        raise Mistake(unknown_word(word, call.name.span, known))

    def _local(self, call: ast.Call, context: Context) -> Result:
        found = context.locals[call.name.text]
        if isinstance(found, dict):
            word = call.name.text
            raise mistake("MSD204", f"'{word}' is a family; say which one is meant: '{word}[i]'.", call.span)
        return found

    def _receiver(self, chain: ast.Expression, spot: Spot) -> Result:
        """A chain behind `->`: its first word must take what arrives."""
        first = chain.elements[0] if isinstance(chain, ast.Chain) else chain
        self._refuse_value(first, spot)
        return self.evaluate(chain, spot)

    def _step(self, element: ast.Expression, spot: Spot) -> Result:
        """A word inside a chain: it must take what arrives."""
        self._refuse_value(element, spot)
        result = self.evaluate(element, spot)
        if isinstance(result, int | Fraction):
            raise mistake("MSD306", "A number can't stand in a chain of layers.", element.span)
        return result

    def _refuse_value(self, element: ast.Expression, spot: Spot) -> None:
        word = element.left if isinstance(element, ast.Slash) else element
        if isinstance(word, ast.Call) and word.args is None and word.name.text in spot.context.locals:
            message = f"'{word.name.text}' stands for a value and can't be applied to what arrives."
            raise mistake("MSD202", message, word.span, "", "join values: `a + b`, `[a, b]`")

    def _slash(self, slash: ast.Slash, spot: Spot) -> Result:
        """A stride behind an op or a block, else a division."""
        left, divisor = slash.left, number(slash.right, spot.here)
        if isinstance(left, ast.Call) and self._takes_a_stride(left, spot.context):
            stride = whole(divisor, slash.right.span, "A stride", most=ops.LARGEST_SIZE)
            if isinstance(stride, Unknown):
                return self.broken(spot, slash.span)
            return self._word(left, stride, spot)
        result = self.evaluate(left, spot.inside)
        if not isinstance(result, int | Fraction | Unknown):
            raise mistake("MSD203", "A stride can be given to an op or a block alone.", slash.span)
        return operate("/", result, divisor, slash.span)

    def _takes_a_stride(self, call: ast.Call, context: Context) -> bool:
        word = call.name.text
        hidden = call.args is None and word in context.locals
        return not hidden and (word in context.blocks or ops.find(word) is not None)

    def _index(self, index: ast.Index, spot: Spot) -> Result:
        """One of a family or of a tuple, else a column's value at a scale."""
        known = spot.context.locals.get(index.name.text)
        if isinstance(known, Value) and known.shape is None:
            return known
        if not isinstance(known, dict | tuple):
            return spot.here.place(index)
        at = number(index.index, spot.here)
        places: Family = dict(enumerate(known, start=1)) if isinstance(known, tuple) else known
        if isinstance(at, Unknown):
            return UNKNOWN
        if not isinstance(at, int) or at not in places:
            there = f"there are {min(places)} to {max(places)}" if places else "there is none yet"
            raise mistake("MSD302", f"'{index.name.text}[{show(at)}]' does not exist; {there}.", index.span)
        return places[at]

    # Joins

    def _values(self, items: tuple[ast.Expression, ...], spot: Spot) -> tuple[Value, ...]:
        """The values of several expressions on the same flow, tuples flattened."""
        values: list[Value] = []
        for item in items:
            result = self.attempt(self.evaluate, item, spot.inside)
            values += result if isinstance(result, tuple) else [self.one(result, item, spot)]
        return tuple(values)

    def _arithmetic(self, expression: ast.Arithmetic, spot: Spot) -> Result:
        """Numbers are computed; feature maps are added or multiplied."""
        sides = (expression.first, *(side for _, side in expression.rest))
        signs = [sign for sign, _ in expression.rest]
        results = [self.attempt(self.evaluate, side, spot.inside) for side in sides]
        if all(isinstance(result, int | Fraction | Unknown) for result in results):
            total = results[0]
            for sign, operand in zip(signs, results[1:], strict=True):
                assert isinstance(total, int | Fraction | Unknown) and isinstance(operand, int | Fraction | Unknown)
                total = operate(sign, total, operand, expression.span)
            return total
        values = tuple(self.one(result, side, spot) for result, side in zip(results, sides, strict=True))
        if set(signs) == {"+"}:
            return self._joined("add", values, spot, expression.span)
        if set(signs) == {"*"}:
            return self._joined("mul", values, spot, expression.span)
        found = " and ".join(f"'{sign}'" for sign in dict.fromkeys(signs))
        message = f"Feature maps are added by '+' or multiplied by '*', but here {found} stands."
        raise mistake("MSD402", message, expression.span)

    def _joined(self, kind: Kind, values: tuple[Value, ...], spot: Spot, span: Span) -> Value:
        return values[0] if len(values) == 1 else self.join(spot.trail.join(kind), JOINS[kind], values, spot, span)

    def join(self, id: str, layer: Join, values: tuple[Value, ...], spot: Spot, span: Span) -> Value:
        """A node that joins values; broken, and reported, where their shapes don't fit."""
        try:
            return self.builder.add(id, layer, values, spot.cell, span, spot.block)
        except Misfit as misfit:
            sources = [(self.builder.nodes[value.id].span, value.shape) for value in values]
            labels = [Label(source, f"{shape} comes from here") for source, shape in sources if source != span]
            self._report(misfit, span, spot, *labels)
            return self.builder.broken(id, values, spot.cell, span)

    def _report(self, misfit: Misfit, span: Span, spot: Spot, *labels: Label) -> None:
        message = f"{str(misfit).capitalize()}{spot.context.place}."
        self.findings.add(spot.context.explain(mistake(misfit.code, message, span, "", "", *labels).diagnostic))

    # Ops

    def _op(self, call: ast.Call, op: ops.Op, kernel: tuple[int, int], stride: int, spot: Spot) -> Result:
        """An op applied to what arrives; a mistake in it is reported, and the chain goes on behind a broken node."""
        try:
            spot, args = self._own_value(call, op, spot)
            use = bind(call, args, op, kernel, stride, spot.here, self.findings)
            if spot.flow.shape is None:
                ops.check_arguments(use)
                raise ops.NotKnown
            layers = op.build(use, spot.flow.shape)
            if not layers:
                return spot.flow
            if op.several:
                return tuple(self._layer(spot.trail.join(op.name), layer, call, spot) for layer in layers)
            return self._layer(spot.trail.op(), layers[0], call, spot)
        except Mistake as found:
            self.findings.add(spot.context.explain(found.diagnostic))
        except ops.NotKnown:
            pass
        return self.builder.broken(spot.trail.op(), [spot.flow], spot.cell, call.span)

    def _layer(self, id: str, layer: Layer, call: ast.Call, spot: Spot) -> Value:
        try:
            return self.builder.add(id, layer, [spot.flow], spot.cell, call.span, spot.block)
        except Misfit as misfit:
            if misfit.code == TOO_SMALL:
                self.misfits.append(Misplaced(misfit, call.span, spot.context))
            else:
                self._report(misfit, call.span, spot)
            return self.builder.broken(id, [spot.flow], spot.cell, call.span)

    def _own_value(self, call: ast.Call, op: ops.Op, spot: Spot) -> tuple[Spot, tuple[ast.Argument, ...]]:
        """The value an op is applied to and its arguments: `split(in, 2)` brings a value of its own."""
        args = call.args or ()
        if op.several and args and args[0].keyword is None:
            first = self.evaluate(args[0].value, spot.inside)
            if isinstance(first, Value):
                return spot.on(first), args[1:]
        return spot, args


def _trial() -> Chains:
    """An evaluator whose nodes and findings nobody keeps."""
    return Chains(Builder(), Findings())


def unknown_word(word: str, span: Span, known: Iterable[str]) -> Diagnostic:
    """A word that is no op, and nothing that the place knows."""
    if ops.is_planned(word):
        message = f"'{word}' belongs to the dense-prediction ops, which this version of msdl does not build yet."
        return mistake("MSD601", message, span).diagnostic
    message = f"There is no op, block or name '{word}' here."
    return mistake("MSD201", message, span, "unknown", did_you_mean(word, [*known, *ops.names()])).diagnostic
