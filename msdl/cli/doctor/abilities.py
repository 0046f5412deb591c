"""What msdl can do with what is installed here: found out by looking and by trying, never by importing torch."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from msdl import library
from msdl.cli.doctor.installation import Package, checkout, python, version
from msdl.runtime import toolchain

Packages = Mapping[str, Package]

LATEX = ("pdflatex", "lualatex", "xelatex", "tectonic")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Where playwright keeps the browsers that it fetches, in `ms-playwright`.
CACHES = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}
PATIENCE = 60

# In a process of its own: a library that doesn't load may take the process with it.
DRAW = """\
import pygraphviz
graph = pygraphviz.AGraph("digraph { a -> b }")
drawn = [format for format in ("svg", "png", "pdf") if graph.draw(format=format, prog="dot")]
print(", ".join(drawn), "by Graphviz", getattr(pygraphviz, "__graphviz_version__", ""))
"""


@dataclass(frozen=True, slots=True)
class Ability:
    """Something that msdl can do here, or can't; what is `core` it has to.

    `found` says with what, or what is missing; `remedy` is the next step where installing packages is not.
    """

    works: bool
    found: str
    remedy: str = ""
    core: bool = False


def drawing(packages: Packages) -> Ability:
    """Graphviz, tried on two boxes and an arrow."""
    if _lacking(packages, "pygraphviz"):
        return Ability(False, "needs pygraphviz", core=True)
    command = [sys.executable, "-P", "-c", DRAW]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Ability(False, f"pygraphviz doesn't answer: {error}", core=True)
    reason = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
    found = f"pygraphviz fails: {reason[-1]}" if done.returncode else done.stdout.strip()
    return Ability(done.returncode == 0, found, core=True)


def latex(packages: Packages) -> Ability:
    """What typesets a drawing that is written as .tex."""
    if found := [*filter(shutil.which, LATEX)]:
        return Ability(True, ", ".join(found))
    return Ability(False, "not found; a drawing as .tex needs it", "install TeX Live, MiKTeX or Tectonic")


def browser(packages: Packages) -> Ability:
    """What the tests look at pages with; nothing else needs it."""
    cache = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or f"{CACHES.get(sys.platform, '~/.cache')}/ms-playwright"
    try:
        fetched = sorted(path.name for path in Path(cache).expanduser().glob("chromium*"))
    except RuntimeError:  # nobody's home
        fetched = []
    if found := [*fetched, *filter(shutil.which, BROWSERS)]:
        return Ability(True, found[0])
    fetch = "" if _lacking(packages, "playwright") else f"{python()} -m playwright install chromium"
    return Ability(False, "not found; the tests of pages need it", fetch)


def torch(packages: Packages) -> Ability:
    """PyTorch, the processors it is built for, and a GPU that it could use."""
    if _lacking(packages, "torch"):
        return Ability(False, "needs torch", core=True)
    found = _torch_version()
    build = found.partition("+")[2]
    gpus = [f"{gpu}{', which a build for CPUs leaves idle' if build == 'cpu' else ''}" for gpu in _gpus()]
    return Ability(True, "; ".join([f"torch {found}{_built_for(build)}", *gpus]), core=True)


def compiled(packages: Packages) -> Ability:
    """torch.compile, which writes C++ that includes Python's headers."""
    if _lacking(packages, "torch"):
        return Ability(False, "needs torch")
    if lacking := toolchain.lacking():
        return Ability(False, f"needs {lacking.what}", lacking.remedy)
    return Ability(True, f"torch.compile with {toolchain.compiler()}")


def onnx(packages: Packages) -> Ability:
    return _of_an_extra(packages, "onnx", "ONNX Runtime")


def training(packages: Packages) -> Ability:
    return _of_an_extra(packages, "train", "PyTorch Lightning")


def watching(packages: Packages) -> Ability:
    lacking = _lacking(packages, "watchfiles")
    return Ability(not lacking, "needs watchfiles" if lacking else "watchfiles", core=True)


def grammar(packages: Packages) -> Ability:
    """The grammar and the parser's tables; without fresh tables every run computes them anew."""
    try:
        text = library.GRAMMAR.read_text(encoding="utf-8")
    except OSError as error:
        return Ability(False, f"{library.GRAMMAR}: {error.strerror}", "reinstall msdl", core=True)
    with suppress(OSError, ValueError, KeyError, TypeError):
        stored = json.loads(library.TABLES.read_text(encoding="utf-8"))["digest"]
        if stored == hashlib.sha256(text.encode()).hexdigest():
            return Ability(True, "its tables are fresh", core=True)
    remedy = "make golden" if checkout() else "reinstall msdl"
    return Ability(True, "its tables are stale: every command takes longer", remedy, core=True)


def networks(packages: Packages) -> Ability:
    """The library's files."""
    if found := library.specs():
        return Ability(True, f"{len(found)} files", core=True)
    return Ability(False, f"nothing in {library.SPECS}", "reinstall msdl", core=True)


ABILITIES: dict[str, Callable[[Packages], Ability]] = {
    "drawing": drawing,
    "LaTeX": latex,
    "Chromium": browser,
    "engine torch": torch,
    "engine compiled": compiled,
    "engine onnx": onnx,
    "training": training,
    "watching": watching,
    "grammar": grammar,
    "library": networks,
}


def _lacking(packages: Packages, *names: str) -> list[str]:
    """Those that aren't there, or not in a version that fits."""
    return [name for name in names if name not in packages or not packages[name].ready]


def _of_an_extra(packages: Packages, extra: str, works: str) -> Ability:
    names = [package.name for package in packages.values() if package.group == extra]
    lacking = _lacking(packages, *names)
    if names and not lacking:
        return Ability(True, works)
    return Ability(False, f"needs {lacking[0] if len(lacking) == 1 else f'the extra {extra}'}")


def _torch_version() -> str:
    """With its build: PyPI's wheels have that in torch/version.py, not in their metadata."""
    with suppress(OSError, metadata.PackageNotFoundError):
        path = Path(str(metadata.distribution("torch").locate_file("torch/version.py")))
        if said := re.search(r"^__version__ = '([^']+)'", path.read_text(encoding="utf-8"), re.MULTILINE):
            return said[1]
    return version("torch") or ""


def _built_for(build: str) -> str:
    """`, built for CUDA 13.0` of `cu130`; nothing of a build that doesn't say."""
    if build == "cpu":
        return ", built for CPUs"
    if cuda := re.match(r"cu(\d+)(\d)$", build):
        return f", built for CUDA {cuda[1]}.{cuda[2]}"
    if rocm := re.match(r"rocm([\d.]+)$", build):
        return f", built for ROCm {rocm[1]}"
    return ""


def _gpus() -> list[str]:
    """NVIDIA's GPUs, as the driver's own tool names them."""
    with suppress(OSError, subprocess.SubprocessError):
        listed = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=PATIENCE, check=False)
        return re.findall(r"^GPU \d+: (.*?) \(UUID", listed.stdout, re.MULTILINE)
    return []
