"""`4..24 step 2`, `n*(n+1)/2 for n in 1..K`, `4, 8 in each stage`, `stage 3`, `end` -> layer numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msdl.diagnostics import Label, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import Known, number, numbered, whole
from msdl.language.numbers import Number, show
from msdl.language.spec import NetworkSpec
from msdl.network.plan.runs import AnyRun, Run, StageRun
from msdl.source import Span


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer that a position names; `at_end` tells that it was written `end`."""

    layer: int
    at_end: bool
    span: Span


@dataclass(frozen=True)
class Positions:
    """Reads positions in a network of known runs."""

    spec: NetworkSpec
    runs: tuple[AnyRun, ...]
    layers: int

    @property
    def has_layers(self) -> bool:
        return any(isinstance(run, Run) for run in self.runs)

    @property
    def grid(self) -> list[int]:
        """The layers that were written with `layers`."""
        return [layer for run in self.runs if isinstance(run, Run) for layer in range(run.first, run.first + run.count)]

    def is_staged(self, layer: int) -> bool:
        """Whether a layer belongs to `stages`."""
        return any(isinstance(run, StageRun) and run.first <= layer < run.first + run.count for run in self.runs)

    @property
    def last_layer(self) -> tuple[Label, ...]:
        """A label that shows where the layers end."""
        return tuple(Label(run.statement.span, f"the layers end at {self.layers}") for run in self.runs[-1:])

    def of(self, positions: Iterable[ast.Position], in_each_stage: bool = False) -> Iterator[Placed]:
        """The layers of a list of positions, as written. Raises Mistake."""
        written = [placed for position in positions for placed in self._read(position)]
        return self._in_each_stage(written) if in_each_stage else iter(written)

    def _read(self, position: ast.Position) -> Iterator[Placed]:
        if isinstance(position, ast.AtEnd):
            yield Placed(self.layers, True, position.span)
        elif isinstance(position, ast.AtStage):
            yield from self._after_stage(position)
        else:
            for value in self._numbers(position):
                layer = whole(value, position.span, "A layer's number", least=0)
                if isinstance(layer, int):
                    yield Placed(layer, False, position.span)

    def _numbers(self, position: ast.At | ast.Each | ast.Range) -> Iterator[Number]:
        names = self.spec.known
        match position:
            case ast.At(value):
                yield number(value, names)
            case ast.Each(value, variable, range_):
                for at in numbered(range_, names):
                    yield number(value, Known({**self.spec.numbers, variable.text: at}, self.spec.scales.columns))
            case ast.Range():
                yield from numbered(position, names)

    def filled_in(self, position: ast.Position) -> str:
        """A range with its numbers, as `4..3`; nothing for other positions."""
        if not isinstance(position, ast.Range):
            return ""
        return "..".join(show(number(end, self.spec.known)) for end in (position.first, position.last))

    def _in_each_stage(self, written: list[Placed]) -> Iterator[Placed]:
        """The same layers of every stage, stage by stage."""
        for run in self._stages(written[0].span) if written else []:
            for stage, (depth, end) in enumerate(zip(run.depths, run.ends, strict=True), start=1):
                for placed in written:
                    if placed.at_end:
                        yield Placed(end, False, placed.span)
                        continue
                    if not 1 <= placed.layer <= depth:
                        message = f"Stage {stage} has {depth} layers, so it has no layer {placed.layer}."
                        raise mistake("MSD503", message, placed.span)
                    yield Placed(end - depth + placed.layer, False, placed.span)

    def _after_stage(self, position: ast.AtStage) -> Iterator[Placed]:
        ends = self._stages(position.span)[0].ends
        value = number(position.stage, self.spec.known)
        stage = whole(value, position.stage.span, "A stage's number", most=len(ends))
        if isinstance(stage, int):
            yield Placed(ends[stage - 1], False, position.span)

    def _stages(self, span: Span) -> list[StageRun]:
        found = [run for run in self.runs if isinstance(run, StageRun)]
        if not found:
            raise mistake("MSD211", "There are no stages in this network: it has no `stages`.", span)
        return found
