"""The pages of docs/diagnostics.md: one a code, and what each shows happens as shown."""

from __future__ import annotations

import gzip
import io
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import msdl
from msdl.cli.app import run
from msdl.compilation import Compilation
from msdl.diagnostics import Severity
from msdl.explanations import Page, pages
from msdl.interop.msdnet_pytorch import translate
from msdl.interop.msdnet_pytorch.keys import entries

FORM = re.compile(
    r"(?P<meaning>.+?)\n\n"
    r"Fails:\n\n```(?P<kind>msd|console)\n(?P<failing>.+?)```\n\n"
    r"Fixed:\n\n```(?P=kind)\n(?P<fixed>.+?)```\n\n"
    r"Why: .+\n",
    re.DOTALL,
)
SPEC = b"network n { input 3 x 8 x 8; stem conv3x3(4); exit at end: gap linear(2) }\n"
LARGE = b"#" * 300_000
SPLIT = b'import "parts.msd"\n' + SPEC

Files = dict[str, bytes]


def lying_there(code: str) -> tuple[Files, Files]:
    """The files of the folder where the commands of a page are typed: at first, and new ones where it is mended."""
    match code:
        case "MSD102":
            return {"net.msd": SPEC.decode().encode("utf-16")}, {}
        case "MSD103":
            return {"net.msd": LARGE}, {"net.msd": SPLIT, "parts.msd": b""}
        case "MSD110":
            return {"net.msd": SPEC}, {}
        case "MSD710":
            return {"model.pth.tar": gzip.compress(checkpoint())}, {}
        case "MSD711":
            return {"model.pth.tar": checkpoint()}, {}
        case _:
            return {}, {}


def checkpoint() -> bytes:
    """What the PyTorch port saves of the network that its default flags describe."""
    import torch

    tensors = {entry.theirs: torch.zeros(entry.shape) for entry in entries(translate({}))}
    file = io.BytesIO()
    torch.save({"state_dict": tensors}, file)
    return file.getvalue()


@dataclass(frozen=True)
class Example:
    """What a page shows: two specs, or two sequences of commands with their output."""

    code: str
    kind: str
    failing: str
    fixed: str


def example(page: Page) -> Example:
    match = FORM.fullmatch(page.text)
    assert match is not None, f"{page.code}: the page has another form"
    return Example(page.code, match["kind"], match["failing"], match["fixed"])


def examples(kind: str) -> list[Example]:
    return [shown for shown in map(example, pages().values()) if shown.kind == kind]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_code_has_its_page() -> None:
    package = Path(msdl.__file__).parent
    codes = {code for path in package.rglob("*.py") for code in re.findall(r"MSD\d{3}", path.read_text("utf-8"))}
    assert [*pages()] == sorted(codes)


@pytest.mark.parametrize("page", pages().values(), ids=pages())
def test_titles_stand_in_a_sentence(page: Page) -> None:
    """`msdl explain` lists them, and a report for machines shows them as the name of the rule."""
    assert re.match(r"[a-z]", page.title)
    assert not page.title.endswith(".")
    assert len(page.title) <= 70


def told(spec: str) -> Compilation:
    """A spec of a page is the file `net.msd`, which one of them imports."""
    Path("net.msd").write_text(spec, encoding="utf-8")
    return Compilation.of("net.msd")


def grave(compilation: Compilation) -> set[str]:
    return {found.code for found in compilation.diagnostics if found.severity is not Severity.NOTE}


@pytest.mark.parametrize("shown", examples("msd"), ids=lambda shown: shown.code)
def test_the_failing_spec_shows_the_diagnostic_and_no_other(shown: Example) -> None:
    compilation = told(shown.failing)
    assert shown.code in {found.code for found in compilation.diagnostics}
    assert grave(compilation) <= {shown.code}


@pytest.mark.parametrize("shown", examples("msd"), ids=lambda shown: shown.code)
def test_the_fixed_spec_compiles_without_a_warning(shown: Example) -> None:
    compilation = told(shown.fixed)
    assert compilation.costs.exits
    assert grave(compilation) == set()
    assert shown.code not in {found.code for found in compilation.diagnostics}


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are those of a Unix shell")
@pytest.mark.parametrize("shown", examples("console"), ids=lambda shown: shown.code)
def test_commands_say_what_the_page_shows(shown: Example, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"[{shown.code}]" in shown.failing
    assert "[MSD" not in shown.fixed
    for session, files in zip((shown.failing, shown.fixed), lying_there(shown.code), strict=True):
        for name, content in files.items():
            (folder / name).write_bytes(content)
        for command, output in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE):
            assert typed(command, output, capsys) == output


def typed(command: str, expected: str, captured: pytest.CaptureFixture[str]) -> str:
    """What a terminal shows after a command. A file that is shown is one that holds what is shown."""
    program, *arguments = shlex.split(command)
    if program == "msdl":
        run(arguments)
        out, err = captured.readouterr()
        return err + out
    if program == "cat":
        Path(*arguments).write_text(expected, encoding="utf-8")
    return subprocess.run(command, shell=True, capture_output=True, text=True, check=True).stdout
