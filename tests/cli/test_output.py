"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from msdl.cli.output import Unwritable, write


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    write(str(tmp_path / "a.py"), "one\n")
    (tmp_path / "b.py").write_text("two\n")
    assert (tmp_path / "a.py").read_text() == "one\n"
    assert (tmp_path / "a.py").stat().st_mode == (tmp_path / "b.py").stat().st_mode


def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("old")
    path.chmod(0o640)
    write(str(path), "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("old")
    (tmp_path / "link.py").symlink_to("real.py")
    write(str(tmp_path / "link.py"), "new")
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "real.py").read_text() == "new"


def test_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop.py").symlink_to("loop.py")
    with pytest.raises(Unwritable, match="loop"):
        write(str(tmp_path / "loop.py"), "new")


@pytest.mark.parametrize("name", ["", ".", "new/", "nosuch/a.py", "file/a.py", "x" * 300, "nul\0l"])
def test_where_nothing_can_be_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unwritable) as caught:
        write(f"{tmp_path}/{name}", "text")
    assert caught.value.exit_code == 2
    assert caught.value.diagnostic.code == "MSD110"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_protected_file_and_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(Unwritable):
        write(str(path), "new")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(Unwritable):
            write(str(tmp_path / "b.py"), "new")
    finally:
        tmp_path.chmod(0o755)
    assert path.read_text() == "old"


def test_a_failure_on_the_way_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_text("old")

    def fail(self: Path, target: Path) -> Path:
        raise OSError(5, "the disk is on fire")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(Unwritable, match="the disk is on fire"):
        write(str(path), "new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.py"]
    assert path.read_text() == "old"


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs /dev/null")
def test_a_device_is_written_through(tmp_path: Path) -> None:
    write("/dev/null", "text")
    assert not Path("/dev/null").is_file()


def test_text_that_utf_8_cannot_say(tmp_path: Path) -> None:
    write(str(tmp_path / "a.py"), "# caf\udce9\n")
    assert (tmp_path / "a.py").read_bytes() == b"# caf\\udce9\n"
