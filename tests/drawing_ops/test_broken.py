"""Broken specs are drawn as well, each op of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from msdl.compilation import Compilation
from msdl.drawing.ops import draw_ops
from msdl.drawing.picture import View
from tests.drawing_ops.test_draw_ops import check_places, check_truth

ERRORS = Path(__file__).parents[1] / "errors"


@pytest.mark.parametrize("path", sorted(ERRORS.glob("*.msd")), ids=lambda path: path.stem)
def test_what_elaborates_is_drawn(path: Path) -> None:
    compilation = Compilation.of(path)
    if compilation.graph is not None:
        picture = draw_ops(compilation.graph, View(), None, compilation.diagnostics)
        check_truth(compilation.graph, picture)
        check_places(compilation.graph, picture)
