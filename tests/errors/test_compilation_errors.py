"""Mistakes that no spec holds alone (paths, `--set`, the choice of a network), and the silence of valid specs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from msdl import library
from msdl.compilation import Compilation
from msdl.diagnostics import Severity
from msdl.report import render

SPEC = """network n(depth = 2, classes = 10) {
  input 3 x 32 x 32
  stem conv3x3(16)
  layers depth { horizontal conv3x3(16) }
  exits at 1..depth: gap linear(classes)
}
"""
TWO = SPEC + SPEC.replace("network n", "network other")


def shown(text: str, **keywords: Any) -> str:
    return render(Compilation.of_text(text, name="spec.msd", **keywords).diagnostics, "human")


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("missing.msd", "error[MSD101]: There is no file and no library network 'missing.msd'.\n"),
        ("resnet81", "error[MSD101]: There is no file and no library network 'resnet81'.\n"),
        ("folder", "error[MSD101]: 'folder' is a folder; a spec is a file.\n"),
        ("binary.msd", "error[MSD102]: 'binary.msd' is not a text file: byte 0 is not UTF-8.\n"),
        ("null.msd", "error[MSD102]: 'null.msd' is not a text file: it holds a null character at 3.\n"),
        ("large.msd", "error[MSD103]: 'large.msd' is larger than 256 KiB, the most a spec may hold.\n"),
        ("two.msd", "error[MSD109]: 'two.msd' holds several networks: n, other.\n"),
        ("two.msd:third", "error[MSD109]: 'two.msd' has no network 'third'.\n"),
    ],
)
def test_paths(spec: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary.msd").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "null.msd").write_bytes(b"let\0")
    (tmp_path / "large.msd").write_bytes(b"#" * 5_000_000)
    (tmp_path / "two.msd").write_text(TWO)
    found = render(Compilation.of(spec).diagnostics, "human")
    assert found.startswith(expected)


def test_too_many_characters() -> None:
    assert shown("#" * (256 * 1024) + "\n").startswith("error[MSD103]: 'spec.msd' holds 262,145 characters;")


def test_the_largest_source_is_read() -> None:
    assert shown(SPEC + "#" * (256 * 1024 - len(SPEC))) == ""


def test_unknown_parameter() -> None:
    assert shown(SPEC, clases=5) == (
        "error[MSD206]: Network 'n' has no parameter 'clases'.\n"
        " --> spec.msd:1:9\n"
        "  |\n"
        "1 | network n(depth = 2, classes = 10) {\n"
        "  |         ^ declared here\n"
        "  |\n"
        "  = help: did you mean 'classes'?\n"
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0", "MSD302"),
        ("-3", "MSD302"),
        ("2.5", "MSD301"),
        (2.5, "MSD301"),
        ("", "MSD104"),
        ("3;4", "MSD104"),
        ("conv3x3(3)", "MSD201"),
        ("n", "MSD201"),
        ("2^2^2^2^2^2", "MSD303"),
        ("1/0", "MSD304"),
        (10**20, "MSD303"),
        (float("nan"), "MSD303"),
        (float("inf"), "MSD303"),
        ("999999999", "MSD516"),
        ("'; import os", "MSD104"),
        ("3" * 5_000, "MSD303"),
        ("(" * 5_000, "MSD106"),
    ],
)
def test_values_of_parameters(value: int | float | str, code: str) -> None:
    """A value from the command line is checked as the source is: it never raises."""
    found = Compilation.of_text(SPEC, depth=value).diagnostics
    assert [d.code for d in found] == [code]
    for diagnostic in found:
        if diagnostic.span is not None:
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(diagnostic.span.source.text)
    render(found, "human")


@pytest.mark.parametrize(("value", "depth"), [("3", 3), (3, 3), (3.0, 3), ("1 + 2", 3), ("2^1 + 1", 3), ("0.003K", 3)])
def test_good_values_of_parameters(value: int | float | str, depth: int) -> None:
    compilation = Compilation.of_text(SPEC, depth=value)
    assert compilation.diagnostics == ()
    assert len(compilation.costs.exits) == depth


def test_parameter_without_a_value_can_be_given_one() -> None:
    text = SPEC.replace("depth = 2", "depth")
    assert [d.code for d in Compilation.of_text(text).diagnostics] == ["MSD207"]
    assert Compilation.of_text(text, depth=4).diagnostics == ()


@pytest.mark.parametrize(
    ("exit", "valid"), [(1, True), (2, True), ("exit2", True), (3, False), (0, False), ("x", False)]
)
def test_choice_of_an_exit(exit: int | str, valid: bool) -> None:
    found = Compilation.of_text(SPEC, exit=exit).diagnostics
    assert [d.code for d in found] == ([] if valid else ["MSD507"])


def test_an_exact_count_holds_for_the_default_parameters_alone() -> None:
    text = SPEC.replace("\n}", "\n  expect params 1, params <= 1M, macs at exit1 <= 1\n}")
    assert [d.code for d in Compilation.of_text(text).diagnostics] == ["MSD518", "MSD518"]
    assert [d.code for d in Compilation.of_text(text, depth=3).diagnostics] == ["MSD518"]
    assert Compilation.of_text(text, exit=1).diagnostics == ()


@pytest.mark.parametrize("name", sorted(name for name in library.specs() if name != "blocks"))
def test_the_library_is_valid(name: str) -> None:
    """At most a note on what the paper's own networks compute in vain, or where an exit reads a compressed map."""
    found = Compilation.of(name).diagnostics
    assert {d.severity for d in found} <= {Severity.NOTE}, render(found, "human")


