"""The program in C++ is compiled with all warnings, and answers as msdl does.

It needs CMake, nlohmann's JSON and a release of ONNX Runtime, unpacked in build/onnxruntime or where the environment
variable ONNXRUNTIME says; .ci/run puts one together there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.examples.exports import CASES, Export, agree

ROOT = Path(__file__).parents[2]
ONNXRUNTIME = Path(os.environ.get("ONNXRUNTIME", ROOT / "build" / "onnxruntime"))

pytestmark = [
    pytest.mark.skipif(shutil.which("cmake") is None, reason="no CMake is found"),
    pytest.mark.skipif(not ONNXRUNTIME.is_dir(), reason=f"no release of ONNX Runtime lies in {ONNXRUNTIME}"),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("onnx")
    build = tmp_path_factory.mktemp("build")
    options = (f"-DONNXRUNTIME={ONNXRUNTIME}", "-DCMAKE_CXX_FLAGS=-Werror", "-DCMAKE_BUILD_TYPE=Debug")
    for step in (("-S", ROOT / "examples" / "deploy_cpp", "-B", build, *options), ("--build", build)):
        done = subprocess.run(["cmake", *step], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    return build / "classify"


def run(program: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    # The release has its files' names with versions, which a copy put together from a package may lack.
    environment = {**os.environ, "LD_LIBRARY_PATH": str(ONNXRUNTIME / "lib")}
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment)


@pytest.mark.slow
@pytest.mark.parametrize(("channels", "suffix"), [(1, ".pgm"), (3, ".ppm")])
def test_it_answers_as_msdl_does(program: Path, channels: int, suffix: str, tmp_path: Path) -> None:
    export = Export(tmp_path, channels)
    paths = export.write_pictures(tmp_path, suffix)
    for case in CASES:
        policy = export.policy(case)
        export.under(policy)
        done = run(program, export.folder, *paths)
        assert done.returncode == 0, done.stderr
        found = [json.loads(line) for line in done.stdout.splitlines()]
        assert agree(found, export.answers(policy)), case
        assert [line["image"] for line in found] == [*map(str, paths)]
        assert all(line["ms"] > 0 for line in found)


@pytest.mark.slow
def test_without_a_policy_all_go_to_the_last_exit(program: Path, tmp_path: Path) -> None:
    export = Export(tmp_path)
    export.under(None)
    done = run(program, export.folder, *export.write_pictures(tmp_path, ".ppm"))
    assert {json.loads(line)["exit"] for line in done.stdout.splitlines()} == {export.manifest.exits[-1].name}


def broken_section(export: Export, picture: Path) -> None:
    (export.folder / "section2.onnx").write_bytes(b"onnx")


def no_manifest(export: Export, picture: Path) -> None:
    (export.folder / "manifest.json").unlink()


def never_trained(export: Export, picture: Path) -> None:
    export.manifest.write()


def no_picture(export: Export, picture: Path) -> None:
    picture.unlink()


def cut_picture(export: Export, picture: Path) -> None:
    picture.write_bytes(picture.read_bytes()[:-1])


def another_size(export: Export, picture: Path) -> None:
    picture.write_bytes(b"P6 8 9 255\n" + bytes(8 * 9 * 3))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (broken_section, "section2.onnx"),
        (no_manifest, "is not an export: it has no manifest.json"),
        (never_trained, "a network that was never trained"),
        (no_picture, "can't be read as a binary .pgm or .ppm"),
        (cut_picture, "is cut short"),
        (another_size, "is not of the size or the colours that the network reads"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_it_refuses(program: Path, spoil: Callable[[Export, Path], None], said: str, tmp_path: Path) -> None:
    export = Export(tmp_path)
    export.under(None)
    picture = export.write_pictures(tmp_path, ".ppm")[0]
    spoil(export, picture)
    done = run(program, export.folder, picture)
    assert done.returncode == 1 and done.stdout == ""
    assert said in done.stderr
