"""What the laws are stated with."""

from __future__ import annotations

from functools import lru_cache

from msdl.compilation import Compilation
from msdl.network.graph import IMAGE, Graph


@lru_cache(maxsize=64)
def compiled(text: str, exit: int | None = None) -> Compilation:
    """The compilation of a sketch, which must be valid."""
    compilation = Compilation.of_text(text, exit=exit)
    assert compilation.valid, (text, [found.message for found in compilation.diagnostics])
    return compilation


def ancestors(network: Graph, id: str) -> set[str]:
    """The node and all it depends on, by walking from node to node."""
    found: set[str] = set()
    waiting = [id]
    while waiting:
        node = network[waiting.pop()]
        if node.id not in found:
            found.add(node.id)
            waiting += node.inputs
    return found | {IMAGE}
