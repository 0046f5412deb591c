"""Which paths lead into a cell: the rules of `layers` or a sweep whose source is there, in the order written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msdl.language import syntax as ast
from msdl.language.evaluate import number, truth
from msdl.network.builder import Value
from msdl.network.context import Here, Result
from msdl.network.graph import Cell
from msdl.network.recurrence.state import Recurrence, State

# The scale that each kind of path comes from, relative to its own.
Sources = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PathPresent:
    """One path into a cell; `name` is its part of the node ids, `variable` what a `from` binds."""

    name: str
    chain: ast.Expression
    source: Value
    variable: Mapping[str, Result]


def paths(
    recurrence: Recurrence,
    rules: Iterable[ast.Rule],
    sources: Sources,
    cell: Cell,
    old: State,
    place: str,
    nth: int,
) -> list[PathPresent]:
    """The paths present; a second one of its kind is called `horizontal_2`."""
    found: list[PathPresent] = []
    names: Counter[str] = Counter()
    for rule in rules:
        for name, scale, variable in _sources(recurrence, rule, sources, cell, old, place, nth):
            if scale in old and isinstance(rule, ast.Path | ast.From):
                names[name] += 1
                numbered = name if names[name] == 1 else f"{name}_{names[name]}"
                found.append(PathPresent(numbered, rule.chain, old[scale], variable))
    return found


def _sources(
    recurrence: Recurrence, rule: ast.Rule, sources: Sources, cell: Cell, old: State, place: str, nth: int
) -> Iterator[tuple[str, int, Mapping[str, Result]]]:
    """The name of a rule's path, the scale it comes from, and what it binds."""
    match rule:
        case ast.Path(kind):
            if kind in sources:
                yield kind, cell.scale + sources[kind], {}
        case ast.From(variable, test):
            for j in sorted(old):
                context = recurrence.context(cell, old[j], place, None, i=nth, **{variable.text: j})
                here = Here(context, old[j])
                if truth(test, lambda side, here=here: number(side, here)) is True:  # type: ignore[misc]
                    yield f"from{j}", j, {variable.text: j}
        case ast.Join() | ast.Then():
            pass
