"""`msdl explain`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from msdl import library
from msdl.explanations import pages
from tests.cli.test_completion import complete


@pytest.mark.parametrize("code", ["MSD503", "msd503", "503", " Msd503 "])
def test_a_page_is_the_section_of_the_document(code: str, msdl) -> None:
    result = msdl("explain", code)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("## MSD503: an exit beyond the last layer\n\n")
    assert result.out in library.DIAGNOSTICS.read_text(encoding="utf-8")
    assert re.findall(r"^(Fails|Fixed|Why):", result.out, re.MULTILINE) == ["Fails", "Fixed", "Why"]
    assert re.findall(r"^## MSD\d+", result.out, re.MULTILINE) == ["## MSD503"]


def test_without_a_code_it_lists_all(msdl) -> None:
    result = msdl("explain")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [f"{code}  {page.title}" for code, page in pages().items()]
    assert "MSD503  an exit beyond the last layer\n" in result.out


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("MSD5003", "did you mean '503'?"),
        ("msd5003", "did you mean '503'?"),
        ("5003", "did you mean '503'?"),
        ("exit", "the codes are MSD101, MSD102, "),
        ("", "the codes are MSD101, MSD102, "),
        ("999", "the codes are MSD101, MSD102, "),
    ],
)
def test_an_unknown_code(code: str, hint: str, msdl) -> None:
    result = msdl("explain", code)
    assert (result.code, result.out) == (2, "")
    assert f"There is no diagnostic '{code}'; {hint}" in result.err


def test_json(msdl) -> None:
    one, every = (json.loads(msdl("explain", *code, "--format", "json").out) for code in (["503"], []))
    assert one["format_version"] == every["format_version"] == 1
    (page,) = one["pages"]
    assert page == {"code": "MSD503", "title": pages()["MSD503"].title, "text": pages()["MSD503"].text}
    assert page in every["pages"]
    assert [page["code"] for page in every["pages"]] == [*pages()]


def test_completion(process) -> None:
    assert complete(process, "msdl explain MSD50")[0] == "plain,MSD501"
    assert (
        complete(process, "msdl explain 71")
        == complete(process, "msdl explain msd71")
        == ["plain,MSD710", "plain,MSD711"]
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
@pytest.mark.parametrize(("variable", "painted"), [("", True), ("NO_COLOR", False)], ids=["color", "no-color"])
def test_a_terminal_gets_it_set(variable: str, painted: bool) -> None:
    """The headline without its `##`, the spec without its fence, lines no longer than the terminal is wide."""
    shown = on_a_terminal("explain", "503", **({variable: "1"} if variable else {}))
    assert (re.search(r"\x1b\[[\d;]*3\dm", shown) is not None) is painted
    text = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert "MSD503: an exit beyond the last layer" in text
    assert "network too_short(depth = 4) {" in text
    assert "```" not in text
    assert "##" not in text
    assert max(map(len, text.splitlines())) <= 60


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """What a terminal of 60 columns is sent."""
    import pty

    near, far = pty.openpty()
    subprocess.run(
        [sys.executable, "-m", "msdl", *arguments],
        stdout=far,
        check=True,
        timeout=60,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "60", **environment},
    )
    os.close(far)
    received = b""
    try:
        while chunk := os.read(near, 65_536):
            received += chunk
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(near)
    return received.decode()
