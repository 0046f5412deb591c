"""The runs of layers that `layers`, `stages`, `sweep` and `repeat` make, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msdl.diagnostics import Diagnostic, Findings, Label, Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import number, numbered, whole
from msdl.language.numbers import Unknown, counted
from msdl.language.spec import NetworkSpec
from msdl.source import Span

MOST_CELLS = 20_000
# Every `from` asks every scale at every cell.
MOST_PAIRS = 250_000
JOINS_OF_PATHS = ("concat", "add", "mean")


@dataclass(frozen=True, slots=True)
class Run:
    """`layers` of one statement: `first` is the number of its first layer; `on` the scales it renews, None for all."""

    statement: ast.Layers
    first: int
    count: int
    on: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class StageRun:
    """`stages`: `depths[s - 1]` layers at scale s; `ordinal` counts the network's `stages` from 1."""

    statement: ast.Stages
    first: int
    depths: tuple[int, ...]
    ordinal: int

    @property
    def count(self) -> int:
        return sum(self.depths)

    @property
    def ends(self) -> list[int]:
        """The number of the last layer of every stage."""
        return [self.first - 1 + sum(self.depths[:stage]) for stage in range(1, len(self.depths) + 1)]


@dataclass(frozen=True, slots=True)
class SweepRun:
    """One sweep, a layer of its own: `scales` in the order in which they are renewed; cells' ids start with `id`."""

    statement: ast.Sweep
    first: int
    scales: tuple[int, ...]
    id: str
    count: int = 1


AnyRun = Run | StageRun | SweepRun


def plan_runs(spec: NetworkSpec, findings: Findings) -> tuple[tuple[AnyRun, ...], bool]:
    """The runs, and whether they are all: some may hang on a mistake. Raises Mistake when they are too many."""
    planner = _Runs(spec, findings)
    try:
        planner.add(spec.program)
    except _TooMany as found:
        raise mistake("MSD516", str(found), found.span, "too many") from None
    return tuple(planner.runs), planner.complete


