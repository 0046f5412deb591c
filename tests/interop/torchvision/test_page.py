"""docs/torchvision.md names every network, and its example of a mistake is what msdl says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import torch

from msdl.cli.app import run
from msdl.interop.torchvision.tables import ALSO_CALLED, TABLES
from tests.interop.torchvision.published import state_dict

PAGE = (Path(__file__).parents[3] / "docs" / "torchvision.md").read_text(encoding="utf-8")


def test_every_network_is_named() -> None:
    (rows,) = re.findall(r"^\| `--network` \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    named = [name for row in rows.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(named) == sorted([*TABLES, *ALSO_CALLED])


def test_what_is_left_out_is_named() -> None:
    for table in TABLES.values():
        assert all(f"`{module}`" in PAGE for module in table.unread)


def test_the_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ((command, shown),) = re.findall(r"^\$ msdl ([^\n]+)\n(error\[.+?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    torch.save(state_dict("resnet18", classes=10), "mine.pth")
    assert run(shlex.split(command)) == 1
    assert capsys.readouterr().err == shown
