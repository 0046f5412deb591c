"""A broken spec is drawn as well: what elaborates, and in red where an error stands, with its message."""

from __future__ import annotations

from pathlib import Path

import pytest

from msdl.compilation import Compilation
from msdl.diagnostics import Severity
from msdl.drawing.draw import draw
from msdl.drawing.picture import Picture, View
from tests.drawing.parsed import Drawing, svg

ERRORS = sorted((Path(__file__).parents[1] / "errors").glob("*.msd"))

SPEC = """network n {{
  input 3 x 16 x 16
  scales 2 {{ c 4, 8 }}
  {stem}
  vertical conv3x3(c)/2
  layers 3 {{ diagonal {diagonal}; horizontal conv3x3(c); join add }}
  {exits}
}}"""
SOUND = {"stem": "stem conv3x3(c)", "diagonal": "conv3x3(c)/2", "exits": "exits at 1..3: gap linear(3)"}


def drawn(**said: str) -> Picture:
    compilation = Compilation.of_text(SPEC.format(**(SOUND | said)))
    assert compilation.graph is not None
    return draw(compilation.graph, View(), None, compilation.diagnostics)


@pytest.mark.parametrize("path", ERRORS, ids=[path.stem for path in ERRORS])
def test_whatever_elaborates_is_drawn(path: Path) -> None:
    compilation = Compilation.of(path)
    if compilation.graph is None:
        return
    picture = draw(compilation.graph, View(), None, compilation.diagnostics)
    parsed = Drawing(svg(picture))
    failed = {box.id: box.tooltip for box in picture if box.state == "failed"}
    assert {id for id, box in parsed.boxes.items() if "failed" in box.classes} == {*failed}
    errors = [each.message for each in compilation.diagnostics if each.severity is Severity.ERROR]
    assert all(any(message in tooltip for message in errors) for tooltip in failed.values())
    notes = [words.text for words in picture.words if words.role == "error"]
    assert notes[:1] == [f"{len(errors)} error{'s' * (len(errors) > 1)}: not a network yet"] * bool(errors)
    assert all(message.startswith(note.removesuffix("…")) for message, note in zip(errors, notes[1:4], strict=False))
    assert notes[4:] == ([f".. and {len(errors) - 3} error{'s' * (len(errors) > 4)} more"] if len(errors) > 3 else [])


@pytest.mark.parametrize(
    ("said", "failed", "unknown", "message"),
    [
        pytest.param(
            {"stem": "stem conv3x3(c) rellu"},
            {"stem"},
            {f"layer{layer}.scale{scale}" for layer in range(4) for scale in (1, 2)} - {"layer0.scale1"}
            | {f"exits.layer{layer}" for layer in (1, 2, 3)},
            "There is no op, block or name 'rellu' here.",
            id="in the stem",
        ),
        pytest.param(
            {"diagonal": "conv3x3(c)/2 rellu"},
            {f"layer{layer}.scale2" for layer in (1, 2, 3)},
            {f"exits.layer{layer}" for layer in (1, 2, 3)},
            "There is no op, block or name 'rellu' here.",
            id="in a rule of every layer",
        ),
        pytest.param(
            {"diagonal": "conv3x3(c)/2 when l != 2 else conv3x3(c)/4"},
            {"layer2.scale2"},
            {"layer3.scale2", "exits.layer2", "exits.layer3"},
            "layer 2, scale 2",
            id="in one layer",
        ),
        pytest.param(
            {"exits": "exit at 1: gap linear(3)\n  exit at 3: maxpool9x9(valid) gap linear(3)"},
            {"exits.layer3"},
            set(),
            "Scale 2 at layer 3 is 8x8",
            id="in an exit",
        ),
        pytest.param(
            {"exits": "exit at 1: gap linear(3.5)\n  exit at 3: gap lnear(3)"},
            {"exits.layer1", "exits.layer3"},
            set(),
            "",
            id="in two exits",
        ),
        pytest.param({"exits": "exits at 1, 3, 9: gap linear(3)"}, set(), set(), "", id="an exit that has no place"),
    ],
)
def test_what_failed_and_what_is_unknown_behind_it(
    said: dict[str, str], failed: set[str], unknown: set[str], message: str
) -> None:
    picture = drawn(**said)
    states = {state: {box.id for box in picture if box.state == state} for state in ("failed", "unknown")}
    assert states == {"failed": failed, "unknown": unknown}
    assert all(message in box.tooltip for box in picture if box.state == "failed")


def test_all_that_is_wrong_in_a_cell_is_told() -> None:
    picture = drawn(exits="exit at 3: conv3x3(0) bn(eps = 3) gapp linear(3)")
    (exit,) = (box for box in picture if box.state == "failed")
    for part in ("must be at least 1", "must be between 0 and 1", "'gapp'"):
        assert part in exit.tooltip


def test_a_broken_input_is_the_fault_of_what_reads_it() -> None:
    compilation = Compilation.of_text(SPEC.format(**SOUND).replace("3 x 16", "0 x 16"))
    assert compilation.graph is not None
    boxes = {box.id: box for box in draw(compilation.graph, View(), None, compilation.diagnostics)}
    assert {id for id, box in boxes.items() if box.state == "failed"} == {"stem"}
    assert "channels must be at least 1" in boxes["stem"].tooltip
    assert "image" not in boxes
