"""The packages that msdl needs: the versions wanted, the versions installed, and the pip line for what is missing."""

from __future__ import annotations

import importlib.util
import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from msdl import library

CORE = "core"
# The sum of the other extras; its packages are those.
ALL = "all"
REQUIREMENT = re.compile(r"\s*(?P<name>[\w.-]+)\s*(?:\[[^\]]*\])?\s*(?P<wanted>[^;]*)")
OF_AN_EXTRA = re.compile(r"extra\s*==\s*['\"](?P<extra>[^'\"]+)['\"]")


@dataclass(frozen=True, slots=True)
class Package:
    """A package that the core or an extra needs. `fits` is None where `packaging` is not there to tell."""

    name: str
    group: str
    wanted: str
    installed: str | None
    fits: bool | None

    @property
    def ready(self) -> bool:
        return self.installed is not None and self.fits is not False

    @property
    def requirement(self) -> str:
        return self.name + self.wanted


def packages() -> tuple[Package, ...]:
    """What msdl needs, the core first; nothing where no one has written it down."""
    return tuple(_package(group, text) for group, text in _requirements() if group != ALL)


def checkout() -> Path | None:
    """The checkout that this msdl runs from, if it does."""
    return library.PACKAGE.parent if _project() else None


def pip_lines(needed: Sequence[Package]) -> dict[str, str]:
    """What to paste for what is missing or doesn't fit: a line for the core, and one for each extra."""
    lines = {}
    for group in dict.fromkeys(package.group for package in needed):
        missing = [package for package in needed if package.group == group and not package.ready]
        if missing:
            whole = group != CORE and len(missing) > 1
            arguments = _extra(group) if whole else [package.requirement for package in missing]
            lines[group] = f"{_pip_install()} {shlex.join(arguments)}"
    return lines


def python() -> str:
    """How a shell calls the interpreter at work."""
    here = Path(sys.executable)
    for name in ("python", "python3"):
        found = shutil.which(name)
        # Those of all environments can be links to one file, so the folder has to be the same as well.
        if found and Path(found).parent == here.parent and Path(found).samefile(here):
            return name
    return shlex.quote(sys.executable)


def version(name: str) -> str | None:
    """The version of an installed package, from its metadata: nothing of it is run."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _pip_install() -> str:
    """How a shell installs for the interpreter at work."""
    if importlib.util.find_spec("pip") is None and shutil.which("uv"):
        return f"uv pip install --python {python()}"
    found = shutil.which("pip")
    beside = found is not None and Path(found).parent == Path(sys.executable).parent
    # Only a virtual environment's folder is sure to hold no other interpreter's pip.
    return "pip install" if beside and sys.prefix != sys.base_prefix else f"{python()} -m pip install"


def _extra(name: str) -> list[str]:
    root = checkout()
    return ["-e", f"{root}[{name}]"] if root else [f"msdl[{name}]"]


def _project() -> dict[str, Any]:
    """The project of the checkout's pyproject.toml: it is newer than the metadata of what was installed from it."""
    with suppress(OSError, tomllib.TOMLDecodeError):
        text = (library.PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8")
        project: dict[str, Any] = tomllib.loads(text).get("project", {})
        return project if project.get("name") == "msdl" else {}
    return {}


def _requirements() -> Iterator[tuple[str, str]]:
    """Each requirement with the group that has it, the core or an extra."""
    if project := _project():
        groups = {CORE: project.get("dependencies", []), **project.get("optional-dependencies", {})}
        yield from ((group, text) for group, texts in groups.items() for text in texts)
        return
    with suppress(metadata.PackageNotFoundError):
        for text in metadata.requires("msdl") or ():
            extra = OF_AN_EXTRA.search(text)
            yield extra["extra"] if extra else CORE, text


def _package(group: str, requirement: str) -> Package:
    found = REQUIREMENT.match(requirement)
    assert found is not None
    # The lower bound first, as a person writes it; metadata has the bounds in any order.
    wanted = ",".join(sorted((bound.strip() for bound in found["wanted"].split(",")), key=lambda b: b.startswith("<")))
    installed = version(found["name"])
    return Package(found["name"], group, wanted, installed, installed is not None and _fits(installed, wanted))


def _fits(installed: str, wanted: str) -> bool | None:
    try:
        from packaging.specifiers import SpecifierSet
        from packaging.version import InvalidVersion
    except ImportError:
        return None
    try:
        return SpecifierSet(wanted).contains(installed, prereleases=True)
    except InvalidVersion:
        return False
