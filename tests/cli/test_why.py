"""`msdl why`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import complete
from tests.drawing.sweeps import UNPOOLED

GOLDEN = Path(__file__).parent.parent / "golden" / "why"

# Nothing reaches the exit from the finer scale of the last layer, nor from one half of the split.
WASTEFUL = """\
block half(c) { a, b = split(in, 2); out = a -> conv3x3(c)/stride }
network wasteful {
  input 3 x 16 x 16
  scales 2 { width 4, 8 }
  stem conv3x3(width)
  vertical conv3x3(width)/2
  layers 2 {             # plain
    diagonal half(width)/2
    horizontal half(width)
  }
  layers 1 on 2 { horizontal identity }
  exit at end: gap linear(10)
}
"""


@pytest.fixture
def wasteful(folder: Path) -> str:
    (folder / "wasteful.msd").write_text(WASTEFUL)
    (folder / "unpooled.msd").write_text(UNPOOLED)
    return "wasteful.msd"


QUESTIONS = {
    "cell": ("tiny.msd", "layer1.scale1"),
    "node": ("tiny.msd", "layer2.scale2.diagonal.1"),
    "exit": ("tiny.msd", "exit2"),
    "not_needed": ("wasteful.msd", "layer2.scale1"),
    "no_node_of_its_own": ("wasteful.msd", "layer3.scale2"),
    "sweep": ("unpooled.msd", "sweep enc at scale 2"),
    "unused": ("wasteful.msd", "--unused"),
    "nothing_unused": ("tiny.msd", "--unused"),
}


@pytest.mark.parametrize("format", ["human", "json"])
@pytest.mark.parametrize("name", QUESTIONS)
def test_answers(name: str, format: str, msdl, wasteful: str, golden: Callable[[str, Path], None]) -> None:
    result = msdl("why", *QUESTIONS[name], "--format", format)
    assert (result.code, result.err) == (0, "")
    golden(result.out, GOLDEN / f"{name}.{format}.txt")


def test_the_first_exit_is_the_section_that_computes_it(msdl) -> None:
    data = json.loads(msdl("why", "msdnet_cifar_anytime", "layer7.scale2", "--format", "json").out)
    schedule = json.loads(msdl("show", "msdnet_cifar_anytime", "--stage", "schedule", "--format", "json").out)
    sections = [section["exit"] for section in schedule["sections"] if "layer7.scale2" in section["nodes"]]
    assert sections == [data["first_exit"]]


def test_parameters_are_set(msdl) -> None:
    assert "1 of 2 exits needs it" in msdl("why", "tiny.msd", "layer2.scale1").out
    assert msdl("why", "tiny.msd", "layer6.scale2").code == 2
    assert msdl("why", "tiny.msd", "layer6.scale2", "--set", "depth=8").code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["layer2.scal2"], "tiny has no cell, node or exit 'layer2.scal2'; did you mean 'layer2.scale2'?"),
        (["layer3.scale1"], "'layer3.scale1'; scale 1 has cells at layers 1 to 2"),
        (["layer2.scale2.diagonal.7"], "did you mean 'layer2.scale2.diagonal.2'?"),
        (["exits.layer3"], "did you mean 'exits.layer4'?"),
        (["%"], "'%'; `msdl show SPEC --stage graph` lists them"),
        ([], "Give either a CELL or --unused"),
        (["stem", "--unused"], "Give either a CELL or --unused"),
    ],
)
def test_bad_usage(arguments: list[str], words: str, msdl) -> None:
    result = msdl("why", "tiny.msd", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


@pytest.mark.parametrize("question", ["stem", "--unused"])
def test_an_invalid_spec(question: str, msdl) -> None:
    result = msdl("why", "tiny.msd", question, "--set", "depth=1")
    assert (result.code, result.out) == (1, "")
    assert "error[MSD" in result.err


def test_completion(process) -> None:
    assert complete(process, "msdl why tiny.msd layer4") == ["plain,layer4.scale2"]
    assert complete(process, "msdl why tiny.msd exits.") == ["plain,exits.layer2", "plain,exits.layer4"]
    assert complete(process, "msdl why tiny.msd layer4.scale2.h")[0] == "plain,layer4.scale2.horizontal.0"
    assert "plain,layer8.scale2" in complete(process, "msdl why --set depth=8 tiny.msd layer8")
    assert complete(process, "msdl why nosuch.msd lay") == []
    assert complete(process, "msdl why -- -:tiny lay") == []
    assert "plain,tiny.msd" in complete(process, "msdl why ti")
