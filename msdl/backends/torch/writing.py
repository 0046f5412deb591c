"""The parts of a generated module -> its text, through the templates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment

from msdl import templates
from msdl.backends.origins import harmless
from msdl.backends.torch.builders import Builder
from msdl.backends.torch.classes import Class
from msdl.backends.torch.folding import Folding
from msdl.backends.torch.network import Method

# What a generated module may need beside the classes of its network.
HELPERS = (
    *("add", "affine", "cat", "mean", "multiply", "unpool"),
    *("named", "numbered", "OrderedDict", "through", "FlatLinear", "Shuffle", "ConvTranspose2d"),
)


@dataclass(frozen=True, slots=True)
class View:
    """What the templates show. `folding` is None in a module that can be trained."""

    name: str
    digest: str
    version: str
    folding: Folding | None
    attributes: tuple[str, ...]
    outputs: str
    builders: tuple[Builder, ...]
    classes: tuple[Class, ...]
    constructor: tuple[str, ...]
    sections: tuple[Method, ...]

    @property
    def code(self) -> Iterator[str]:
        """The lines that are there to be run."""
        yield from self.constructor
        for builder in self.builders:
            yield from builder.body
        for kind in self.classes:
            yield from kind.forward
        for section in self.sections:
            yield from section.body

    @property
    def used(self) -> frozenset[str]:
        """The helpers that the code calls, and the layers that take more than their own line."""
        code = "\n".join(self.code)
        return frozenset(name for name in HELPERS if re.search(rf"(?<![.\w])(nn\.)?{name}\(", code))


def write(view: View) -> str:
    return _templates().get_template("module.py.jinja").render(view=view, used=view.used)


@cache
def _templates() -> Environment:
    # Python, not HTML; what comes from a spec is made harmless in `naming`.
    environment = templates.environment("msdl.backends.torch", html=False)
    environment.filters["harmless"] = harmless
    return environment
