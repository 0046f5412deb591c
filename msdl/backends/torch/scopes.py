"""How a class holds the modules of its unit, and how its forward pass writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msdl.backends.torch.naming import plain, quoted
from msdl.backends.torch.parts import Part
from msdl.backends.torch.steps import Run
from msdl.backends.torch.structure import Holder, Structure, Unit

# Attributes; the numbered ones of a Sequential, or of a list of modules; or others, whose names no attribute can have.
Form = Literal["members", "ops", "list", "parts"]


def counts_up(parts: Sequence[Part]) -> bool:
    """Whether the parts are numbered 0, 1, 2, ..: a Sequential's own names."""
    return bool(parts) and all(part.name == str(number) for number, part in enumerate(parts))


def numbers(parts: Sequence[Part]) -> tuple[int, ...] | None:
    """The numbers of parts that have no other names, rising; batch norms that were folded leave gaps in them."""
    found = [part.name for part in parts]
    if not found or not all(name.isdecimal() and name == str(int(name)) for name in found):
        return None
    return tuple(map(int, found))


def place(part: Part, parts: Sequence[Part]) -> int:
    """Where a numbered part stands in its Sequential, which counts without gaps."""
    return next(number for number, other in enumerate(parts) if other.path == part.path)


def form(unit: Unit) -> Form:
    names = [part.name for part in unit.part.modules]
    if names and all(plain(name) for name in names):
        return "members"
    if len(unit.sources) == 1:  # a Sequential's forward takes no more
        return "ops" if numbers(unit.part.modules) else "parts"
    return "list" if counts_up(unit.part.modules) else "parts"


def member_type(module: Structure) -> str:
    """What a parameter of the constructor is: only a holder's modules are taken out one by one."""
    return "nn.Sequential" if isinstance(module, Holder) and numbers(module.part.modules) else "nn.Module"


def target(part: Part, unit: Unit) -> str:
    """How a unit's forward pass writes one of its modules."""
    path = part.path[len(unit.part.path) + 1 :]
    first, _, rest = path.partition(".")
    if form(unit) == "members":
        owner = unit.part.children[first]
        if not rest:
            return f"self.{first}"
        if rest.isdigit() and numbers(owner.modules):
            return f"self.{first}[{place(part, owner.modules)}]"
        return f"self.{first}.get_submodule({quoted(rest)})"
    if form(unit) in ("ops", "list") and not rest:
        return f"self[{place(part, unit.part.modules)}]"
    return f"self.get_submodule({quoted(path)})"


def run(part: Part, unit: Unit) -> Run | None:
    """Where a module stands in a Sequential that a unit's forward pass can name."""
    first, _, rest = part.path[len(unit.part.path) + 1 :].partition(".")
    if form(unit) in ("ops", "list") and not rest:
        nth = place(part, unit.part.modules)
        return Run("self", len(unit.part.modules), nth, nth)
    owner = unit.part.children[first]
    if form(unit) == "members" and rest.isdigit() and numbers(owner.modules):
        nth = place(part, owner.modules)
        return Run(f"self.{first}", len(owner.modules), nth, nth)
    return None
