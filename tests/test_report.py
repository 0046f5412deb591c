"""The renderer: diagnostics in, exact text out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from msdl.diagnostics import Diagnostic, Label, Severity
from msdl.report import FORMATS, render, summary
from msdl.source import Source, Span

HERE = Path(__file__).parent
TEXT = """\
scales 3 {
  growth 17
}
layers 8 dense(growth) {
  diagonal h(share)/2
  horizontal h(share)
}
"""


def span(text: str, part: str, name: str = "net.msd") -> Span:
    start = text.index(part)
    return Span(Source(name, text), start, start + len(part))


def error(place: Span | None, **more: object) -> Diagnostic:
    fields = {"caption": "here", **more} if place else more
    return Diagnostic("MSD999", Severity.ERROR, "This is wrong.", place, **fields)  # type: ignore[arg-type]


def lines(diagnostic: Diagnostic) -> list[str]:
    return render([diagnostic]).splitlines()


def test_everything_a_diagnostic_can_have(golden: Callable[[str, Path], None]) -> None:
    found = Diagnostic(
        "MSD503",
        Severity.ERROR,
        "Two paths don't divide 17 new feature maps.",
        span(TEXT, "dense(growth)"),
        "17 / 2 paths",
        (
            Label(span(TEXT, "17"), "17 new feature maps"),
            Label(span(TEXT, "diagonal"), "one path"),
            Label(span(TEXT, "horizontal"), "another"),
            Label(span(TEXT, "layers"), "in these layers"),
            Label(span("block h(c) = conv3x3(c)\n", "h(c)", "blocks.msd"), "the block is written here"),
        ),
        ("scale 1 has both paths", "a note of\ntwo lines"),
        "did you mean 18?",
    )
    warning = Diagnostic("MSD601", Severity.WARNING, "This scale is never used.", span(TEXT, "scales 3"))
    note = Diagnostic("MSD602", Severity.NOTE, "This is dropped.", span(TEXT, "layers"), "no exit needs it")
    for format in FORMATS:
        golden(render([found, warning, note], format), HERE / "golden" / f"report.{format}.txt")


def test_no_place() -> None:
    assert render([error(None, help="look there")]) == "error[MSD999]: This is wrong.\n = help: look there\n"
    assert render([error(None)], "short") == "error[MSD999]: This is wrong.\n"
    (data,) = json.loads(render([error(None)], "json"))["diagnostics"]
    assert (data["file"], data["start"], data["end"]) == (None, None, None)


def test_nothing_to_say() -> None:
    assert render([]) == render([], "short") == ""
    assert json.loads(render([], "json")) == {"format_version": 1, "valid": True, "diagnostics": []}


@pytest.mark.parametrize(
    ("text", "start", "end", "shown"),
    [
        ("", 0, 0, ["1 |", "  | ^ here"]),
        ("abc", 3, 3, ["1 | abc", "  |    ^ here"]),
        ("abc\n", 4, 4, ["2 |", "  | ^ here"]),
        ("a b\r\nc d\r\n", 5, 6, ["2 | c d", "  | ^ here"]),
        ("a b\r\nc d\r\n", 2, 9, ["1 | a b", "  |   ^ here"]),
        ("a {  \n b\n}", 2, 10, ["1 | a {", "  |   ^ here"]),
        ("\tx\ty", 3, 4, ["1 |     x   y", "  |         ^ here"]),
        ("漢字 x", 0, 2, ["1 | 漢字 x", "  | ^^^^ here"]),
        ("漢字 x", 3, 4, ["1 | 漢字 x", "  |      ^ here"]),
        ("e\u0301 x", 3, 4, ["1 | e\u0301 x", "  |   ^ here"]),
        ("a\x1b[31m\u202eb", 0, 1, ["1 | a�[31m�b", "  | ^ here"]),
    ],
    ids="empty end last-line crlf over-crlf many-lines tabs wide after-wide combining control".split(),
)
def test_carets(text: str, start: int, end: int, shown: list[str]) -> None:
    found = lines(error(Span(Source("net.msd", text), start, end)))
    assert found[3:] == shown


def test_a_long_line_is_cut_around_its_place() -> None:
    text = "a b " * 5_000 + "WRONG" + " c d" * 5_000
    *_, line, carets = lines(error(span(text, "WRONG")))
    assert len(line) <= 110
    assert line[carets.index("^") : carets.rindex("^") + 1] == "WRONG"
    assert line.startswith("1 | ...")
    assert line.endswith("...")


@pytest.mark.parametrize(("first", "second"), [(0, 19_000), (19_000, 0), (0, 20_000), (10_000, 10_001)])
def test_a_label_far_along_a_long_line_stays_in_the_picture(first: int, second: int) -> None:
    source = Source("net.msd", "word " * 4_000)
    label = Label(Span(source, second, second + 900), "there")
    assert all(len(line) <= 120 for line in lines(error(Span(source, first, first + 3), labels=(label,))))


def test_a_name_as_long_as_a_file_is_cut() -> None:
    assert len(render([Diagnostic("MSD101", Severity.ERROR, "x" * 1_000_000)])) < 2_000


def test_names_of_files_cannot_steer_the_terminal() -> None:
    text = render([error(Span(Source("a\x1b[2J\n.msd", "x"), 0, 1))])
    assert "\x1b" not in text
    assert text.count("\n") == 5


def test_color_changes_no_character() -> None:
    found = [error(span(TEXT, "growth"), help="x")]
    colored = render(found, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == render(found)


@pytest.mark.parametrize(
    ("severities", "text"),
    [("", ""), ("e", "1 error"), ("eew", "2 errors, 1 warning"), ("wwn", "2 warnings"), ("n", "")],
)
def test_summary(severities: str, text: str) -> None:
    kinds = {severity.value[0]: severity for severity in Severity}
    assert summary(Diagnostic("MSD999", kinds[s], "") for s in severities) == text


def test_json_places() -> None:
    (data,) = json.loads(render([error(span(TEXT, "growth 17"), notes=("n",))], "json"))["diagnostics"]
    assert data == {
        "code": "MSD999",
        "severity": "error",
        "message": "This is wrong.",
        "file": "net.msd",
        "start": {"line": 2, "column": 3, "offset": 13},
        "end": {"line": 2, "column": 12, "offset": 22},
        "labels": [
            {
                "message": "here",
                "file": "net.msd",
                "start": {"line": 2, "column": 3, "offset": 13},
                "end": {"line": 2, "column": 12, "offset": 22},
            }
        ],
        "notes": ["n"],
        "help": "",
    }
