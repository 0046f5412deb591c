"""`msdl check`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from msdl import library
from msdl.compilation import Compilation
from msdl.diagnostics import Diagnostic
from msdl.report import FOR_MACHINES, render


def test_a_good_spec(msdl) -> None:
    result = msdl("check", "tiny.msd")
    assert (result.code, result.out, result.err) == (0, "tiny.msd: ok\n", "")


def test_errors_go_to_stderr_with_their_count(folder: Path, msdl) -> None:
    spec = (folder / "tiny.msd").read_text()
    (folder / "bad.msd").write_text(spec.replace("bn relu", "reluu", 1))
    result = msdl("check", "tiny.msd", "bad.msd")
    assert result.code == 1
    assert result.out == "tiny.msd: ok\n"
    assert "--> bad.msd:5:" in result.err
    assert "did you mean 'relu'?" in result.err
    assert result.err.endswith("\n\n1 error\n")


def test_a_mistake_of_a_shared_file_is_told_once(folder: Path, msdl) -> None:
    (folder / "shared.msd").write_text("let x = 1 / 0\n")
    for name in ("a", "b"):
        (folder / f"{name}.msd").write_text('import "shared.msd"\n' + (folder / "tiny.msd").read_text())
    assert msdl("check", "a.msd", "b.msd").err.endswith("\n1 error\n")


def test_short_goes_to_stderr(msdl) -> None:
    result = msdl("check", "nosuch.msd", "--format", "short")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error[MSD101]: ")
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("format", FOR_MACHINES)
def test_a_report_for_machines_is_a_result(format: str, folder: Path, msdl) -> None:
    """One for all specs, on the standard output, and nothing else there."""
    (folder / "bad.msd").write_text((folder / "tiny.msd").read_text().replace("bn relu", "reluu", 1))
    result = msdl("check", "nosuch.msd", "tiny.msd", "bad.msd", "-", "--format", format, stdin=b"let x = 1 / 0")
    assert (result.code, result.err) == (1, "")
    assert result.out == render(found("nosuch.msd", "tiny.msd", "bad.msd", "-", stdin="let x = 1 / 0"), format)


def found(*specs: str, stdin: str) -> list[Diagnostic]:
    named = Compilation.of_text(stdin, name="<stdin>")
    compilations = [named if spec == "-" else Compilation.of(spec) for spec in specs]
    return [diagnostic for compilation in compilations for diagnostic in compilation.diagnostics]


@pytest.mark.parametrize(
    ("format", "out"),
    [
        ("human", "tiny.msd: ok\n"),
        ("short", "tiny.msd: ok\n"),
        *((format, render([], format)) for format in FOR_MACHINES),
    ],
)
def test_a_good_spec_in_every_format(format: str, out: str, msdl) -> None:
    result = msdl("check", "tiny.msd", "--format", format)
    assert (result.code, result.out, result.err) == (0, out, "")


def test_what_json_says_agrees_with_the_exit_code(msdl) -> None:
    unequal = ("check", "tiny.msd", "--set", "depth=5", "--format", "json")
    for options, code in [((), 0), (("--strict",), 1)]:
        result = msdl(*unequal, *options)
        assert result.code == code
        assert json.loads(result.out)["valid"] is (code == 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-", "--watch"], "The standard input can't be watched."),
        (["--watch", "--", "tiny.msd", "-:tiny"], "The standard input can't be watched."),
        (["tiny.msd", "--watch", "--format", "json"], "`--format json` is one report; `--watch` gives many."),
        (["tiny.msd", "--watch", "--format", "sarif"], "`--format sarif` is one report"),
        (["tiny.msd", "--watch", "--format", "github"], "`--format github` is one report"),
        (["-", "--", "-:tiny"], "The standard input can be read once."),
        (["--", "-:a", "-:b"], "The standard input can be read once."),
    ],
)
def test_bad_usage(arguments: list[str], words: str, msdl) -> None:
    result = msdl("check", *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_strict_counts_warnings(msdl) -> None:
    unequal = ("check", "tiny.msd", "--set", "depth=5")
    assert msdl(*unequal).code == 0
    result = msdl(*unequal, "--strict")
    assert result.code == 1
    assert result.err.startswith("warning[")
    assert result.err.endswith("\n\n1 warning\n")


def test_settings(msdl) -> None:
    assert msdl("check", "tiny.msd", "--set", "depth=6").code == 0
    assert msdl("check", "tiny.msd", "--set", "depth=2+4").code == 0
    result = msdl("check", "tiny.msd", "--set", "depht=6")
    assert result.code == 1
    assert "did you mean 'depth'?" in result.err


@pytest.mark.parametrize("name", ["exit", "spec", "cls", "self", "settings", "a b", "é", "1"])
def test_a_setting_may_have_any_name(name: str, msdl) -> None:
    result = msdl("check", "tiny.msd", "--set", f"{name}=3")
    assert result.code == 1
    assert f"no parameter '{name}'" in result.err


def test_standard_input(folder: Path, msdl) -> None:
    result = msdl("check", "-", stdin=(folder / "tiny.msd").read_bytes())
    assert (result.code, result.out) == (0, "-: ok\n")


def test_every_network_of_a_file(folder: Path, msdl) -> None:
    spec = (folder / "tiny.msd").read_text()
    (folder / "two.msd").write_text(
        spec + spec.replace("network tiny", "network other").replace("depth = 4", "depth = 1")
    )
    result = msdl("check", "two.msd")
    assert result.code == 1
    assert result.out == "two.msd:tiny: ok\n"
    assert msdl("check", "two.msd:tiny").code == 0
    assert msdl("check", "two.msd:other").code == 1
    assert msdl("check", "two.msd:third").code == 1


@pytest.mark.parametrize(
    "content", [b"\x00\xff" * 100, b"network", b"", b"\xef\xbb\xbf", b"}" * 1000, b"let a = 1\r" * 9]
)
def test_what_is_no_spec(content: bytes, folder: Path, msdl) -> None:
    (folder / "x.msd").write_bytes(content)
    result = msdl("check", "x.msd")
    assert result.code == 1
    assert "error[MSD" in result.err


def test_a_folder_is_no_spec(msdl) -> None:
    result = msdl("check", ".")
    assert (result.code, result.err) == (1, "error[MSD101]: '.' is a folder; a spec is a file.\n\n1 error\n")


@pytest.mark.parametrize("name", [name for name in library.specs() if name != "blocks"])
def test_the_library(name: str, msdl) -> None:
    result = msdl("check", name)
    assert (result.code, result.out) == (0, f"{name}: ok\n")


def test_a_warning_is_not_ok_where_it_counts(folder: Path, msdl) -> None:
    items = ["input 3 x 8 x 8", "scales 2 { w 4 }", "stem conv3x3(w)", "exit map at end on scale 1: conv1x1(2)"]
    spec = "network n { " + "; ".join(items) + " }"
    (folder / "warned.msd").write_text(spec)
    assert (msdl("check", "warned.msd").code, msdl("check", "warned.msd").out) == (0, "warned.msd: ok\n")
    assert (msdl("check", "warned.msd", "--strict").code, msdl("check", "warned.msd", "--strict").out) == (1, "")
