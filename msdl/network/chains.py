"""Expressions on feature maps -> nodes: chains, joins, `when`, ops. (Blocks are in `blocks.py`.)

An expression is evaluated with a *flow*, the value that arrives. An op or a block is applied to it; a name of an
equation, `in` and numbers stand for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from msdl.diagnostics import Diagnostic, Findings, Label, Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import function as numeric_function
from msdl.language.evaluate import number, operate, truth, whole
from msdl.language.numbers import FUNCTIONS, UNKNOWN, Unknown, show
from msdl.language.spec import Definition
from msdl.language.suggest import did_you_mean
from msdl.network import ops
from msdl.network.application import apply_op
from msdl.network.blocks import apply_block
from msdl.network.builder import Builder, Value
from msdl.network.context import Context, Family, Result, Spot
from msdl.network.evaluator import Evaluate, Misplaced
from msdl.network.fitting import Fitting
from msdl.network.graph import IMAGE
from msdl.network.joins import VALUE_FUNCTIONS, affine, arithmetic, joined, values
from msdl.network.misfits import too_small
from msdl.source import Span


@dataclass(frozen=True)
class Chains:
    """Evaluates expressions into a builder; mistakes go to the findings, and a broken node stands in their place."""

    builder: Builder
    findings: Findings
    misfits: list[Misplaced] = field(default_factory=list)
    fitting: Fitting = field(default_factory=Fitting)

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
                self.findings.add(too_small(self.misfits[0], expression, spot, origin, self._trial))
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
                return values(self, items, spot)
            case ast.Concat(items, span):
                return joined(self, "concat", values(self, items, spot), spot, span)
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
                return arithmetic(self, expression, spot)
            case ast.Index():
                return self._index(expression, spot)
            case ast.Negative(operand, span):
                result = self.evaluate(operand, spot.inside)
                if isinstance(result, int | Fraction | Unknown):
                    return operate("-", 0, result, span)
                return affine(self, self.one(result, operand, spot), -1, 0, spot, span)
            case ast.Number() | ast.Power():
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

    def fits(self, expression: ast.Expression, blocks: Mapping[str, Definition]) -> bool:
        """Whether an expression, or a block it uses, takes its size from the other parts of a join."""
        return self.fitting.holds(expression, blocks)

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
            return apply_op(self, call, found[0], found[1], stride, spot)
        if word in VALUE_FUNCTIONS and call.args is not None:
            parts = values(self, tuple(argument.value for argument in call.args), spot)
            return joined(self, VALUE_FUNCTIONS[word], parts, spot, call.span)
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
        match word:
            case ast.Index(name) | ast.Call(name, None) if name.text in spot.context.locals:
                message = f"'{word.span.text}' stands for a value and can't be applied to what arrives."
                raise mistake("MSD202", message, word.span, "", "join values: `a + b`, `[a, b]`")
            case _:
                pass

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
            hint = "a map is divided by multiplying it: `1/2 * x`"
            raise mistake("MSD203", "A stride can be given to an op or a block alone.", slash.span, "", hint)
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

    def _trial(self) -> Chains:
        """An evaluator whose nodes and findings nobody keeps."""
        return Chains(Builder(around=self.builder.nodes), Findings(), fitting=self.fitting)


def unknown_word(word: str, span: Span, known: Iterable[str]) -> Diagnostic:
    """A word that is no op, and nothing that the place knows."""
    message = f"There is no op, block or name '{word}' here."
    return mistake("MSD201", message, span, "unknown", did_you_mean(word, [*known, *ops.names()])).diagnostic
