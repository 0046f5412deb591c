"""The numbers that are the same everywhere in a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msdl.diagnostics import mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import column_value
from msdl.language.numbers import Number
from msdl.language.spec import NetworkSpec
from msdl.language.suggest import did_you_mean


@dataclass(frozen=True)
class NetworkNames:
    """Parameters and `let`s, and columns by their index (`evaluate.Names`); `extra` adds a range's variable."""

    spec: NetworkSpec
    extra: Mapping[str, Number] = field(default_factory=dict)

    def number(self, call: ast.Call) -> Number:
        name = call.name.text
        if call.args is None and name in self.extra:
            return self.extra[name]
        if call.args is None and name in self.spec.numbers:
            return self.spec.numbers[name]
        known = [*self.extra, *self.spec.numbers]
        message = f"No number is named '{name}' here."
        raise mistake("MSD201", message, call.name.span, "unknown", did_you_mean(name, known))

    def place(self, index: ast.Index) -> Number:
        return column_value(index, self.spec.scales.columns, self)
