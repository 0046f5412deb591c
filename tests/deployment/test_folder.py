"""An export's folder: whole or not at all."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from msdl.deployment.folder import filled, insist_on_place
from msdl.network.schedule import Value
from msdl.runtime.errors import InputError
from msdl.runtime.manifest import MANIFEST, TIMES, Manifest, Part, sha256
from msdl.runtime.run import Exit
from msdl.runtime.trained import Trained


def write_export(folder: Path, file: str) -> None:
    """An export of one graph, in an empty folder."""
    (folder / file).write_bytes(b"graph")
    value = Value("image", (1, 2, 2))
    part = Part("exit1", file, sha256(b"graph"), (value,), (Value("logits", (3,)),))
    exits = (Exit("exit1", 1, 1),)
    Manifest(folder, "net", "", {}, "onnx", (1, 2, 2), exits, (part,), (), None, None, None, {}, {}).write()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("before", ["nothing", "nothing, two levels up", "an empty folder", "a link to one"])
def test_what_was_filled_is_there_when_all_has_gone_well(before: str, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" if "two" in before else tmp_path / "out"
    if before == "an empty folder":
        folder.mkdir()
    if "link" in before:
        (tmp_path / "elsewhere").mkdir()
        folder.symlink_to(tmp_path / "elsewhere")
    with filled(folder) as place:
        write_export(place, "section1.onnx")
        assert not (folder / MANIFEST).exists()
    assert names(folder) == [MANIFEST, "section1.onnx"]
    assert not [name for name in names(tmp_path) if name.startswith(".")]


def interrupted(folder: Path) -> None:
    with filled(folder) as place:
        (place / "section1.onnx").write_bytes(b"graph")
        raise KeyboardInterrupt


@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_left_of_what_failed(there: bool, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    if there:
        folder.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(KeyboardInterrupt):
        interrupted(folder)
    assert sorted(tmp_path.rglob("*")) == before


def signalled(folder: Path) -> None:
    with filled(folder) as place:
        (place / "section1.onnx").write_bytes(b"graph")
        signal.raise_signal(signal.SIGINT)


def test_who_ends_the_process_when_interrupted_leaves_nothing_either(tmp_path: Path) -> None:
    left: list[list[str]] = []
    before = signal.signal(signal.SIGINT, lambda *_: left.append(names(tmp_path)))
    try:
        with pytest.raises(InputError, match="can't be written: No such file or directory"):
            signalled(tmp_path / "out")
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert left == [[], []]


def test_a_new_export_takes_the_place_of_an_old_one_and_leaves_the_rest(tmp_path: Path) -> None:
    write_export(tmp_path, "section2.onnx")
    for name in (TIMES, "index.html"):
        (tmp_path / name).write_text("mine")
    insist_on_place(tmp_path, None, force=True)
    with filled(tmp_path) as place:
        write_export(place, "section1.onnx")
    assert names(tmp_path) == ["index.html", MANIFEST, "section1.onnx"]
    assert Manifest.read(tmp_path).sections[0].file == "section1.onnx"


def with_file(folder: Path) -> Path:
    folder.mkdir()
    (folder / "notes.txt").touch()
    return folder


def a_file(path: Path) -> Path:
    path.touch()
    return path


def an_export(folder: Path) -> Path:
    folder.mkdir()
    write_export(folder, "section1.onnx")
    return folder


@pytest.mark.parametrize(
    ("make", "force", "said"),
    [
        (with_file, False, "'{path}' exists, and is not an empty folder."),
        (with_file, True, "'{path}' exists, and is not an empty folder."),
        (a_file, True, "'{path}' exists, and is not an empty folder."),
        (an_export, False, "'{path}' holds an export already."),
    ],
)
def test_what_is_there_is_kept(make, force: bool, said: str, tmp_path: Path) -> None:
    path = make(tmp_path / "out")
    before = sorted(path.rglob("*"))
    with pytest.raises(InputError) as raised:
        insist_on_place(path, None, force)
    assert str(raised.value) == said.format(path=path)
    assert sorted(path.rglob("*")) == before


@pytest.mark.parametrize("below", ["", "onnx", "checkpoints/../onnx"])
def test_a_run_keeps_its_folder(below: str, run: Trained) -> None:
    assert run.run is not None
    with pytest.raises(InputError, match="lies in the run"):
        insist_on_place(run.run.folder / below, run.run, force=True)


def test_a_place_beside_a_run_is_free(run: Trained) -> None:
    assert run.run is not None
    insist_on_place(run.run.folder.with_name("run2"), run.run, force=False)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_to_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="can't be written: Permission denied"), filled(tmp_path / "out"):
        pass


def test_a_place_below_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="can't be written: Not a directory"), filled(tmp_path / "file" / "out"):
        pass


def test_a_link_that_leads_to_itself_is_said(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.symlink_to("out")
    insist_on_place(path, None, force=False)
    with pytest.raises(InputError, match="out' can't be written"), filled(path):
        pass
    assert [*tmp_path.iterdir()] == [path]
