"""Inputs made to hang or to crash a compiler: each ends in a diagnostic, or is valid, and in little memory.

Every case is a whole run of `msdl check` in a process of its own. The limit of time here only tells a hang from a slow
machine; `benchmarks/hard_cases.py` measures how far below the 2 s that are promised they are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

MEGABYTES = 500
# What stops a case that hangs.
HARD_SECONDS = 20
HARD_BYTES = 4 * 2**30


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    report: Mapping[str, Any]
    seconds: float
    megabytes: float
    error: str

    @property
    def codes(self) -> list[str]:
        return [diagnostic["code"] for diagnostic in self.report["diagnostics"]]

    @property
    def errors(self) -> list[str]:
        return [d["code"] for d in self.report["diagnostics"] if d["severity"] == "error"]


# `msdl` within limits. It writes its peak itself: what the system tells of a child's counts the parent's memory, too.
RUN = f"""
import resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, ({HARD_SECONDS}, {HARD_SECONDS}))
resource.setrlimit(resource.RLIMIT_AS, ({HARD_BYTES}, {HARD_BYTES}))
from msdl.cli import main
peak = Path(sys.argv.pop(1))
code = main()
peak.write_text(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
sys.exit(code)
"""


def check(spec: str, folder: Path) -> Outcome:
    """Runs `msdl check --format json SPEC` in a folder and measures it."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.NamedTemporaryFile() as peak:
        command = [sys.executable, "-c", RUN, peak.name, "check", "--format", "json", spec]
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        written, error = out.read().decode(), err.read().decode()
        megabytes = int(peak.read() or 0) / 1024
    # Diagnostics go to the standard error; a run without any may say nothing.
    text = next((t for t in (written, error) if t.lstrip().startswith("{")), "")
    report = json.loads(text) if text else {"valid": None, "diagnostics": []}
    seconds = usage.ru_utime + usage.ru_stime
    return Outcome(process.returncode, report, seconds, megabytes, error)


def look_at(outcome: Outcome, code: str | None) -> None:
    """The outcome has the code, or none at all where the spec is valid, and stayed within the limits."""
    assert "Traceback" not in outcome.error, outcome.error[-2000:]
    if code is None:
        assert outcome.exit_code == 0, outcome.error[-2000:]
        assert outcome.errors == []
    else:
        assert outcome.exit_code == 1, outcome.error[-2000:]
        assert code in outcome.errors
    assert 0 < outcome.megabytes < MEGABYTES, f"{outcome.megabytes:.0f} MB"


def network(*statements: str, before: str = "", exits: str = "exit at end: gap linear(10)", scales: str = "") -> str:
    lines = ["input 3 x 32 x 32", scales, *statements, exits]
    return f"{before}\nnetwork n {{\n" + "\n".join(line for line in lines if line) + "\n}\n"


GRID = "scales 3 { init 16, 32, 64; growth 6, 12, 24 }"
STEM = "stem conv3x3(init)\nvertical conv3x3(init)/2"
RULES = "{ diagonal conv3x3(share)/2; horizontal conv3x3(share) }"
FRACTAL = """block fractal(C, c) =
  conv3x3(c) bn relu when C == 1 else (conv3x3(c) bn relu, mean(fractal(C-1, c)) -> fractal(C-1, c))
"""
SPEC = network("stem conv3x3(16) bn relu", "layers 2 { horizontal conv3x3(16) }")
DEEP = 5_000


# Blocks and equations, each of which uses the one before it.
CHAIN = "block b0 = relu\n" + "\n".join(f"block b{n} = b{n - 1} relu" for n in range(1, 301))
DOUBLING = "block b0 = relu\n" + "\n".join(f"block b{n} = b{n - 1} b{n - 1}" for n in range(1, 61))
EQUATIONS = "\n".join(f"y{n} = [y{n - 1}, y{n - 1}]" for n in range(1, 60))
WAITING = "\n".join(["block b0 = fit", *(f"block b{n} = b{n - 1}" for n in range(1, 4_000))])
WAITING += f"\nblock big = [{', '.join(f'b{n}' for n in range(4_000))}, in]"
FAR_BACK = "repeat 6000 { sweep down enc { then relu }; layers 1 { horizontal unpool2x2(enc[1]) maxpool3x3/2 } }"
WIDE = "scales 1000"
FAMILY = "block b { y[0] = in; y[i] = y[i-1] -> relu for i in 1..999999999; out = y[3] }"
TINY_STEPS = "block f(n) = relu when n <= 0 else relu f(n - 0.000001)"


def grid(layers: str, rules: str = RULES, exits: str = "exit at end: gap linear(10)") -> str:
    return network(STEM, f"layers {layers} dense(growth) {rules}", scales=GRID, exits=exits)


# name: the text and the code of the error; None where the text is a valid spec.
TEXTS: dict[str, tuple[str | bytes, str | None]] = {
    # sizes
    "layers": (grid("999999999"), "MSD516"),
    "layers beyond numbers": (grid("10^30"), "MSD303"),
    "layers in repeats": (network("repeat 20000 { repeat 20000 { layers 1 { horizontal relu } } }"), "MSD516"),
    "empty repeats": (network("repeat 20000 { repeat 20000 { } }"), "MSD516"),
    "one empty repeat": (network("repeat 999999999 { }"), "MSD302"),
    "scales": (network("stem conv3x3(4)", scales="scales 999999"), "MSD302"),
    "a thousand scales": (network("stem conv3x3(4)", scales="scales 1000 { w s, 2^s }"), "MSD305"),
    "powers in a column": (network("stem conv3x3(4)", scales="scales 1000 { w 2^s }"), "MSD303"),
    "stages": (network("stages { layer relu }", scales="scales 3 { depth 10^9 }"), "MSD516"),
    "a range": (grid("8", exits="exits at 1..999999999: gap linear(10)"), "MSD516"),
    "a range from below": (grid("8", exits="exits at -999999999..2: gap linear(10)"), "MSD516"),
    "a range with a variable": (grid("8", exits="exits at n for n in 1..999999999: gap linear(10)"), "MSD516"),
    "a range of scales": (network("layers 2 on 1..999999999 { horizontal relu }"), "MSD516"),
    "a family": (network("stem b", before=FAMILY), "MSD516"),
    "blocks of a reduction": (
        network(STEM, f"layers 8 dense(growth) {RULES}", "reduce in 999999999 blocks", scales=GRID),
        "MSD302",
    ),
    "cells": (grid("6667"), "MSD516"),
    "nodes": (network("layers 2000 { horizontal " + "relu " * 150 + "}"), "MSD517"),
    "exits": (grid("1500", exits="exits at 1..1500: gap linear(10)"), None),
    "a list of exits": (grid("1500", exits=f"exits at {', '.join(map(str, range(1, 1501)))}: gap linear(10)"), None),
    "a list of twins": (grid("8", exits=f"exits at {', '.join(['8'] * 5000)}: gap linear(10)"), "MSD504"),
    "sweeps": (network("repeat 20000 { sweep down { then relu } }"), "MSD516"),
    "sweeps of one name": (network("repeat 9999 { sweep down enc { then relu } }"), None),
    "names of sweeps": (network(*(f"sweep down e{n} {{ then relu }}" for n in range(4_000))), None),
    "scales that ask scales": (network("repeat 20 { sweep up { from j where j == s: in } }", scales=WIDE), "MSD516"),
    "pools to undo far back": (network("stem maxpool2x2/2", FAR_BACK), "MSD517"),
    "pools to undo that are not there": (network("stem relu", FAR_BACK), "MSD407"),
    "transposed convolutions": (network("layers 6000 { horizontal deconv2x2(2, up = 1000000) }"), "MSD303"),
    "interpolation": (network("layers 6000 { horizontal upsample(1000000) }"), "MSD302"),
    "parts that wait": (network(f"stem [{'conv3x3(1, valid) fit, ' * 4000}in]"), None),
    "blocks that may wait": (network("stem [big, in]", before=WAITING), "MSD209"),
    "channels": (network("stem conv3x3(999999999)"), "MSD302"),
    "channels twice": (network("stem conv3x3(1000000) conv3x3(1000000) conv3x3(1000000)"), None),
    "kernel": (network("stem conv9999x9999(16)"), None),
    "kernel of five digits": (network("stem conv99999x99999(16)"), "MSD201"),
    "stride": (network("stem conv3x3(16)/999999999"), "MSD302"),
    "padding": (network("stem conv3x3(16, pad = 999999999)"), "MSD302"),
    "padding again and again": (network("stem " + "conv1x1(2, pad = 1000000) " * 200), None),
    "parts": (network("stem conv1x1(1000000) b", before="block b = mean(split(in, 1000000))"), "MSD302"),
    "input": (network("stem relu").replace("32 x 32", "999999999 x 32"), "MSD302"),
    # numbers
    "tower of powers": ("let a = 2^2^2^2^2^2\n" + SPEC, "MSD303"),
    "power of a fraction": ("let a = 0.999999^999999999\n" + SPEC, "MSD303"),
    "exponent": ("let a = 1e999999\n" + SPEC, "MSD303"),
    "exponent below": ("let a = 1e-999999\n" + SPEC, "MSD303"),
    "exponent of many digits": (f"let a = 1e{'9' * 5000}\n" + SPEC, "MSD303"),
    "digits": (f"let a = {'9' * 100_000}\n" + SPEC, "MSD303"),
    "digits behind the point": (f"let a = 0.{'3' * 100_000}\n" + SPEC, "MSD303"),
    "zero of many digits": (f"let a = 0{'0' * 100_000}\n" + SPEC, None),
    "fractions that grow": ("let a = " + " + ".join(f"1/{n}" for n in range(1, 500)) + "\n" + SPEC, "MSD303"),
    "division by zero": ("let a = 1/0\n" + SPEC, "MSD304"),
    # recursion
    "recursion without base": (network("stem f(3)", before="block f(n) = relu f(n - 1)"), "MSD209"),
    "recursion on nothing": (network("stem f", before="block f = relu f"), "MSD209"),
    "base never reached": (network("stem f(4)", before="block f(n) = relu when n == 1 else relu f(n - 2)"), "MSD209"),
    "recursion of two": (network("stem f(4)", before="block f(n) = relu g(n)\nblock g(n) = relu f(n)"), "MSD209"),
    "recursion of two that doubles": (
        network("stem f(4)", before="block f(n) = g(n) g(n)\nblock g(n) = f(n) f(n)"),
        "MSD209",
    ),
    "recursion that doubles": (network("stem mean(fractal(60, 8))", before=FRACTAL), "MSD517"),
    "recursion that doubles and makes nothing": (
        network("stem f(60)", before="block f(n) = identity when n == 0 else f(n - 1) f(n - 1)"),
        "MSD517",
    ),
    "recursion in an argument": (
        network("stem f(3)", before="block f(n) = relu when n == f(n - 1) else relu"),
        "MSD201",
    ),
    "recursion by fractions": (network("stem f(1)", before=TINY_STEPS), "MSD209"),
    "chain of blocks": (network("stem b300", before=CHAIN), "MSD209"),
    "blocks that double": (network("stem b60", before=DOUBLING), "MSD517"),
    "equations that double": (network("stem b", before=f"block b {{ y0 = relu\n{EQUATIONS}\nout = y59 }}"), "MSD303"),
    # nesting
    "parentheses": (f"let a = {'(' * DEEP}1{')' * DEEP}\n" + SPEC, "MSD106"),
    "brackets": (network(f"stem {'[' * DEEP}relu{']' * DEEP}"), "MSD106"),
    "signs": (f"let a = {'-' * 10_000}1\n" + SPEC, "MSD106"),
    "powers": (f"let a = {'1^' * DEEP}1\n" + SPEC, "MSD106"),
    "calls": (f"let a = {'floor(' * DEEP}1{')' * DEEP}\n" + SPEC, "MSD106"),
    "tests": (network(f"stem relu when {'(' * DEEP}1 == 1{')' * DEEP} else relu"), "MSD106"),
    "whens": (network("stem " + "relu when 1 == 2 else " * DEEP + "relu"), "MSD106"),
    "repeats": (network("repeat 1 { " * 2000 + "}" * 2000), "MSD106"),
    "sums": (f"let a = {' + '.join(['1'] * 20_000)}\n" + SPEC, None),
    "pipes": (network("stem relu" + " -> relu" * 10_000), None),
    "words": (network("stem " + "relu " * 40_000), None),
    "indices": (network(f"stem conv3x3({'a[' * DEEP}1{']' * DEEP})"), "MSD106"),
    # text
    "10 MB": (SPEC + "# a comment\n" * 900_000, "MSD103"),
    "just over 256 KiB": (SPEC + "#" * 256 * 1024, "MSD103"),
    "256 KiB of comments": (SPEC + "# a comment\n" * 20_000, None),
    "100 KB on one line": (network("stem " + " -> ".join(["relu"] * 12_000)), None),
    "100 KB name": (network(f"stem {'a' * 100_000}"), "MSD201"),
    "many unknown names": (network("stem " + " ".join(f"word{n}" for n in range(5_000))), "MSD201"),
    "many line ends": (SPEC + "\n" * 200_000, None),
    "many semicolons": (SPEC + ";" * 200_000, None),
    "many blocks": ("\n".join(f"block b{n} = relu" for n in range(5_000)) + SPEC, None),
    "20,000 blocks": ("\n".join(f"block b{n}=bn" for n in range(20_000)) + SPEC, "MSD103"),
    "many networks": ("\n".join(f"network n{n} {{}}" for n in range(2_000)), "MSD210"),
    "many mistakes": (network("stem " + "conv3x3(0) " * 10_000), "MSD302"),
    "many unclosed braces": (network("layers 2 { " * 10_000), "MSD104"),
    "nothing": (b"", "MSD109"),
    "only comments": (b"# nothing\n\n# here\n", "MSD109"),
    "only a byte order mark": (b"\xef\xbb\xbf", "MSD109"),
    "a byte order mark": (b"\xef\xbb\xbf" + SPEC.encode(), None),
    "CRLF": (SPEC.replace("\n", "\r\n").encode(), None),
    "CR": (SPEC.replace("\n", "\r").encode(), None),
    "CRLF and a byte order mark": (b"\xef\xbb\xbf" + SPEC.replace("\n", "\r\n").encode(), None),
    "bytes": (bytes(range(256)) * 40, "MSD102"),
    "UTF-16": (SPEC.encode("utf-16"), "MSD102"),
    "Latin-1": ("# caf\xe9\n".encode("latin-1") + SPEC.encode(), "MSD102"),
    "null character": (SPEC.encode() + b"\0", "MSD102"),
    "unicode comment": ("# 網絡 é\n" + SPEC, None),
    "unicode name": (SPEC.replace("network n", "network né"), "MSD104"),
    "digits of another script": (SPEC.replace("layers 2", "layers \u0662"), "MSD104"),
    "line separators of Unicode": (SPEC.replace("\n", "\u2028"), "MSD104"),
    "bracket not closed": (network("stem conv3x3(16"), "MSD105"),
    "square bracket not closed": ("block b = [relu, relu\n" + SPEC, "MSD105"),
    "brace not closed": (SPEC.rstrip().removesuffix("}"), "MSD104"),
    "string not closed": ('import "blocks.msd\n' + SPEC, "MSD105"),
    # imports
    "import of itself": ('import "spec.msd"\n' + SPEC, "MSD108"),
    "import of a folder": ('import "folder.msd"\n' + SPEC, "MSD107"),
    "import of nothing": ('import ""\n' + SPEC, "MSD107"),
    "import of another kind": ('import "/etc/hostname"\n' + SPEC, "MSD107"),
    "import of a null character": (b'import "a\0.msd"\n' + SPEC.encode(), "MSD102"),
    "import with a long name": (f'import "{"a" * 5_000}.msd"\n' + SPEC, "MSD107"),
    "import twice": ('import "blocks.msd"\nimport "blocks.msd"\n' + SPEC, None),
    # names
    "block called like an op": (network("stem relu", before="block relu = conv3x3(3)"), None),
    "parameter called like a keyword": (SPEC.replace("network n", "network n(step = 2)"), "MSD104"),
    "argument called like a keyword": (network("stem conv3x3(4, up = 2)"), "MSD203"),
}


@pytest.mark.parametrize(("text", "code"), [pytest.param(*case, id=name) for name, case in TEXTS.items()])
def test_hard_texts(text: str | bytes, code: str | None, tmp_path: Path) -> None:
    (tmp_path / "folder.msd").mkdir()
    (tmp_path / "spec.msd").write_bytes(text if isinstance(text, bytes) else text.encode())
    look_at(check("spec.msd", tmp_path), code)


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("missing.msd", "MSD101"),
        (".", "MSD101"),
        ("folder", "MSD101"),
        ("/dev/null", "MSD109"),
        ("/dev/zero", "MSD103"),
        ("a" * 5_000, "MSD101"),
        ("spec.msd:other", "MSD109"),
        ("spec.msd:", "MSD109"),
        ("resnet1O", "MSD101"),
    ],
)
def test_hard_paths(spec: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "spec.msd").write_text(SPEC)
    look_at(check(spec, tmp_path), code)


