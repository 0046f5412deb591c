"""The gallery's pictures are what its commands draw today; `make gallery` draws them anew."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from msdl.cli.app import run
from tests.conftest import Golden
from tests.docs.zoo import networks, pictures

DOCS = Path(__file__).parents[2] / "docs"
GALLERY = DOCS / "gallery.md"
PAGE = GALLERY.read_text(encoding="utf-8")
# What is written by hand, and then what is made from the specs.
SEAM = "<!-- From here on `make gallery` writes this page. -->\n"
COMMAND = re.compile(r"^    msdl (draw .*)$", re.MULTILINE)
BY_HAND = PAGE.partition(SEAM)[0]
FEATURED = {command.split()[1] for command in COMMAND.findall(BY_HAND)}
WHOLE = f"{BY_HAND}{SEAM}\n{pictures(FEATURED)}"
COMMANDS = COMMAND.findall(WHOLE)
# What all pictures weigh, and one of them: the heaviest are MSDNets with every connection.
MOST_BYTES, MOST_OF_ONE = 2_600_000, 300_000


def test_the_page_is_up_to_date(golden: Golden) -> None:
    golden(WHOLE, GALLERY)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_picture_is_what_the_command_draws(
    command: str, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(shlex.split(command)) == 0
    (drawn,) = tmp_path.iterdir()
    golden(drawn.read_text(encoding="utf-8"), DOCS / "gallery" / drawn.name)


def test_it_shows_every_network_of_the_library() -> None:
    assert Counter(command.split()[1] for command in COMMANDS) == Counter(networks())
    assert len(FEATURED) == 9


def test_every_picture_is_shown() -> None:
    shown = set(re.findall(r"\]\((gallery/.*?)\)", WHOLE))
    assert shown == {f"gallery/{path.name}" for path in (DOCS / "gallery").iterdir()}
    assert shown == {f"gallery/{command.split()[-1]}" for command in COMMANDS}


def test_the_pictures_are_light() -> None:
    sizes = {path.name: path.stat().st_size for path in (DOCS / "gallery").iterdir()}
    assert sum(sizes.values()) < MOST_BYTES and max(sizes.values()) < MOST_OF_ONE
