"""The pipeline as Python sees it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from msdl import Compilation, SpecError

SPEC = """
network small(classes = 3, depth = 4) {
  input 3 x 8 x 8
  stem conv3x3(4) bn relu
  layers depth dense(2) { horizontal conv3x3(share) bn relu }
  exits at 2, depth: gap linear(classes)
}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "small.msd"
    path.write_text(SPEC)
    return path


def test_every_stage_can_be_looked_at(spec: Path) -> None:
    compilation = Compilation.of(spec)
    assert compilation.valid
    assert compilation.diagnostics == ()
    assert compilation.document is not None
    assert compilation.spec is not None
    assert compilation.spec.parameters == {"classes": 3, "depth": 4}
    assert compilation.graph is not None
    assert [exit.name for exit in compilation.network.exits] == ["exit1", "exit2"]
    assert [section.exit.name for section in compilation.schedule.sections] == ["exit1", "exit2"]
    assert compilation.costs.exits[-1].channels == 4 + 4 * 2
    assert "class Network(nn.Module)" in compilation.emit("torch")


def test_parameters_are_overridden(spec: Path) -> None:
    assert Compilation.of(spec, depth=6).costs.exits[-1].layer == 6
    assert Compilation.of(spec, depth="2 * 3").costs.exits[-1].layer == 6


@pytest.mark.parametrize("exit", [2, "2", "exit2"])
def test_one_exit_alone_keeps_its_name_and_its_cells(spec: Path, exit: str | int) -> None:
    alone = Compilation.of(spec, exit=exit)
    everything = Compilation.of(spec)
    assert [section.exit.name for section in alone.schedule.sections] == ["exit2"]
    assert set(alone.network.nodes) < set(everything.network.nodes)
    assert alone.costs.macs == everything.costs.exits[1].macs.direct


def test_an_exit_that_is_not_there(spec: Path) -> None:
    (found,) = Compilation.of(spec, exit="last").diagnostics
    assert (found.code, found.message) == ("MSD507", "There is no exit 'last'; the exits are: exit1, exit2.")


def test_of_never_raises_but_what_follows_from_errors_does(tmp_path: Path) -> None:
    missing = Compilation.of(tmp_path / "missing.msd")
    assert not missing.valid
    assert [found.code for found in missing.diagnostics] == ["MSD101"]
    for value in ("network", "schedule", "costs"):
        with pytest.raises(SpecError, match="MSD101"):
            getattr(missing, value)
    with pytest.raises(SpecError, match="MSD101"):
        missing.emit()


def test_a_spec_at_hand_as_text() -> None:
    assert Compilation.of_text(SPEC).costs.network == "small"
    assert [found.code for found in Compilation.of_text("network n { }").diagnostics] == ["MSD210", "MSD212"]


def test_an_unknown_target(spec: Path) -> None:
    with pytest.raises(ValueError, match="tensorflow"):
        Compilation.of(spec).emit("tensorflow")


def test_the_digest_follows_the_text_and_the_parameters(spec: Path) -> None:
    digests = {
        Compilation.of(spec).digest,
        Compilation.of(spec, depth=6).digest,
        Compilation.of_text(SPEC + "\n").digest,
    }
    assert len(digests) == 3
    assert Compilation.of(spec).digest == Compilation.of_text(SPEC).digest


def test_the_compiler_loads_no_torch(spec: Path) -> None:
    program = (
        "import sys, msdl\n"
        f"c = msdl.Compilation.of({str(spec)!r})\n"
        "assert c.valid, c.diagnostics\n"
        "c.costs; c.emit()\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_importing_msdl_loads_nothing_heavy() -> None:
    program = "import sys, msdl; assert not {'torch', 'lark', 'networkx', 'jinja2', 'rich'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
