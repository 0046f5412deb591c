"""The renderer: diagnostics in, exact text out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from msdl.compilation import Compilation
from msdl.diagnostics import Diagnostic, Label, Severity
from msdl.explanations import pages
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
    return Span(Source(name, text, is_file=True), start, start + len(part))


def error(place: Span | None, **more: object) -> Diagnostic:
    fields = {"caption": "here", **more} if place else more
    return Diagnostic("MSD999", Severity.ERROR, "This is wrong.", place, **fields)  # type: ignore[arg-type]


def lines(diagnostic: Diagnostic) -> list[str]:
    return render([diagnostic]).splitlines()


def test_everything_a_diagnostic_can_have(golden: Callable[[str, Path], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The codes have no pages, so that the golden files stay as they are when a page changes."""
    monkeypatch.setattr("msdl.report.sarif.VERSION", "1.2.3")
    found = Diagnostic(
        "MSD901",
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
    warning = Diagnostic("MSD902", Severity.WARNING, "This scale is never used.", span(TEXT, "scales 3"))
    note = Diagnostic("MSD903", Severity.NOTE, "This is dropped.", span(TEXT, "layers"), "no exit needs it")
    for format in FORMATS:
        golden(render([found, warning, note], format), HERE / "golden" / f"report.{format}.txt")


def test_no_place() -> None:
    assert render([error(None, help="look there")]) == "error[MSD999]: This is wrong.\n = help: look there\n"
    assert render([error(None)], "short") == "error[MSD999]: This is wrong.\n"
    (data,) = json.loads(render([error(None)], "json"))["diagnostics"]
    assert (data["file"], data["start"], data["end"]) == (None, None, None)
    assert "locations" not in results([error(None)])[0]
    assert render([error(None)], "github") == "::error title=MSD999::This is wrong.\n"


def test_nothing_to_say() -> None:
    assert render([]) == render([], "short") == render([], "github") == ""
    assert json.loads(render([], "json")) == {"format_version": 1, "valid": True, "diagnostics": []}
    assert results([]) == []


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
    coloured = render(found, color=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render(found)


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


@pytest.mark.parametrize(
    ("severity", "strict", "valid"),
    [
        (Severity.ERROR, False, False),
        (Severity.ERROR, True, False),
        (Severity.WARNING, False, True),
        (Severity.WARNING, True, False),
        (Severity.NOTE, False, True),
        (Severity.NOTE, True, True),
    ],
)
def test_strictness_decides_whether_json_says_valid_and_changes_no_severity(
    severity: Severity, strict: bool, valid: bool
) -> None:
    report = json.loads(render([Diagnostic("MSD999", severity, "This is so.")], "json", strict=strict))
    assert (report["valid"], report["diagnostics"][0]["severity"]) == (valid, severity.value)


# SARIF


@cache
def schema() -> Draft4Validator:
    return Draft4Validator(json.loads((HERE / "schemas" / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8")))


def sarif(found: Iterable[Diagnostic]) -> dict[str, Any]:
    """The one run of a report that keeps to the schema."""
    log = json.loads(render(found, "sarif"))
    schema().validate(log)
    (run,) = log["runs"]
    return run


def results(found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    return sarif(found)["results"]


def test_sarif_of_every_bad_spec_in_one_run() -> None:
    specs = sorted((HERE / "errors").glob("*.msd"))
    found = [diagnostic for spec in specs for diagnostic in Compilation.of(spec).diagnostics]
    run = sarif(found)
    assert [result["ruleId"] for result in run["results"]] == [diagnostic.code for diagnostic in found]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({diagnostic.code for diagnostic in found})
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])


def test_sarif_explains_the_codes_that_occur_and_no_others() -> None:
    page = pages()["MSD503"]
    assert sarif([Diagnostic("MSD503", Severity.ERROR, "x."), error(None)])["tool"]["driver"]["rules"] == [
        {
            "id": "MSD503",
            "shortDescription": {"text": page.title},
            "fullDescription": {"text": page.meaning},
            "help": {"text": page.text, "markdown": page.text},
        },
        {"id": "MSD999"},
    ]


@pytest.mark.parametrize(
    ("name", "is_file", "location"),
    [
        ("net.msd", True, {"uri": "net.msd", "uriBaseId": "%SRCROOT%"}),
        ("../a b/ü#?%.msd", True, {"uri": "../a%20b/%C3%BC%23%3F%25.msd", "uriBaseId": "%SRCROOT%"}),
        ("c:net.msd", True, {"uri": "c%3Anet.msd", "uriBaseId": "%SRCROOT%"}),
        ("{here}/nets/a.msd", True, {"uri": "nets/a.msd", "uriBaseId": "%SRCROOT%"}),
        ("/far/a b.msd", True, {"uri": "file:///far/a%20b.msd"}),
        ("latin\udce9.msd", True, {"uri": "latin%E9.msd", "uriBaseId": "%SRCROOT%"}),
        ("<a>.msd", True, {"uri": "%3Ca%3E.msd", "uriBaseId": "%SRCROOT%"}),
        ("<stdin>", False, {"uri": "%3Cstdin%3E"}),
        ("--set depth", False, {"uri": "--set%20depth"}),
    ],
)
def test_sarif_names_files_by_their_address(
    name: str, is_file: bool, location: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = Span(Source(name.replace("{here}", str(tmp_path)), "x", is_file), 0, 1)
    (result,) = results([error(place)])
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == location


@pytest.mark.parametrize(
    ("text", "start", "end", "region"),
    [
        ("a b c", 2, 3, (1, 3, 1, 4)),
        ("a b c", 5, 5, (1, 6, 1, 6)),
        ("a\r\nb\rc", 3, 6, (2, 1, 3, 2)),
        ("\t漢\U0001f600 x", 4, 5, (1, 5, 1, 6)),
        ("", 0, 0, (1, 1, 1, 1)),
    ],
)
def test_sarif_counts_characters_from_one(text: str, start: int, end: int, region: tuple[int, ...]) -> None:
    (result,) = results([error(Span(Source("net.msd", text), start, end))])
    assert tuple(result["locations"][0]["physicalLocation"]["region"].values()) == region


def test_sarif_doubles_braces() -> None:
    """Section 3.11.5: a single one starts a placeholder."""
    (result,) = results([error(None, help="a network is `network n { .. }`")])
    assert result["message"]["text"] == "This is wrong.\nhelp: a network is `network n {{ .. }}`"


# GitHub


@pytest.mark.parametrize(
    ("name", "is_file", "start", "end", "command"),
    [
        (
            "net.msd",
            True,
            0,
            1,
            "::error file=net.msd,line=1,endLine=1,col=1,endColumn=2,title=MSD999::This is wrong.%0Ahere",
        ),
        (
            "a:b,100%.msd",
            True,
            2,
            4,
            "::error file=a%3Ab%2C100%25.msd,line=2,endLine=3,title=MSD999::This is wrong.%0Ahere",
        ),
        ("{here}/net.msd", True, 2, 5, "::error file=net.msd,line=2,endLine=3,title=MSD999::This is wrong.%0Ahere"),
        ("<stdin>", False, 2, 3, "::error title=MSD999::<stdin>:2:1: This is wrong.%0Ahere"),
    ],
    ids="line escaped lines stdin".split(),
)
def test_github_commands(
    name: str, is_file: bool, start: int, end: int, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    place = Span(Source(name.replace("{here}", str(tmp_path)), "x\nb\nc\n", is_file), start, end)
    assert render([error(place)], "github") == f"{command}\n"


@pytest.mark.parametrize(("severity", "command"), [("error", "error"), ("warning", "warning"), ("note", "notice")])
def test_github_knows_three_severities(severity: str, command: str) -> None:
    assert render([Diagnostic("MSD999", Severity(severity), "So.")], "github") == f"::{command} title=MSD999::So.\n"


def test_a_name_cannot_end_a_github_command() -> None:
    found = Diagnostic("MSD101", Severity.ERROR, "There is no 'a\r\n::error::b 100%'.", notes=("one\ntwo",))
    text = "There is no 'a%0A::error::b 100%25'.%0Anote: one%0Atwo"
    assert render([found], "github") == f"::error title=MSD101::{text}\n"
