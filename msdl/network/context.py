"""What names mean where an expression stands: the network's numbers and columns, a block's parameters, `share`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from msdl.diagnostics import Diagnostic, Label, Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import arguments, column_value, number
from msdl.language.numbers import UNKNOWN, Number, Unknown, counted, show, simplest
from msdl.language.spec import Definition
from msdl.language.suggest import did_you_mean
from msdl.network.builder import Trail, Value
from msdl.network.graph import Cell
from msdl.source import Span

Result = Number | Value | tuple[Value, ...]
Family = dict[int, Result]

COORDINATES = frozenset({"s", "l", "i"})


@dataclass(frozen=True, slots=True)
class Share:
    """What a layer adds at the scale at hand (`dense(g)`), at the finest scale, and over how many paths.

    `span` is where the statement says so, `origin` where the number is written: a column's value, if it is one.
    """

    growth: Number
    finest: Number
    paths: int
    span: Span
    origin: Span

    def each(self, span: Span, place: str) -> Number:
        """`share`: the growth of one path. Raises Mistake when the paths don't divide it."""
        if isinstance(self.growth, Unknown):
            return UNKNOWN
        part = Fraction(self.growth) / self.paths
        if part.denominator != 1:
            message = (
                f"A growth of {show(self.growth)} can't be shared by {counted(self.paths, 'path')}{place}:"
                f" {show(self.growth)} / {self.paths} = {show(part)}."
            )
            near = [math.floor(part) * self.paths, math.ceil(part) * self.paths]
            hint = f"{near[0]} or {near[1]} would do" if near[0] > 0 else f"{near[1]} would do"
            labels = [Label(span, "shared here")]
            if self.origin != self.span:
                labels.append(Label(self.origin, f"{show(self.growth)} comes from here"))
            raise mistake("MSD501", message, self.span, "this is what the paths share", hint, *labels)
        return part.numerator

    @property
    def unit(self) -> Fraction | Unknown:
        """What a count of channels at this scale is a multiple of: g[s] / g[1]."""
        if isinstance(self.growth, Unknown) or isinstance(self.finest, Unknown) or not self.finest:
            return UNKNOWN
        return Fraction(self.growth) / Fraction(self.finest)


