"""START HERE: the pipeline, on one page.

    text -parse-> Document -resolve-> NetworkSpec -elaborate-> Graph -check-> network -schedule-> Schedule -emit-> text

Every value is computed when it is first asked for, and kept: `msdl check` never schedules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from msdl.checks import check
from msdl.checks.expectations import claims_make_sense, expectations_hold
from msdl.diagnostics import Diagnostic, Mistake, SpecError, has_errors, in_order
from msdl.language import syntax as ast
from msdl.language.load import load
from msdl.language.numbers import show
from msdl.language.parse import parse
from msdl.language.recovery import independent_of, without_unknown_names
from msdl.language.resolve import resolve
from msdl.language.spec import NetworkSpec
from msdl.network.cost import Costs, costs
from msdl.network.elaborate import elaborate
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule, schedule
from msdl.source import Source
from msdl.version import VERSION

Found = tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Compilation:
    """One network of one text, with its parameters, on its way to a module.

    `text` is None where the file could not be read; `unreadable` then says why. `exit`, an ordinal or a name, keeps
    that exit alone. `before` is the file, parsed, where another of its networks was compiled before.
    """

    text: Source | None
    folder: Path
    chosen: str | None
    settings: Mapping[str, int | float | str]
    exit: str | int | None
    unreadable: Found = ()
    before: tuple[ast.Document | None, Found] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, spec: str | Path, /, *, exit: str | int | None = None, **settings: int | float | str) -> Compilation:
        """Compiles `spec`: a path, a library name, either with `:network` behind it, or `-` for the standard input.

        Other keywords override the network's parameters. Nothing is raised: what is wrong is in `diagnostics`.
        """
        try:
            text, folder, chosen = load(str(spec))
        except Mistake as found:
            return cls(None, Path(), None, settings, exit, (found.diagnostic,))
        return cls(text, folder, chosen, settings, exit)

    @classmethod
    def of_text(
        cls, text: str, /, *, name: str = "<text>", exit: str | int | None = None, **settings: int | float | str
    ) -> Compilation:
        """Compiles a spec that is at hand as text; imports are looked for in the working folder and the library."""
        return cls(Source(name, text), Path(), None, settings, exit)

    def of_network(self, name: str) -> Compilation:
        """The same file's network of this name; the file is not parsed again."""
        return replace(self, chosen=name, before=self._parsed)

    # The stages, each with what it found

    @cached_property
    def _parsed(self) -> tuple[ast.Document | None, Found]:
        if self.before is not None:
            return self.before
        return (None, self.unreadable) if self.text is None else parse(self.text)

    @cached_property
    def _resolved(self) -> tuple[NetworkSpec | None, Found]:
        document, _ = self._parsed
        if document is None:
            return None, ()
        return resolve(document, self.folder, self.chosen, self.settings)

    @cached_property
    def _elaborated(self) -> tuple[Graph | None, Found]:
        spec, _ = self._resolved
        return (None, ()) if spec is None else elaborate(spec)

    @cached_property
    def _checked(self) -> tuple[Graph | None, Found]:
        graph, found = self._elaborated
        spec, earlier = self._resolved
        if graph is None or spec is None or has_errors(self._parsed[1]):
            return None, ()
        return check(graph, spec, sound=not has_errors((*found, *earlier)), exit=self.exit)

    @cached_property
    def _counted(self) -> Costs | None:
        graph, _ = self._checked
        return None if graph is None else costs(graph)

    @cached_property
    def _claimed(self) -> Found:
        """What `expect` claims and is not so; one exit alone is not what the claims are about."""
        spec, _ = self._resolved
        if spec is None or self.exit is not None or not spec.expectations:
            return ()
        breaches = expectations_hold(spec, self._counted) if self._counted else ()
        return (*claims_make_sense(spec), *breaches)

    # What they come to

    @property
    def document(self) -> ast.Document | None:
        return self._parsed[0]

    @property
    def spec(self) -> NetworkSpec | None:
        return self._resolved[0]

    @property
    def graph(self) -> Graph | None:
        """The graph as elaborated, dead and broken nodes included."""
        return self._elaborated[0]

    @cached_property
    def diagnostics(self) -> Found:
        """All that there is to say, in source order."""
        document, of_syntax = self._parsed
        if document is None:
            return of_syntax
        if has_errors(of_syntax):
            rest = (*self._resolved[1], *self._elaborated[1])
            return in_order((*of_syntax, *independent_of(document.skipped, rest)))
        found = (*self._resolved[1], *self._elaborated[1], *self._checked[1], *self._claimed)
        incomplete = self.spec is not None and not self.spec.file.complete
        return in_order((*of_syntax, *(without_unknown_names(found) if incomplete else found)))

    @property
    def valid(self) -> bool:
        return not has_errors(self.diagnostics)

    @property
    def network(self) -> Graph:
        """The checked graph: every node reaches an exit, every shape is known. Raises SpecError."""
        graph = self._checked[0]
        if not self.valid or graph is None:
            raise SpecError(self.diagnostics)
        return graph

    @cached_property
    def schedule(self) -> Schedule:
        """The lazy order. Raises SpecError."""
        return schedule(self.network)

    @property
    def costs(self) -> Costs:
        """What every exit costs. Raises SpecError."""
        if not self.valid or self._counted is None:
            raise SpecError(self.diagnostics)
        return self._counted

    def emit(self, target: str = "torch") -> str:
        """The network as text for a target. Raises SpecError, and ValueError for an unknown target."""
        from msdl.backends import backend

        return backend(target)(self.network, self.schedule, self.digest, VERSION)

    def _repr_svg_(self) -> str | None:
        """What a notebook shows: the plain drawing; None where there is nothing to draw. `Figure` has more."""
        from msdl.figure import Figure

        return Figure(self)._repr_svg_()

    @property
    def digest(self) -> str:
        """A short hash of what the network is made of: the texts of all files read, its name and its parameters."""
        spec = self.spec
        texts = () if spec is None else spec.file.texts
        parameters = () if spec is None else [f"{name} = {show(value)}" for name, value in spec.parameters.items()]
        made_of = (*texts, "" if spec is None else spec.name.text, *parameters)
        return hashlib.sha256("\0".join(made_of).encode()).hexdigest()[:16]
