"""`msdl doctor`: says what is installed, and how to install what is missing."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

import click

from msdl import library
from msdl.cli.doctor.abilities import ABILITIES, Ability
from msdl.cli.doctor.installation import CORE, Package, checkout, packages, pip_lines
from msdl.cli.options import format_option
from msdl.cli.output import FINE, INVALID, put
from msdl.cli.values import as_json
from msdl.cli.wording import columns
from msdl.version import VERSION

INDENT = "  "
# What the packages are for.
GROUPS = {
    "core": "what msdl can't do without",
    "train": "training and evaluating",
    "onnx": "export to ONNX, and running it",
    "docs": "building the documentation",
    "dev": "working on msdl itself",
}


@click.command("doctor")
@format_option("json")
def command(format: str) -> int:
    """Say what is installed, what works with it, and how to install what is missing.

    The exit code is 1 when something is missing that msdl can't do without. Extras may be missing.

    \b
    Examples:
      msdl doctor
      msdl doctor --format json > environment.json
    """
    needed = packages()
    by_name = {package.name: package for package in needed}
    able = {name: look(by_name) for name, look in ABILITIES.items()}
    put(as_json(_data(needed, able)) if format == "json" else _human(needed, able))
    return FINE if _sound(needed, able) else INVALID


def _sound(needed: Sequence[Package], able: Mapping[str, Ability]) -> bool:
    """Whether all is there that msdl can't do without."""
    return all(package.ready for package in needed if package.group == CORE) and all(
        ability.works for ability in able.values() if ability.core
    )


def _data(needed: Sequence[Package], able: Mapping[str, Ability]) -> dict[str, Any]:
    root = checkout()
    return {
        "sound": _sound(needed, able),
        "msdl": {"version": VERSION, "location": str(library.PACKAGE), "checkout": str(root) if root else None},
        "python": {"version": platform.python_version(), "executable": sys.executable},
        "platform": platform.platform(),
        "packages": [asdict(package) for package in needed],
        "abilities": [{"name": name, **asdict(ability)} for name, ability in able.items()],
        "install": pip_lines(needed),
    }


def _human(needed: Sequence[Package], able: Mapping[str, Ability]) -> str:
    parts = [_about(), _packages(needed), _abilities(able), _remedies(needed, able)]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := [*part])) + "\n"


def _about() -> Iterator[str]:
    yield f"msdl {VERSION}  {library.PACKAGE}{' (a checkout)' if checkout() else ''}"
    yield f"Python {platform.python_version()}  {sys.executable}"
    yield platform.platform()


def _packages(needed: Sequence[Package]) -> Iterator[str]:
    """A table of all packages, group by group."""
    if not needed:
        yield "What msdl needs is unknown: there is neither its metadata nor a pyproject.toml."
    lines = iter(columns([[p.name, p.installed or "-", p.wanted, _state(p)] for p in needed], "<<<<"))
    for group, found in groupby(needed, key=lambda package: package.group):
        yield f"{group}: {GROUPS[group]}" if group in GROUPS else group
        yield from (INDENT + next(lines) for _ in found)


def _state(package: Package) -> str:
    if package.installed is None:
        return "missing"
    return {True: "ok", False: "doesn't fit", None: "not compared"}[package.fits]


def _abilities(able: Mapping[str, Ability]) -> Iterator[str]:
    rows = [[name, "yes" if ability.works else "no", ability.found] for name, ability in able.items()]
    yield "What works here"
    yield from (INDENT + line for line in columns(rows, "<<<"))


def _remedies(needed: Sequence[Package], able: Mapping[str, Ability]) -> Iterator[str]:
    """The lines to paste, those that msdl can't do without first."""
    rows = [*pip_lines(needed).items(), *((name, ability.remedy) for name, ability in able.items() if ability.remedy)]
    if rows:
        yield "To get what is missing"
    yield from (INDENT + line for line in columns(rows, "<<"))
