"""`msdl fmt`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from msdl import library
from msdl.language import format as formatter
from tests.cli.conftest import TINY

TIDY = """\
# A network for tests
network tiny(classes = 10, depth = 4) {
  input 3 x 16 x 16
  scales 2 {
    init   4, 8
    growth 4, 8
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {
    diagonal   conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  reduce in 2 blocks
  exits at 2, depth: gap linear(classes)
}
"""
BROKEN = "network n {\n stem conv3x3(\n}\n"


def test_a_file_is_rewritten_once(folder: Path, msdl) -> None:
    assert (msdl("fmt", "tiny.msd").out, (folder / "tiny.msd").read_text()) == ("tiny.msd: formatted\n", TIDY)
    written = (folder / "tiny.msd").stat().st_mtime_ns
    result = msdl("fmt", "tiny.msd")
    assert (result.code, result.out, result.err) == (0, "tiny.msd: unchanged\n", "")
    assert (folder / "tiny.msd").stat().st_mtime_ns == written


def test_check_names_what_would_change(folder: Path, msdl) -> None:
    (folder / "tidy.msd").write_text(TIDY)
    result = msdl("fmt", "tiny.msd", "tidy.msd", "--check")
    assert (result.code, result.out, result.err) == (1, "tiny.msd: would be formatted\n", "")
    assert (folder / "tiny.msd").read_text() == TINY
    result = msdl("fmt", "tidy.msd", "--check")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_diff_is_a_patch(folder: Path, msdl) -> None:
    (folder / "a.msd").write_text("let a=1\nlet b = 2")
    (folder / "tidy.msd").write_text(TIDY)
    result = msdl("fmt", "a.msd", "tidy.msd", "--diff")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "--- a.msd\n+++ a.msd\n@@ -1,2 +1,2 @@\n"
        "-let a=1\n-let b = 2\n\\ No newline at end of file\n+let a = 1\n+let b = 2\n"
    )
    assert (folder / "a.msd").read_text() == "let a=1\nlet b = 2"
    assert msdl("fmt", "a.msd", "--check", "--diff").code == 1
    assert msdl("fmt", "tidy.msd", "--check", "--diff").code == 0


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        (b"\xef\xbb\xbflet a = 1\n", b"let a = 1\n"),
        (b"let a = 1\r\nlet b = 2\r\n", b"let a = 1\nlet b = 2\n"),
        (b"let a = 1\r# \xc3\xa9\t!\r", b"let a = 1\n# \xc3\xa9\t!\n"),
        (b"\n", b""),
        (b"let  a = 1  # \x1b[31mred\x1b[0m\n", b"let a = 1  # \x1b[31mred\x1b[0m\n"),
    ],
)
def test_bytes(content: bytes, layout: bytes, folder: Path, msdl) -> None:
    (folder / "a.msd").write_bytes(content)
    assert msdl("fmt", "a.msd", "--check").code == 1
    assert msdl("fmt", "-", stdin=content).out.encode() == layout
    assert msdl("fmt", "a.msd").out == "a.msd: formatted\n"
    assert (folder / "a.msd").read_bytes() == layout


def test_standard_input(msdl) -> None:
    result = msdl("fmt", "-", stdin=TINY.encode())
    assert (result.code, result.out, result.err) == (0, TIDY, "")
    assert msdl("fmt", "-", stdin=b"\n").out == ""
    result = msdl("fmt", "-", "--check", stdin=TINY.encode())
    assert (result.code, result.out) == (1, "-: would be formatted\n")
    result = msdl("fmt", "-", stdin=BROKEN.encode())
    assert (result.code, result.out) == (1, "")
    assert "--> <stdin>:2:14" in result.err


def test_a_byte_order_mark_of_the_standard_input_is_told(msdl) -> None:
    assert msdl("fmt", "-", "--check", stdin=b"\xef\xbb\xbflet a = 1\n").code == 1


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="needs /dev/stdin")
def test_a_pipe_is_read_once_and_its_layout_printed(folder: Path) -> None:
    command = f"cat tiny.msd | {sys.executable} -m msdl fmt /dev/stdin"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, TIDY, "")


@pytest.mark.parametrize("option", [[], ["--check"], ["--diff"]])
def test_a_file_with_syntax_errors_is_left_as_it_is(option: list[str], folder: Path, msdl) -> None:
    (folder / "broken.msd").write_text(BROKEN)
    result = msdl("fmt", "broken.msd", *option)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error[MSD105]: ")
    assert result.err.endswith("\n\n1 error\n")
    assert (folder / "broken.msd").read_text() == BROKEN


def test_the_others_are_formatted_all_the_same(folder: Path, msdl) -> None:
    (folder / "broken.msd").write_text(BROKEN)
    (folder / "binary.msd").write_bytes(b"\xff")
    (folder / "large.msd").write_text("# large\n" * 40_000)
    result = msdl("fmt", "broken.msd", "nosuch.msd", "binary.msd", "large.msd", "x" * 300, "tiny.msd")
    assert (result.code, result.out) == (1, "tiny.msd: formatted\n")
    assert [code for code in ("MSD101", "MSD102", "MSD103", "MSD105") if code not in result.err] == []
    assert result.err.endswith("\n\n5 errors\n")


def test_what_means_nothing_is_formatted(folder: Path, msdl) -> None:
    (folder / "a.msd").write_text("network n{stem nosuch}")
    assert msdl("fmt", "a.msd").code == 0
    assert (folder / "a.msd").read_text() == "network n {\n  stem nosuch\n}\n"


def test_a_folder_means_the_files_below_it(folder: Path, msdl) -> None:
    for name in ("b/c/deep.msd", "b/other.txt", "b/.venv/hidden.msd", "b/folder.msd/a.msd"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(TINY)
    result = msdl("fmt", "b", "b/c/deep.msd")
    assert (result.code, result.out) == (0, "b/c/deep.msd: formatted\nb/folder.msd/a.msd: formatted\n")
    assert (folder / "b/.venv/hidden.msd").read_text() == TINY


def test_a_folder_without_specs(folder: Path, msdl) -> None:
    (folder / "empty").mkdir()
    result = msdl("fmt", "empty")
    assert (result.code, result.err) == (1, "error[MSD101]: 'empty' is a folder without .msd files.\n\n1 error\n")


@pytest.mark.parametrize(
    ("specs", "message"),
    [
        (["tiny.msd", "msdnet_imagenet"], "'msdnet_imagenet' is a network of the library; `msdl fmt` formats files."),
        (["tiny.msd", "resnet18:resnet18"], "'resnet18:resnet18' is a network of the library"),
        (["tiny.msd", "tiny.msd:tiny"], "`msdl fmt` formats whole files: `msdl fmt tiny.msd`."),
        (["--", "tiny.msd", "-:tiny"], "`msdl fmt` formats whole files: `msdl fmt -`."),
        (["tiny.msd", "-", "-"], "can be read once"),
        ([], "Missing argument"),
    ],
)
def test_wrong_usage_touches_nothing(specs: list[str], message: str, folder: Path, msdl) -> None:
    result = msdl("fmt", *specs)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert (folder / "tiny.msd").read_text() == TINY


def test_a_layout_that_would_change_the_meaning_is_not_written(
    folder: Path, msdl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formatter, "lay_out", lambda items: "")
    result = msdl("fmt", "tiny.msd")
    assert (result.code, result.out) == (1, "")
    assert "It is left as it was." in result.err
    assert (folder / "tiny.msd").read_text() == TINY


def test_the_library_has_the_layout(msdl) -> None:
    assert msdl("fmt", str(library.SPECS), "--check").code == 0


def test_an_empty_name_is_not_the_working_folder(folder: Path, msdl) -> None:
    (folder / "a.msd").write_text("let  a = 1")
    result = msdl("fmt", "")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error[MSD101]: The name of a spec is empty.")
    assert (folder / "a.msd").read_text() == "let  a = 1"


@pytest.mark.skipif(os.name != "posix", reason="a name that Windows refuses")
def test_a_name_does_not_steer_the_terminal(folder: Path, msdl) -> None:
    (folder / "a\x1b[31m.msd").write_text("let a = 1\n")
    assert msdl("fmt", "a\x1b[31m.msd").out == "a�[31m.msd: unchanged\n"
    assert msdl("check", "a\x1b[31m.msd").err.count("\x1b") == 0
    assert msdl("new", "mine", "--from", "a\x1b[31m").err.count("\x1b") == 0
