"""Who reads a node."""

from __future__ import annotations

from msdl.analysis.readers import readers
from msdl.compilation import Compilation


def test_they_stand_once_and_in_order() -> None:
    text = "block twice() = [in, in] \n network t { input 3 x 8 x 8; stem conv3x3(4) twice; exit at end: gap }"
    graph = Compilation.of_text(text).graph
    assert graph is not None
    assert {id: [node.id for node in nodes] for id, nodes in readers(graph).items()} == {
        "image": ["stem.0"],
        "stem.0": ["stem.concat"],
        "stem.concat": ["exits.end.0"],
        "exits.end.0": [],
    }
