"""The graphs of an export, each written to a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from msdl import files
from msdl.deployment.programs import programs
from msdl.network.schedule import SectionFile
from msdl.runtime.graphs import onnx_sections
from msdl.runtime.manifest import Part, sha256
from msdl.runtime.trained import Trained

# A target by its name, which is the suffix of its files too.
GRAPHS: Mapping[str, Callable[[Trained], Iterator[SectionFile]]] = {"onnx": onnx_sections, "pt2": programs}


def sections(trained: Trained, target: str, folder: Path) -> Iterator[Part]:
    """section1.onnx, section2.onnx, .. in a folder. Raises InputError and OSError."""
    for number, graph in enumerate(GRAPHS[target](trained), start=1):
        yield _written(graph, folder, f"section{number}.{target}")


def direct(trained: Trained, target: str, folder: Path) -> Iterator[Part]:
    """direct1.onnx, direct2.onnx, ..: the network of one exit alone, for each. Raises InputError and OSError."""
    for number, _ in enumerate(trained.compilation.network.exits, start=1):
        yield _written(_only(trained.alone(number), target), folder, f"direct{number}.{target}")


def alone(trained: Trained, target: str, folder: Path) -> Part:
    """The single section of a network of one exit, in a file named after that. Raises InputError and OSError."""
    graph = _only(trained, target)
    return _written(graph, folder, f"{graph.exit}.{target}")


def _only(trained: Trained, target: str) -> SectionFile:
    (graph,) = GRAPHS[target](trained)
    return graph


def _written(graph: SectionFile, folder: Path, file: str) -> Part:
    files.write(folder / file, graph.content)
    return Part(graph.exit, file, sha256(graph.content), graph.inputs, graph.outputs)
