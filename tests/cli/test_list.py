"""`msdl list`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from msdl import library


def test_every_network_of_the_library(msdl) -> None:
    entries = json.loads(msdl("list", "--format", "json").out)
    names = [entry["name"] for entry in entries]
    assert names == [name for name in library.specs() if name != "blocks"]
    anytime = entries[names.index("msdnet_cifar_anytime")]
    assert list(anytime) == ["name", "network", "parameters", "about"]
    assert anytime["network"] == "msdnet_cifar_anytime"
    assert anytime["parameters"] == {"classes": 100, "depth": 24, "size": 32}
    assert all(entry["about"] for entry in entries)


def test_for_a_person(msdl) -> None:
    result = msdl("list")
    assert (result.code, result.err) == (0, "")
    names = {line.split()[0] for line in result.out.splitlines() if not line.startswith(" ")}
    assert names == library.specs().keys() - {"blocks"}


def test_a_file_with_two_networks(folder: Path, msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = (folder / "tiny.msd").read_text()
    (folder / "tiny.msd").write_text(spec + spec.replace("network tiny", "network other"))
    monkeypatch.setattr(library, "SPECS", folder)
    entries = json.loads(msdl("list", "--format", "json").out)
    assert [entry["name"] for entry in entries] == ["tiny:tiny", "tiny:other"]
    assert entries[0]["about"] == "A network for tests"
