"""docs/zoo.md says of every network what its compilation says; `make gallery` writes it anew."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Golden
from tests.docs.zoo import GROUPS, about, networks, zoo

ZOO = Path(__file__).parents[2] / "docs" / "zoo.md"


def test_the_page_is_up_to_date(golden: Golden) -> None:
    golden(zoo(), ZOO)


def test_every_network_stands_in_one_group() -> None:
    assert Counter(name for names in GROUPS.values() for name in names) == Counter(networks())


@pytest.mark.parametrize("name", networks())
def test_a_spec_begins_with_its_paper(name: str) -> None:
    """A comment in one line, which fits a table; those of published networks name the year."""
    said = about(name)
    assert "|" not in said and any(f"20{year:02}" in said for year in range(9, 30)), said
