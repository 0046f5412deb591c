"""The gallery's pictures are what its commands draw today; `make gallery` draws them anew."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from msdl import library
from msdl.cli.app import run
from tests.conftest import Golden

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "gallery.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^    msdl (draw .*)$", PAGE, re.MULTILINE)
MOST_BYTES = 1_500_000


@pytest.mark.parametrize("command", COMMANDS)
def test_the_picture_is_what_the_command_draws(
    command: str, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(shlex.split(command)) == 0
    (drawn,) = tmp_path.iterdir()
    golden(drawn.read_text(encoding="utf-8"), DOCS / "gallery" / drawn.name)


def test_it_shows_eight_networks_of_the_library() -> None:
    networks = {command.split()[1] for command in COMMANDS}
    assert len(networks) == 8
    assert networks <= {*library.specs()}


def test_every_picture_is_shown() -> None:
    shown = set(re.findall(r"\]\((gallery/.*?)\)", PAGE))
    assert shown == {f"gallery/{path.name}" for path in (DOCS / "gallery").iterdir()}
    assert shown == {f"gallery/{command.split()[-1]}" for command in COMMANDS}


def test_the_pictures_are_light() -> None:
    assert sum(path.stat().st_size for path in (DOCS / "gallery").iterdir()) < MOST_BYTES
