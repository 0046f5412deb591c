"""The command line as a whole: what it says of itself, what it loads, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from msdl import __version__
from msdl.cli.app import COMMANDS, app
from tests.cli.conftest import loaded, without


def test_alone_it_teaches(msdl) -> None:
    result = msdl()
    assert result.code == 0
    assert result == msdl("--help") == msdl("-h")
    for word in (*COMMANDS, "msdl check net.msd", "Exit codes", "_MSDL_COMPLETE=bash_source", "standard input"):
        assert word in result.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_commands_say_of_themselves(name: str, msdl) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None and command.name == name
    assert msdl(name, "--help").code == 0


def test_version(msdl) -> None:
    assert msdl("--version").out == f"msdl {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chek"], "did you mean 'check'?"),
        (["frobnicate"], "the commands are check, explain"),
        (["check"], "Missing argument"),
        (["--bogus"], "No such option"),
        (["check", "tiny.msd", "--format", "xml"], "Invalid value for '--format'"),
        (["check", "tiny.msd", "--set", "depth"], "doesn't have the form NAME=VALUE"),
        (["check", "tiny.msd", "--set", "=3"], "doesn't have the form NAME=VALUE"),
        (["check", "tiny.msd", "--set", "depth=4", "--set", "depth=5"], "'depth' is set twice"),
        (["check", "-", "-"], "can be read once"),
        (["show", "tiny.msd"], "Missing option '--stage'"),
    ],
)
def test_bad_usage(arguments: list[str], words: str, msdl) -> None:
    result = msdl(*arguments)
    assert result.code == 2
    assert result.out == ""
    assert words in result.err


@pytest.mark.parametrize("command", [[], ["import", "msdnet-pytorch"]], ids=" ".join)
def test_help_loads_nothing_heavy(command: list[str]) -> None:
    assert loaded(*command, "--help") == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "msdnet_cifar_anytime"],
        ["cost", "msdnet_cifar_anytime"],
        ["show", "msdnet_cifar_anytime", "--stage", "schedule"],
        ["compile", "msdnet_cifar_anytime"],
        ["list"],
        ["explain", "MSD503"],
        ["fmt", "tiny.msd"],
        ["why", "msdnet_cifar_anytime", "layer3.scale2"],
        ["diff", "msdnet_cifar_anytime", "msdnet_cifar_anytime"],
        ["new", "mine"],
        ["import", "msdnet-pytorch", "--stepmode", "even"],
        ["doctor"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_command_loads_torch(folder: Path, arguments: list[str]) -> None:
    assert "torch" not in loaded(*arguments)


@pytest.mark.parametrize(
    ("package", "command"), [("lark", ["check", "tiny.msd"]), ("watchfiles", ["check", "tiny.msd", "--watch"])]
)
def test_a_missing_package_is_named(package: str, command: list[str], folder: Path) -> None:
    done = without(package, *command)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Error: The package '{package}' is missing; `msdl doctor` says how to install it.\n"


@pytest.mark.skipif(os.name != "posix", reason="a pipe of a Unix shell")
def test_a_reader_that_leaves_early_gets_no_traceback(folder: Path) -> None:
    msdl = f"{sys.executable} -m msdl show msdnet_cifar_anytime --stage graph"
    done = subprocess.run(["bash", "-c", f"{msdl} | head -1"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("msdnet_cifar_anytime:")
    assert done.stderr == ""


@pytest.mark.skipif(os.name != "posix", reason="a signal of Unix")
def test_an_interrupt_gives_no_traceback(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "msdl", "check", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in err


@pytest.mark.skipif(os.name != "posix", reason="a signal of Unix")
def test_an_interrupt_within_an_import_ends_the_process(folder: Path) -> None:
    """Where a library would swallow it: as numpy does, of which half is there then."""
    (folder / "half.py").write_text(
        "import os, signal, time\n"
        "try:\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(9)\n"
        "except KeyboardInterrupt:\n    pass\n"
    )
    script = "import msdl.cli.app as app; app.run = lambda words: __import__('half'); from msdl.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "")


def test_no_room_for_temporary_files(msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> object:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr("msdl.language.load.load", full)
    monkeypatch.setattr("msdl.compilation.load", full)
    result = msdl("check", "tiny.msd")
    assert (result.code, result.err) == (
        2,
        "Error: There is no room for temporary files; TMPDIR can name another place.\n",
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_a_diagnostic(folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "msdl", "list"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error[MSD110]: The standard output can't be written: No space left")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["import"]])
def test_help_on_a_full_disk(arguments: list[str], folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "msdl", *arguments]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error[MSD110]: The standard output can't be written: No space left")


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps a folder in use")
def test_a_working_folder_that_is_gone(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    (tmp_path / "a.msd").write_text('import "b.msd"')
    script = f"cd {gone} && rmdir {gone} && {sys.executable} -P -m msdl check ../a.msd"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "Error: The working folder does not exist any more.\n")


@pytest.mark.skipif(os.name != "posix", reason="a redirection of a Unix shell")
def test_a_closed_standard_input(folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m msdl check - <&-"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.endswith("Error: The standard input is closed.\n")


@pytest.mark.skipif(os.name != "posix", reason="a redirection of a Unix shell")
def test_a_closed_standard_output(folder: Path) -> None:
    command = ["bash", "-c", f"{sys.executable} -m msdl list >&-"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error[MSD110]: The standard output can't be written: it is closed.")


def test_an_ascii_terminal(folder: Path, process) -> None:
    (folder / "été.msd").write_text("network n { input 3 x 8 x 8; été }", encoding="utf-8")
    result = process("check", "été.msd", PYTHONIOENCODING="ascii")
    assert result.code == 1
    assert "Traceback" not in result.err
