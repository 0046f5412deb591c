"""`msdl draw`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from msdl.figure import FORMATS

STARTS = {
    "svg": b"<?xml",
    "pdf": b"%PDF-",
    "png": b"\x89PNG",
    "html": b"<!doctype html>",
    "dot": b"digraph tiny {",
    "tex": b"%",
}
SUMMARY = "8 cells, 2 exits, 22 connections"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("spelt", [str.lower, str.upper])
def test_the_suffix_is_the_format(format: str, spelt, folder: Path, msdl) -> None:
    name = f"tiny.{spelt(format)}"
    result = msdl("draw", "tiny.msd", "-o", name)
    assert (result.code, result.out, result.err) == (0, f"{name}: {SUMMARY}\n", "")
    assert (folder / name).read_bytes()[:20].lower().startswith(STARTS[format].lower())


def test_to_the_standard_output(folder: Path, msdl) -> None:
    """SVG, and nothing but the drawing."""
    result = msdl("draw", "tiny.msd", "-o", "-")
    msdl("draw", "tiny.msd", "-o", "tiny.svg")
    assert (result.code, result.out, result.err) == (0, (folder / "tiny.svg").read_text(), "")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], ["-o net.svg"]),
        (["-o", "tiny.gif"], ["'.gif' is no format", "svg, pdf, png, html, dot, tex"]),
        (["-o", "tiny"], ["'tiny' has no suffix", "svg, pdf, png, html, dot, tex"]),
        (["-o", ""], ["has no suffix"]),
        (["-o", "tiny.msd"], ["'.msd' is no format"]),
        (["-o", "folder.svg/"], ["can't be written"]),
        (["-o", "nosuch/tiny.svg"], ["error[MSD110]", "can't be written: No such file or directory."]),
        (["-o", "tiny.svg", "--dense", "some"], ["'some' is not one of 'auto', 'all', 'fold'"]),
    ],
)
def test_wrong_use(options: list[str], words: list[str], folder: Path, msdl) -> None:
    result = msdl("draw", "tiny.msd", *options)
    assert (result.code, result.out) == (2, "")
    assert all(word in result.err for word in words)
    assert [path.name for path in folder.iterdir()] == ["tiny.msd"]


@pytest.mark.parametrize("name", ["1", "exit1"])
def test_an_exit_by_number_or_name(name: str, folder: Path, msdl) -> None:
    assert msdl("draw", "tiny.msd", "--exit", name, "-o", "one.svg").code == 0
    drawn = (folder / "one.svg").read_text()
    assert 'class="node exit needed"' in drawn and 'class="node exit later"' in drawn


@pytest.mark.parametrize("name", ["0", "7", "-1", "nosuch", "", "9" * 5_000, "²"])
def test_an_exit_that_is_not_there(name: str, folder: Path, msdl) -> None:
    result = msdl("draw", "tiny.msd", f"--exit={name}", "-o", "one.svg")
    assert result.code == 1
    assert "error[MSD507]: There is no exit" in result.err
    assert not (folder / "one.svg").exists()


@pytest.mark.parametrize(
    ("options", "marks"),
    [
        (["--order"], [">1</text>", ">10</text>"]),
        (["--cost"], [" MACs</text>"]),
        (["--dense", "fold"], [" bold"]),
        (["--detail", "ops"], ['id="stem.0"', 'id="layer1.scale2.diagonal.0"']),
        (["--set", "depth=2"], ["layer 2</text>"]),
    ],
)
def test_options(options: list[str], marks: list[str], folder: Path, msdl) -> None:
    plain, with_option = (msdl("draw", "tiny.msd", *given, "-o", "-").out for given in ([], options))
    assert all(mark in with_option for mark in marks)
    assert plain != with_option


def test_a_broken_spec_is_drawn_and_told(folder: Path, msdl) -> None:
    spec = (folder / "tiny.msd").read_text()
    (folder / "bad.msd").write_text(spec.replace("gap", "gapp"))
    result = msdl("draw", "bad.msd", "-o", "bad.svg", "--exit", "1", "--order", "--cost")
    assert (result.code, result.out) == (1, f"bad.svg: {SUMMARY}\n")
    assert "error[MSD201]: There is no op, block or name 'gapp' here." in result.err
    drawn = (folder / "bad.svg").read_text()
    assert 'class="node exit failed"' in drawn
    assert "no op, block or name &#39;gapp&#39; here" in drawn


@pytest.mark.parametrize("text", ["", "network", "let a = 1", "network n { layers 99999999 { horizontal relu } }"])
def test_where_nothing_elaborates_nothing_is_written(text: str, folder: Path, msdl) -> None:
    (folder / "bad.msd").write_text(text)
    (folder / "bad.svg").write_text("mine")
    result = msdl("draw", "bad.msd", "-o", "bad.svg")
    assert (result.code, result.out) == (1, "")
    assert "error[" in result.err
    assert (folder / "bad.svg").read_text() == "mine"


@pytest.mark.parametrize(
    ("layers", "options", "reason"),
    [
        (5_000, [], "the network has 5,001 cells, and 5,000 are the most that are drawn."),
        (600, ["--dense", "all"], "it would have 179,700 dense connections; fold them."),
    ],
)
def test_a_drawing_that_would_be_too_large(layers: int, options: list[str], reason: str, folder: Path, msdl) -> None:
    (folder / "deep.msd").write_text(
        "network deep { input 3 x 4 x 4; stem conv1x1(1);"
        f"layers {layers} dense(1) {{ horizontal conv1x1(share) }}; exit at end: gap linear(2) }}"
    )
    result = msdl("draw", "deep.msd", "-o", "deep.svg", *options)
    assert (result.code, result.out) == (2, "")
    assert f"The drawing would be too large: {reason}" in result.err
    assert not (folder / "deep.svg").exists()


@pytest.mark.parametrize("format", ["svg", "pdf", "png", "html"])
def test_without_a_renderer(format: str, folder: Path, msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    """The drawing can still be had as text."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    result = msdl("draw", "tiny.msd", "-o", f"tiny.{format}")
    assert (result.code, result.out) == (2, "")
    assert "'pygraphviz'" in result.err and "`pip install 'pygraphviz>=2'`" in result.err
    assert "`-o tiny.dot`" in result.err
    assert not (folder / f"tiny.{format}").exists()
    for text in ("dot", "tex"):
        assert msdl("draw", "tiny.msd", "-o", f"tiny.{text}").code == 0


