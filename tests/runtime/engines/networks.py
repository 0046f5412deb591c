"""Networks as engines get them: runs and exports, of graphs that are written by hand too."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from msdl.deployment.programs import programs
from msdl.network.graph import Graph
from msdl.runtime.graphs import onnx_sections
from msdl.runtime.manifest import Manifest, Part, sha256
from msdl.runtime.run import Exit
from msdl.runtime.trained import Trained, trained
from tests.backends.interpreter import interpret
from tests.backends.onnx.chained import doubled, drawn, models
from tests.runtime.folders import small

WRITERS = {"onnx": onnx_sections, "pt2": programs}


def network(folder: Path, **settings: int) -> Trained:
    """Three exits, whose statistics are no special case."""
    model = small(folder, **settings)
    found = trained(folder / "small.msd", settings)
    found.model.load_state_dict(model.state_dict())
    return found


def exported(network: Trained, folder: Path, target: str = "onnx", direct: bool = False) -> Manifest:
    """An export that was never held against the module."""
    sections = tuple(_part(each, folder, f"section{n}") for n, each in enumerate(WRITERS[target](network), start=1))
    alone = [network.alone(n) for n, _ in enumerate(sections, start=1)] if direct else []
    others = tuple(
        _part(each, folder, f"direct{n}") for n, one in enumerate(alone, start=1) for each in WRITERS[target](one)
    )
    return _manifest(folder, target, sections, others)


def by_hand(graph: Graph, folder: Path) -> Manifest:
    """An export of any graph, with weights drawn for it."""
    models_of = enumerate(models(graph, drawn(graph)), start=1)
    return _manifest(folder, "onnx", tuple(_part(each, folder, f"section{n}") for n, each in models_of), ())


def logits(graph: Graph, images: Tensor) -> list[Tensor]:
    """What the graph's exits are, in float64, with the same weights."""
    values = interpret(graph, doubled(drawn(graph)), images.double())
    return [values[exit.output] for exit in graph.exits]


def _part(section, folder: Path, name: str) -> Part:
    (folder / name).write_bytes(section.content)
    return Part(section.exit, name, sha256(section.content), section.inputs, section.outputs)


def _manifest(folder: Path, target: str, sections: tuple[Part, ...], direct: tuple[Part, ...]) -> Manifest:
    exits = tuple(Exit(part.exit, 1000 * number, 10) for number, part in enumerate(sections, start=1))
    channels, height, width = sections[0].inputs[0].shape
    shape = (channels, height, width)
    found = Manifest(
        folder, "small", "0123", {}, target, shape, exits, sections, direct, None, None, None, {}, {"msdl": "1"}
    )
    found.write()
    return found
