"""The example in Python answers as msdl does, where neither msdl nor torch can be imported."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.examples.exports import CASES, Case, Export, agree

np = pytest.importorskip("numpy")
pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

EXAMPLE = Path(__file__).parents[2] / "examples" / "onnx_only.py"
ALONE = (
    "import runpy, sys; sys.modules |= dict.fromkeys(('msdl', 'torch', 'PIL'));"
    "sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    return Export(tmp_path_factory.mktemp("onnx_only"))


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ALONE, EXAMPLE, *map(str, arguments), "--threads=1"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def answers(*arguments: object) -> list[dict[str, Any]]:
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def written(export: Export, path: Path) -> Path:
    """The pictures in one file."""
    np.save(path, export.pixels.permute(0, 2, 3, 1).numpy())
    return path


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_answers_as_msdl_does(export: Export, case: Case, tmp_path: Path) -> None:
    policy = export.policy(case)
    export.under(policy)
    wanted = export.answers(policy)
    assert {answer["exit"] for answer in wanted} == {*policy.exits}
    images = written(export, tmp_path / "images.npy")
    for size in (1, 7):
        found = answers(export.folder, images, "--batch-size", size)
        assert agree(found, wanted)
        assert found[3]["image"] == f"{images}[3]"


def test_without_a_policy_all_go_to_the_last_exit(export: Export, tmp_path: Path) -> None:
    export.under(None)
    found = answers(export.folder, written(export, tmp_path / "images.npy"))
    assert {answer["exit"] for answer in found} == {export.manifest.exits[-1].name}


@pytest.mark.parametrize(("channels", "suffix"), [(1, ".pgm"), (3, ".ppm")])
def test_pictures(channels: int, suffix: str, tmp_path: Path) -> None:
    export = Export(tmp_path, channels)
    policy = export.policy(Case())
    export.under(policy)
    paths = export.write_pictures(tmp_path, suffix)
    header, pixels = paths[0].read_bytes().split(b"255\n", 1)
    paths[0].write_bytes(header.replace(b"\n", b"\n# drawn by lot\n", 1) + b"255 " + pixels)
    assert agree(answers(export.folder, *paths), export.answers(policy))


def another_size(export: Export, path: Path) -> None:
    np.save(path, np.zeros((2, 8, 9, 3), np.uint8))


def fractions(export: Export, path: Path) -> None:
    np.save(path, np.zeros((2, 8, 8, 3), np.float32))


def not_an_array(export: Export, path: Path) -> None:
    path.write_bytes(b"no array")


def another_section(export: Export, path: Path) -> None:
    (export.folder / "section2.onnx").write_bytes(b"onnx")


def no_section(export: Export, path: Path) -> None:
    (export.folder / "section3.onnx").unlink()


def another_target(export: Export, path: Path) -> None:
    manifest = export.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"target": "onnx"', '"target": "pt2"'))


def never_trained(export: Export, path: Path) -> None:
    export.manifest.write()


def no_export(export: Export, path: Path) -> None:
    (export.folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (another_size, "images of 8 x 9 x 3, uint8; the network reads 8 x 8 x 3, uint8"),
        (fractions, "images of 8 x 8 x 3, float32; the network reads"),
        (not_an_array, "holds no array of numbers"),
        (another_section, "section2.onnx' is not the file that manifest.json describes"),
        (no_section, "No such file or directory"),
        (another_target, "is no ONNX export of format version 1"),
        (never_trained, "a network that was never trained"),
        (no_export, "manifest.json"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_it_refuses(spoil: Callable[[Export, Path], None], said: str, tmp_path: Path) -> None:
    export = Export(tmp_path)
    export.under(None)
    images = written(export, tmp_path / "images.npy")
    spoil(export, images)
    done = run(export.folder, images)
    assert done.returncode == 1 and done.stdout == ""
    assert said in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("content", [b"P6 8 8 255\n\0\0\0", b"P3 8 8 255\n0 0 0", b"\x89PNG"], ids=["cut", "P3", "PNG"])
def test_pictures_that_it_refuses(export: Export, content: bytes, tmp_path: Path) -> None:
    export.under(None)
    picture = tmp_path / "picture.ppm"
    picture.write_bytes(content)
    done = run(export.folder, picture)
    assert done.returncode == 1
    assert done.stderr.startswith(f"'{picture}' is ") and done.stderr.count("\n") == 1
