"""`msdl diff`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import TINY, Result

GOLDEN = Path(__file__).parent.parent / "golden" / "diff"


@pytest.fixture
def compared(folder: Path, msdl) -> Callable[..., Result]:
    """`compared(text, {old: new, ..})` compares a network with itself, some words replaced by others."""

    def compare(text: str, replaced: dict[str, str], *options: str) -> Result:
        other = text
        for old, new in replaced.items():
            assert old in other
            other = other.replace(old, new)
        (folder / "old.msd").write_text(text)
        (folder / "new.msd").write_text(other)
        return msdl("diff", "old.msd", "new.msd", *options)

    return compare


# What another network says instead, and whether weights load into it.
OTHERS: dict[str, tuple[dict[str, str], bool]] = {
    "same": ({"# A network for tests": ""}, True),
    "another_meaning": (
        {
            "diagonal conv3x3(share)/2 bn relu": "diagonal conv3x3(share)/2 bn(eps = 0.001) relu6",
            "horizontal conv3x3(share) bn relu": "horizontal conv3x3(share) bn",
            "3 x 16 x 16": "3 x 32 x 32",
        },
        True,
    ),
    "other_tensors": (
        {
            "stem conv3x3(init) bn relu": "stem conv3x3(init, bias) relu bn",
            "diagonal conv3x3(share)/2": "diagonal conv1x1(share)/2",
            "exits at 2, depth": "exits at 1, depth",
        },
        False,
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_for_a_person(name: str, compared, golden: Callable[[str, Path], None]) -> None:
    replaced, loads = OTHERS[name]
    result = compared(TINY, replaced)
    assert (result.code, result.err) == (0 if loads else 1, "")
    golden(result.out, GOLDEN / f"{name}.human.txt")


SMALL = """\
# Two layers
network small {
  input 3 x 8 x 8
  scales 1
  stem conv3x3(4)
  layers 2 { horizontal conv1x1(4) relu }
  exit at end: gap linear(2)
}
"""


@pytest.mark.parametrize(
    ("name", "replaced", "loads"),
    [
        ("same", {"# Two layers": ""}, True),
        ("another_meaning", {"relu": "elu", "8 x 8": "4 x 4"}, True),
        ("other_tensors", {"linear(2)": "linear(3) relu linear(2)"}, False),
    ],
)
def test_as_json(
    name: str, replaced: dict[str, str], loads: bool, compared, golden: Callable[[str, Path], None]
) -> None:
    result = compared(SMALL, replaced, "--format", "json")
    assert (result.code, result.err) == (0 if loads else 1, "")
    golden(result.out, GOLDEN / f"{name}.json.txt")


def test_the_contract_of_json(msdl) -> None:
    data = json.loads(msdl("diff", "tiny.msd", "tiny.msd", "--set-new", "classes=7", "--format", "json").out)
    assert data["format_version"] == 1
    assert (data["loads"], data["same"], data["kept"]) == (False, False, 22)
    assert [change["id"] for change in data["reshaped"]] == ["exits.layer2.1", "exits.layer4.1"]
    first = data["reshaped"][0]
    assert (first["old"]["tensors"], first["new"]["tensors"]) == (
        {"weight": [10, 24], "bias": [10]},
        {"weight": [7, 24], "bias": [7]},
    )
    assert [data[kind] for kind in ("added", "removed", "altered", "alone")] == [[], [], [], []]
    assert (data["same_input"], data["same_exits"]) == (True, True)
    assert [exit["cell"] for exit in data["exits"]] == ["exits.layer2", "exits.layer4"]


def test_costs_are_those_of_cost(msdl) -> None:
    data = json.loads(msdl("diff", "tiny.msd", "tiny.msd", "--set-new", "depth=6", "--format", "json").out)
    for side, settings in (("old", []), ("new", ["--set", "depth=6"])):
        costs = json.loads(msdl("cost", "tiny.msd", *settings, "--format", "json").out)["exits"]
        found = [exit[side] for exit in data["exits"] if exit[side] is not None]
        assert found == costs


@pytest.mark.parametrize(
    ("arguments", "loads"),
    [
        ([], True),
        (["--set", "depth=6"], True),
        (["--set-old", "depth=6"], False),
        (["--set-new", "depth=6"], False),
        (["--set-old", "depth=6", "--set-new", "depth=6"], True),
        (["--set", "depth=6", "--set-new", "depth=4"], False),
        (["--set", "depth=6", "--set-new", "depth=4", "--set-old", "depth=4"], True),
    ],
)
def test_parameters_are_set_in_both_or_one(arguments: list[str], loads: bool, msdl) -> None:
    assert msdl("diff", "tiny.msd", "tiny.msd", *arguments).code == (0 if loads else 1)


def test_long_lists_are_cut(msdl) -> None:
    arguments = ("diff", "tiny.msd", "tiny.msd", "--set-new", "depth=8")
    short, long = msdl(*arguments).out, msdl(*arguments, "--all").out
    assert "more: --all lists them" in short
    assert "more: --all lists them" not in long
    assert "layer8.scale2.horizontal.1" not in short
    assert "layer8.scale2.horizontal.1" in long


def test_exact(msdl) -> None:
    arguments = ("diff", "msdnet_imagenet", "msdnet_imagenet", "--set-new", "classes=10")
    rounded, exact = (msdl(*arguments, *flag).out.partition("exit5")[2].split() for flag in ([], ["--exact"]))
    assert rounded[1:4] == ["23.96M", "21.99M", "-8.2%"]
    assert exact[1:4] == ["23,958,440", "21,989,330", "-8.2%"]


def test_a_narrow_terminal_has_a_table_a_quantity(msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    def tables() -> list[str]:
        lines = msdl("diff", "tiny.msd", "tiny.msd", "--set-new", "classes=7").out.splitlines()
        return [line for line in lines if line.startswith(("exit", "   "))]

    titles = ["parameters", "MACs lazy", "MACs direct"]
    whole = tables()
    assert whole[0].split("  ")[-1:] == titles[-1:]
    assert len(whole) == 4
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    narrow = tables()
    assert [line.strip() for line in narrow[::4]] == titles
    assert max(map(len, narrow)) <= 60 < max(map(len, whole))


@pytest.mark.parametrize(("old", "new"), [("tiny.msd", "bad.msd"), ("bad.msd", "tiny.msd"), ("bad.msd", "bad.msd")])
def test_an_invalid_spec(old: str, new: str, folder: Path, msdl) -> None:
    (folder / "bad.msd").write_text(TINY.replace("2, depth:", "2, 9:"))
    result = msdl("diff", old, new)
    assert (result.code, result.out) == (1, "")
    assert result.err.count("error[MSD") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tiny.msd"], "Missing argument 'NEW'"),
        (["-", "-"], "can be read once"),
        (["--", "-:a", "-:b"], "can be read once"),
        (["tiny.msd", "tiny.msd", "--set-new", "depth"], "doesn't have the form NAME=VALUE"),
    ],
)
def test_bad_usage(arguments: list[str], words: str, msdl) -> None:
    result = msdl("diff", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_the_standard_input(msdl) -> None:
    assert msdl("diff", "-", "tiny.msd", stdin=TINY.encode()).code == 0