def test_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "spec.msd"
    path.write_text(SPEC)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    look_at(check("spec.msd", tmp_path), "MSD101")


def test_import_cycle(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.msd").write_text(f'import "{other}.msd"\nblock of_{name} = relu\n')
    (tmp_path / "spec.msd").write_text('import "a.msd"\n' + SPEC)
    look_at(check("spec.msd", tmp_path), "MSD108")


def test_imports_that_double(tmp_path: Path) -> None:
    """Every file imports the next one twice; each is read once."""
    for n in range(60):
        twice = f'import "f{n + 1}.msd"\n' * 2 if n < 59 else "block last = relu\n"
        (tmp_path / f"f{n}.msd").write_text(twice)
    (tmp_path / "spec.msd").write_text('import "f0.msd"\n' + network("stem last"))
    look_at(check("spec.msd", tmp_path), None)


def test_long_chain_of_imports(tmp_path: Path) -> None:
    for n in range(2_000):
        (tmp_path / f"f{n}.msd").write_text(f'import "f{n + 1}.msd"\n' if n < 1_999 else "block last = relu\n")
    (tmp_path / "spec.msd").write_text('import "f0.msd"\n' + network("stem last"))
    outcome = check("spec.msd", tmp_path)
    assert "Traceback" not in outcome.error, outcome.error[-2000:]
    assert outcome.exit_code in (0, 1)


def test_import_through_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop.msd").symlink_to(tmp_path / "loop.msd")
    (tmp_path / "spec.msd").write_text('import "loop.msd"\n' + SPEC)
    look_at(check("spec.msd", tmp_path), "MSD107")
