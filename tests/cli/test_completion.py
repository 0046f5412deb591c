"""Shell completion, asked as a shell asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import complete


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell(shell: str, process) -> None:
    result = process(_MSDL_COMPLETE=f"{shell}_source")
    assert result.code == 0
    assert "_MSDL_COMPLETE" in result.out


def test_commands_and_options(process) -> None:
    assert complete(process, "msdl co") == ["plain,cost", "plain,compile"]
    assert "plain,--strict" in complete(process, "msdl check --s")
    assert complete(process, "msdl show x --stage s") == ["plain,spec", "plain,schedule"]


@pytest.mark.parametrize("command", ["check", "cost", "show", "compile"])
def test_specs(command: str, process) -> None:
    assert "plain,msdnet_imagenet" in complete(process, f"msdl {command} msdnet_i")
    assert complete(process, f"msdl {command} tin") == ["dir,tin", "plain,tiny.msd"]


def test_files_in_folders(folder: Path, process) -> None:
    (folder / "nets").mkdir()
    (folder / "nets" / "a.msd").touch()
    (folder / "nets" / "a.txt").touch()
    assert complete(process, "msdl check nets/") == ["dir,nets/", "plain,nets/a.msd"]
    assert complete(process, "msdl check nosuch/") == ["dir,nosuch/"]


def test_several_specs(process) -> None:
    assert "plain,tiny.msd" in complete(process, "msdl check msdnet_imagenet ti")