# Each uses a construct as LANGUAGE means it, and nothing is to be said about it.
SILENT = {
    "one scale": "network n { input 3 x 8 x 8; stem conv3x3(4) bn relu; exit at end: gap linear(10) }",
    "no stem": "network n { input 3 x 8 x 8; exit at 0: gap linear(10) }",
    "dense": """network n {
      input 3 x 32 x 32
      scales 2 { init 4, 8; growth 2, 4 }
      stem conv3x3(init)
      vertical conv3x3(init)/2
      layers 3 dense(growth) { diagonal conv3x3(share)/2; horizontal conv3x3(share) }
      reduce at 1: conv1x1(compress(0.5)) bn relu
      exit at end: gap linear(10)
    }""",
    "stages": """network n {
      input 3 x 32 x 32
      scales 2 { depth 2, 2; width 8 * 2^(s-1) }
      stem conv3x3(width)
      stages residual { layer conv3x3(width) bn relu; between conv1x1(width) maxpool2x2/2 }
      exits at 1 in each stage: gap linear(10)
      exit at end: gap linear(10)
    }""",
    "exits in each stage in layer order": """network n {
      input 3 x 32 x 32
      scales 3 { depth 4 }
      stem conv3x3(8)
      stages { layer conv3x3(8)/stride }
      exits at 1, 3 in each stage: gap linear(10)
      exit at end: gap linear(10)
    }""",
    "blocks": """
    import "blocks.msd"
    let base = 8
    default bn(eps = 0.001)
    block gate(c, r = 4) = in * (gap conv1x1(c/r, bias) relu conv1x1(c, bias) sigmoid)
    block tower(n) = relu when n == 0 else conv3x3(base) tower(n - 1)
    block family(n) { y[0] = in; y[i] = y[i-1] -> conv3x3(base) relu for i in 1..n; out = [y[1], y[n]] }
    block halves { a, b = split(in, 2); out = [a -> conv3x3(4), b] -> shuffle(2) }
    network n(depth = 2) {
      input 3 x 32 x 32
      block own(c) = conv3x3(c * s) bn
      stem tower(3) basic(8) bottleneck(2) gate(8) halves family(2)
      layers depth residual { horizontal own(16) relu }
      exit at end: gap linear(10)
    }""",
    "map exits anywhere": """network n {
      input 3 x 32 x 32
      scales 2 { w 4, 8 }
      stem conv3x3(w)
      vertical conv3x3(w)/2
      layers 1 on 2 { horizontal conv3x3(w); horizontal conv1x1(w) }
      exit map at 1 on scale 1: conv1x1(2)
      exit at 1: gap linear(10)
    }""",
    "repeat": """network n {
      input 3 x 32 x 32
      stem conv3x3(4)
      repeat 2 { layers 1 { horizontal conv3x3(4) }; layers 1 residual { horizontal conv3x3(4); then relu } }
      exit aux at 2: gap linear(10)
      exit at end: gap linear(10)
      expect params <= 2K, macs at aux <= 1M
    }""",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SILENT))
def test_valid_specs_are_met_with_silence(name: str) -> None:
    assert shown(SILENT[name]) == ""


def test_every_scale_that_is_never_used_is_named() -> None:
    text = """network n {
  input 3 x 32 x 32
  scales 4 { width 16 }
  stem conv3x3(width) bn relu
  exit map at end on scale 1: conv1x1(10)
}
"""
    found = shown(text)
    assert all(f"{scale}" in found for scale in (2, 3, 4)), found
    assert "Scale 3" in found or "2, 3 and 4" in found, found
