"""The README keeps its word: its network, its mistakes, its costs, its Python."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch
from PIL import Image

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NETWORK, CHECK, COST, COMPILED, TRAINED, LINES = re.findall(r"^```\w*\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
WRONG = re.search(r"^Say the last line were `(.*)`:$", README, re.MULTILINE)
# What keeps a test short.
SHORTER = {
    "train": ("--epochs", "1"),
    "evaluate": ("--budgets", "2"),
    "bench": ("--batch", "1", "--runs", "2", "--images", "8"),
}


@pytest.fixture
def net(folder: Path) -> Path:
    path = folder / "net.msd"
    path.write_text(NETWORK)
    return path


def test_the_network_has_fifteen_lines(net: Path, msdl) -> None:
    assert NETWORK.count("\n") == 15
    assert msdl("check", "net.msd").out == "net.msd: ok\n"


def test_the_network_has_the_layout(net: Path, msdl) -> None:
    assert msdl("fmt", "net.msd", "--check").code == 0


def test_the_mistakes(net: Path, msdl) -> None:
    assert WRONG is not None
    net.write_text(re.sub(r"exits at .*", WRONG[1], NETWORK))
    result = msdl("check", "net.msd")
    assert result.code == 1
    assert f"$ msdl check net.msd\n{result.err}" == CHECK


def test_the_costs(net: Path, msdl) -> None:
    assert f"$ msdl cost net.msd\n{msdl('cost', 'net.msd').out}".startswith(COST)


@pytest.fixture
def photos(folder: Path) -> Path:
    """The pictures of the README: a dark one and a bright one."""
    for name, grey in (("zero", 0), ("seven", 200)):
        path = folder / "photos" / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("L", (8, 8), grey).save(path)
    return folder / "photos"


def test_its_commands_and_its_python(net: Path, photos: Path, msdl) -> None:
    """The commands stand in an order in which they work; what is trained is there for Python."""
    torch.set_num_threads(1)
    said: dict[str, str] = {}
    for line in re.findall(r"^    msdl (.*)$", README, re.MULTILINE):
        command, *arguments = line.split("#")[0].split()
        result = msdl(command, *arguments, *SHORTER.get(command, ()))
        assert result.code == 0, (line, result.err)
        said.setdefault(command, result.out)
    exec(compile(COMPILED + TRAINED, "README.md", "exec"), {})
    told, written = ([json.loads(line) for line in text.splitlines()] for text in (LINES, said["predict"]))
    assert [line.keys() for line in told] == [line.keys() for line in written]
    assert {line["image"] for line in told} == {line["image"] for line in written}