@dataclass(frozen=True, slots=True)
class Context:
    """The names of one expression. `root` is the statement of the network that a block is used in.

    `locals` holds parameters, equations, `s`, `l`, `i`, `stride`; `calls` the uses of blocks that led here, outermost
    first; `place` says where we are, as messages print it (` at layer 7, scale 3`). `parts` is one of the other parts
    of the join that the expression stands in: what `crop` and `fit` go by.
    """

    numbers: Mapping[str, Number]
    columns: Mapping[str, tuple[Number, ...]]
    scale: int | None
    locals: dict[str, Result | Family]
    blocks: Mapping[str, Definition]
    defaults: Mapping[str, ast.Default]
    input: Value
    share: Share | None = None
    place: str = ""
    calls: tuple[ast.Call, ...] = ()
    root: Context | None = field(default=None, repr=False)
    parts: Value | None = None

    def of_block(
        self, definition: Definition, call: ast.Call, flow: Value, locals: dict[str, Result | Family]
    ) -> Context:
        """What a block sees; one that was declared in the network sees its names too."""
        calls = (*self.calls, call)
        root = self.root or self
        if definition.local:
            # The families that a statement of the network sees are the values of sweeps; equations hide them.
            own = definition.block.targets
            known = root.locals.items()
            seen = {k: value for k, value in known if k in COORDINATES or (isinstance(value, dict) and k not in own)}
            return replace(root, locals={**seen, **locals}, input=flow, calls=calls, root=root, parts=self.parts)
        file = definition.file
        return Context(
            file.lets,
            {},
            None,
            locals,
            file.blocks,
            file.defaults,
            flow,
            self.share,
            self.place,
            calls,
            root,
            self.parts,
        )

    @property
    def of_defaults(self) -> Context:
        """What a `default` sees: the names of the file or the network that states it, not those of its use."""
        coordinates = {} if self.scale is None else {k: v for k, v in self.locals.items() if k in COORDINATES}
        return replace(self, locals=coordinates)

    def explain(self, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic with the place in the network, and the use of the block it stands in."""
        notes = diagnostic.notes
        if self.place and self.place not in diagnostic.message:
            notes = (*notes, f"this is{self.place}")
        labels = diagnostic.labels
        if self.calls:
            outer = self.calls[0]
            labels = (*labels, Label(outer.span, f"in this use of '{outer.name.text}'"))
        return replace(diagnostic, notes=notes, labels=labels)


@dataclass(frozen=True, slots=True)
class Here:
    """The numbers a context knows, with `channels` of what arrives (`evaluate.Names`)."""

    context: Context
    flow: Value

    def number(self, call: ast.Call) -> Number:
        name, context = call.name.text, self.context
        if call.args is None and name in context.locals:
            return self._only_number(context.locals[name], call)
        if name == "channels" and call.args is None:
            return UNKNOWN if self.flow.shape is None else self.flow.shape.channels
        if name == "share" and call.args is None:
            return self._share(call)
        if name == "compress":
            return self._compress(call)
        if call.args is None and name in context.numbers:
            return context.numbers[name]
        if call.args is None and name in context.columns and context.scale is not None:
            return context.columns[name][context.scale - 1]
        raise self._unknown(call)

    def place(self, index: ast.Index) -> Number:
        name, context = index.name.text, self.context
        known = context.locals.get(name)
        if isinstance(known, dict):
            at = number(index.index, self)
            if isinstance(at, int) and at in known:
                return self._only_number(known[at], index)
        return column_value(index, context.columns, self)

    def _only_number(self, found: Result | Family, expression: ast.Call | ast.Index) -> Number:
        if isinstance(found, int | Fraction | Unknown):
            return found
        raise mistake("MSD306", f"'{expression.span.text}' is a feature map, where a number belongs.", expression.span)

    def _share(self, call: ast.Call) -> Number:
        share = self.context.share
        if share is None:
            message = "'share' is known only where a growth is: `dense(growth)`, `residual(growth)`, `plain(growth)`."
            raise mistake("MSD201", message, call.span)
        return share.each(call.span, self.context.place)

    def _compress(self, call: ast.Call) -> Number:
        """theta * channels, rounded down to a multiple of g[s] / g[1]: every scale keeps its proportion."""
        if len(arguments(call)) != 1:
            raise mistake("MSD204", "'compress' takes one number, the part of the channels that stays.", call.span)
        theta = number(arguments(call)[0].value, self)
        share = self.context.share
        unit = Fraction(1) if share is None else share.unit
        channels = UNKNOWN if self.flow.shape is None else self.flow.shape.channels
        if isinstance(theta, Unknown) or isinstance(unit, Unknown) or isinstance(channels, Unknown):
            return UNKNOWN
        kept = math.floor(Fraction(theta) * channels / unit) * unit
        if kept <= 0:
            units = f" in multiples of {show(simplest(unit))}" if unit != 1 else ""
            message = f"Compressing {channels} channels by {show(theta)}{units} leaves none{self.context.place}."
            raise mistake(
                "MSD510", message, call.span, f"{show(theta)} * {channels} rounds down to {show(simplest(kept))}"
            )
        return simplest(kept)

    def _unknown(self, call: ast.Call) -> Mistake:
        context = self.context
        known = [*context.locals, *context.numbers, *context.columns, "channels"]
        message = f"No number is named '{call.name.text}' here."
        return mistake("MSD201", message, call.name.span, help=did_you_mean(call.name.text, known))


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an expression stands: the value that arrives, the names it sees, the trail its nodes are named after.

    `sole` tells that nothing else stands in its chain, so that a block of equations needs no ordinal.
    """

    flow: Value
    context: Context
    trail: Trail
    sole: bool = False

    @property
    def here(self) -> Here:
        return Here(self.context, self.flow)

    @property
    def cell(self) -> Cell:
        return self.trail.cell

    @property
    def block(self) -> str:
        """The outermost block we are in."""
        calls = self.context.calls
        return calls[0].name.text if calls else ""

    def on(self, flow: Value) -> Spot:
        """The same place with another value arriving, inside a chain."""
        return Spot(flow, self.context, self.trail)

    def among(self, part: Value | None) -> Spot:
        """The same place in a part of a join, another part of which is told."""
        return self if part is None else replace(self, context=replace(self.context, parts=part))

    @property
    def inside(self) -> Spot:
        """The same place, with something else standing beside."""
        return Spot(self.flow, self.context, self.trail) if self.sole else self