def test_nothing_is_said_by_others(folder: Path, process) -> None:
    """Graphviz and fontconfig write to the standard error of the process, past Python's."""
    for format in ("svg", "png", "pdf"):
        result = process("draw", "msdnet_cifar_anytime", "--exit", "3", "--order", "--cost", "-o", f"net.{format}")
        assert (result.code, result.err) == (0, "")


def test_what_is_loaded(folder: Path) -> None:
    """Drawing needs neither torch nor, unless the order is asked for, networkx."""
    script = (
        "import json, sys; from msdl.cli.app import run; run(['draw', 'tiny.msd', '-o', 'tiny.svg']);"
        "print(json.dumps([name for name in ('torch', 'networkx', 'rich') if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_the_format_can_be_said(folder: Path, msdl) -> None:
    result = msdl("draw", "tiny.msd", "-o", "-", "--format", "dot")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("digraph tiny {")
    assert msdl("draw", "tiny.msd", "-o", "tiny.picture", "--format", "svg").code == 0
    assert (folder / "tiny.picture").read_text().startswith("<?xml")


def test_dot_is_offered_where_nothing_can_be_written(msdl) -> None:
    result = msdl("draw", "tiny.msd", "-o", "nosuch/tiny.svg")
    assert "= help: `-o - --format dot` puts the drawing on the standard output, as DOT" in result.err


def test_nothing_to_draw_is_said(folder: Path, msdl) -> None:
    (folder / "none.msd").write_text("network none {")
    result = msdl("draw", "none.msd", "-o", "none.svg")
    assert (result.code, result.out) == (1, "")
    assert result.err.endswith("Nothing is drawn: there is no grid yet.\n")
    assert not (folder / "none.svg").exists()
