"""The README keeps its word: its network, its mistakes, its costs, its Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
NETWORK, CHECK, COST, PYTHON = re.findall(r"^```\w*\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
WRONG = re.search(r"^Say the last line were `(.*)`:$", README, re.MULTILINE)


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


def test_the_python(net: Path) -> None:
    exec(compile(PYTHON, "README.md", "exec"), {})


def test_its_commands(net: Path, msdl) -> None:
    for line in re.findall(r"^    msdl (.*)$", README, re.MULTILINE):
        assert msdl(*line.split("#")[0].split()).code == 0, line