class _Runs:
    """Collects runs and counts their cells as it goes, so that no loop outgrows the limit."""

    def __init__(self, spec: NetworkSpec, findings: Findings) -> None:
        self.spec = spec
        self.names = spec.known
        self.sweeps = spec.sweeps
        self.passes: Counter[str] = Counter()
        self.findings = findings
        self.runs: list[AnyRun] = []
        self.complete = True
        self.layers = 0
        self.cells = 0
        self.pairs = 0
        self.statements = 0

    def add(self, items: Iterable[ast.Item]) -> None:
        for item in items:
            try:
                self._add(item)
            except Mistake as found:
                self.findings.add(found.diagnostic)
                self.complete = False

    def _add(self, item: ast.Item) -> None:
        self._count_statement(item.span)
        match item:
            case ast.Layers():
                self._keep(self._run(item), item.span)
            case ast.Stages():
                self._keep(self._stage_run(item), item.span)
            case ast.Repeat(count, inner):
                times = whole(number(count, self.names), count.span, "The number of repeats", most=MOST_CELLS)
                for _ in range(times if isinstance(times, int) else 1):
                    self._count_statement(item.span)
                    self.add(inner)
            case ast.Sweep():
                self._keep(self._sweep_run(item), item.span)
            case _:
                raise mistake("MSD211", "Only layers, stages, sweeps and repeats can be repeated.", item.span)

    def _keep(self, run: AnyRun | None, span: Span) -> None:
        if run is None:
            self.complete = False
            return
        self.runs.append(run)
        self.layers += run.count
        self._count(run.count * self._across(run), span)
        self._count_pairs(run)

    def _across(self, run: AnyRun) -> int:
        """The cells of one layer."""
        match run:
            case Run(on=on):
                return self.spec.scales.count if on is None else len(on)
            case SweepRun(scales=scales):
                return len(scales)
            case StageRun():
                return 1

    def _count_statement(self, span: Span) -> None:
        """Statements that make no cell have to end as well."""
        self.statements += 1
        if self.statements > MOST_CELLS:
            raise _TooMany(f"The network repeats more than {MOST_CELLS:,} statements.", span)

    def _count(self, cells: int, span: Span) -> None:
        self.cells += cells
        if self.cells > MOST_CELLS:
            raise _TooMany(f"The network has more than {MOST_CELLS:,} cells, the most that msdl takes on.", span)

    def _count_pairs(self, run: AnyRun) -> None:
        """The pairs of a cell and a scale that may lead into it by a `from`."""
        for rule in () if isinstance(run, StageRun) else run.statement.rules:
            if isinstance(rule, ast.From):
                self.pairs += run.count * self._across(run) * self.spec.scales.count
                if self.pairs > MOST_PAIRS:
                    message = f"`from` asks more than {MOST_PAIRS:,} pairs of a cell and a scale, the most it may."
                    raise _TooMany(message, rule.span)

    def _run(self, statement: ast.Layers) -> Run | None:
        value = number(statement.count, self.names)
        on = None if statement.on is None else self._scales_on(statement.on)
        across = self.spec.scales.count if on is None else len(on)
        if isinstance(value, int) and value * across > MOST_CELLS:
            cells = f"{value:,} layers x {counted(across, 'scale')} = {value * across:,} cells"
            raise _TooMany(f"{cells}; a network has at most {MOST_CELLS:,}.", statement.count.span)
        count = whole(value, statement.count.span, "The number of layers")
        self.findings.add(*_misplaced_rules(statement))
        return None if isinstance(count, Unknown) else Run(statement, self.layers + 1, count, on)

    def _sweep_run(self, statement: ast.Sweep) -> SweepRun:
        self.findings.add(*_misplaced_in_a_sweep(statement))
        on = range(1, self.spec.scales.count + 1) if statement.on is None else self._scales_on(statement.on)
        id = self._sweep_id(statement)
        return SweepRun(statement, self.layers + 1, tuple(sorted(on, reverse=statement.direction == "up")), id)

    def _sweep_id(self, statement: ast.Sweep) -> str:
        """`enc`, or `sweep1` without a name; `enc_2` where a `repeat` comes by again."""
        name = "" if statement.name is None else statement.name.text
        self.passes[name] += 1
        if not name:
            return f"sweep{self.passes[name]}"
        if self.passes[name] == 1:
            return name
        while (id := f"{name}_{self.passes[name]}") in self.sweeps:
            self.passes[name] += 1
        return id

    def _scales_on(self, on: ast.Range | ast.Expression) -> tuple[int, ...]:
        count = self.spec.scales.count
        if isinstance(on, ast.Range):
            chosen = numbered(on, self.names)
        else:
            one = whole(number(on, self.names), on.span, "A scale", least=-(10**9))
            chosen = [] if isinstance(one, Unknown) else [one]
        if isinstance(on, ast.Range) and not chosen:
            raise mistake("MSD302", f"'{on.span.text}' names no scale.", on.span)
        for scale in chosen:
            if not 1 <= scale <= count:
                label = Label(self.spec.scales.span, f"{count} scales are declared here")
                raise mistake("MSD302", f"There is no scale {scale}; scales are 1 to {count}.", on.span, "", "", label)
        return tuple(chosen)

    def _stage_run(self, statement: ast.Stages) -> StageRun | None:
        span = self.spec.scales.span
        column = self.spec.scales.columns.get("depth")
        if column is None:
            message = "`stages` needs a column `depth`: the number of layers of every stage."
            raise mistake("MSD210", message, statement.span, "", "add it to `scales`: `depth 2, 2, 2`")
        depths = [
            whole(value, self.spec.scales.place("depth", stage), f"The depth of stage {stage}")
            for stage, value in enumerate(column, start=1)
        ]
        known = [depth for depth in depths if isinstance(depth, int)]
        if sum(known) > MOST_CELLS:
            raise _TooMany(f"The stages hold {sum(known):,} layers; a network has at most {MOST_CELLS:,}.", span)
        ordinal = 1 + sum(isinstance(run, StageRun) for run in self.runs)
        return StageRun(statement, self.layers + 1, tuple(known), ordinal) if len(known) == len(depths) else None


def _misplaced_in_a_sweep(statement: ast.Sweep) -> Iterator[Diagnostic]:
    """Rules that don't belong into a sweep, or not twice."""
    for rule in statement.rules:
        if isinstance(rule, ast.Path) and rule.kind in ("diagonal", "up"):
            word = "diagonal" if rule.kind == "diagonal" else "diagonal up"
            message = f"`{word}` stands in `layers`; in a sweep the scale before is reached by `vertical`."
            yield mistake("MSD211", message, rule.span).diagnostic
    yield from _joins(statement)


def _misplaced_rules(statement: ast.Layers) -> Iterator[Diagnostic]:
    """Rules that don't belong into `layers`, or not twice."""
    for rule in statement.rules:
        if isinstance(rule, ast.Path) and rule.kind == "vertical":
            yield mistake("MSD211", "`vertical` stands beside `layers`, not in it.", rule.span).diagnostic
    yield from _joins(statement)


def _joins(statement: ast.Layers | ast.Sweep) -> Iterator[Diagnostic]:
    joins = [rule for rule in statement.rules if isinstance(rule, ast.Join)]
    for join in joins[1:]:
        label = Label(joins[0].span, "the first one")
        message = "The paths of a layer are joined in one way."
        yield mistake("MSD205", message, join.span, "a second one", "", label).diagnostic
    for join in joins:
        if join.kind.text not in JOINS_OF_PATHS:
            message = f"There is no join '{join.kind.text}'."
            hint = f"joins are {', '.join(JOINS_OF_PATHS)}"
            yield mistake("MSD201", message, join.kind.span, "unknown", hint).diagnostic


class _TooMany(Exception):
    """The network is too large to go on; no further mistake matters."""

    def __init__(self, message: str, span: Span) -> None:
        self.span = span
        super().__init__(message)
