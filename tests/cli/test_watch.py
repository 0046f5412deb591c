"""`msdl check --watch`, as a process of its own: what it sees, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest

from msdl import library
from msdl.cli.check import watch

# Only a test that fails waits so long.
PATIENCE_S = 120


@dataclass(frozen=True)
class Watching:
    """A running `msdl check --watch`, which is read as it writes."""

    process: subprocess.Popen[str]

    def next_report(self) -> str:
        """What it writes up to where it waits for a change, the times left out."""
        assert self.process.stdout is not None
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(re.sub(r"^\[\d\d:\d\d:\d\d\] ", "", line))
            if lines[-1] == "Waiting for a change; Ctrl-C ends.\n":
                return "".join(lines[:-1])
        pytest.fail(f"it ended, or took longer than {PATIENCE_S} s:\n{''.join(lines)}")

    def report_with(self, words: str) -> str:
        """The next report with these words; on a slow machine others come before it, on a file half written."""
        while words not in (report := self.next_report()):
            pass
        return report


@pytest.fixture
def watching(folder: Path) -> Iterator[Callable[..., Watching]]:
    """`watching("net.msd")` starts the process; diagnostics and results come in one stream."""
    started: list[subprocess.Popen[str]] = []
    timers: list[Timer] = []

    def start(*arguments: str) -> Watching:
        process = subprocess.Popen(
            [sys.executable, "-m", "msdl", "check", "--watch", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        timers.append(Timer(PATIENCE_S, process.kill))
        timers[-1].start()
        return Watching(process)

    yield start
    for timer in timers:
        timer.cancel()
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def write_in_place(path: Path, text: str) -> None:
    path.write_text(text)


def write_beside_and_replace(path: Path, text: str) -> None:
    """As editors save that never leave half a file."""
    beside = path.with_name("4913~")
    beside.write_text(text)
    beside.replace(path)


@pytest.mark.parametrize("save", [write_in_place, write_beside_and_replace])
def test_it_checks_again_when_the_spec_changes(save: Callable[[Path, str], None], folder: Path, watching) -> None:
    spec = folder / "tiny.msd"
    good = spec.read_text()
    running = watching("tiny.msd")
    assert running.next_report() == "tiny.msd: ok\n"
    save(spec, good.replace("bn relu", "reluu", 1))
    report = running.report_with("did you mean 'relu'?")
    assert report.startswith("\ntiny.msd changed.\nerror[MSD201]: ")
    assert report.endswith("\n1 error\n")
    save(spec, good)
    assert running.report_with("ok\n") == "\ntiny.msd changed.\ntiny.msd: ok\n"


def test_it_sees_what_the_spec_imports_and_what_that_imports(folder: Path, watching) -> None:
    (folder / "parts").mkdir()
    (folder / "parts" / "a.msd").write_text('import "b.msd"\n')
    (folder / "parts" / "b.msd").write_text("let width = 4\n")
    (folder / "net.msd").write_text('import "parts/a.msd"\n' + (folder / "tiny.msd").read_text())
    running = watching("net.msd", "--format", "short")
    assert running.next_report() == "net.msd: ok\n"
    (folder / "parts" / "b.msd").write_text("let width = 1 / 0\n")
    running.report_with("b.msd:1:13: error[MSD304]: ")
    (folder / "parts" / "b.msd").unlink()
    running.report_with("error[MSD107]: ")
    (folder / "parts" / "b.msd").write_text("let width = 8\n")
    assert running.report_with("ok\n") == "\nb.msd changed.\nnet.msd: ok\n"


def test_it_waits_for_a_spec_that_is_not_there_yet(folder: Path, watching) -> None:
    running = watching("tiny.msd", "later/net.msd")
    assert running.next_report().startswith("error[MSD101]: There is no file and no library network 'later/net.msd'.")
    (folder / "later").mkdir()
    (folder / "tiny.msd").rename(folder / "later" / "net.msd")
    assert "no library network 'tiny.msd'" in running.report_with("\nlater/net.msd: ok\n")


@pytest.mark.skipif(os.name != "posix", reason="a signal of Unix")
def test_an_interrupt_ends_it(watching) -> None:
    running = watching("tiny.msd")
    running.next_report()
    running.process.send_signal(signal.SIGINT)
    rest, _ = running.process.communicate()
    assert (running.process.returncode, rest.strip()) == (130, "")


# Within this process


def test_a_file_system_that_reports_nothing_is_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Timeouts and changes of other files end no waiting; a change that nobody told of does."""
    spec = folder / "tiny.msd"

    def looks(*folders: Path, **options: object) -> Iterator[set[object]]:
        yield set()
        (folder / "other.msd").write_text("")
        yield set()
        spec.write_text("changed")
        yield set()

    monkeypatch.setattr("watchfiles.watch", looks)
    assert watch.wait(watch.stamps_of(["tiny.msd"])) == [Path("tiny.msd")]


@pytest.mark.parametrize(
    ("spec", "files"),
    [
        ("net.msd", ["net.msd", "parts.msd", "blocks.msd", "{specs}/parts.msd", "{specs}/blocks.msd"]),
        ("net.msd:small", ["net.msd:small", "net.msd", "parts.msd", "blocks.msd"]),
        ("nowhere/net.msd", ["nowhere/net.msd"]),
        ("resnet18", ["resnet18", "{specs}/resnet18.msd", "{specs}/blocks.msd"]),
        ("resnet18:small", ["resnet18:small", "resnet18", "{specs}/resnet18.msd"]),
        ("x" * 5_000, ["x" * 5_000]),
    ],
    ids="imports network missing library library-network long".split(),
)
def test_the_files_that_a_spec_is_read_from(spec: str, files: list[str], folder: Path) -> None:
    """Or would be, if they were there; a circle of imports is no trouble."""
    (folder / "net.msd").write_text('import "parts.msd"\nimport "blocks.msd"\n)(')
    (folder / "parts.msd").write_text('import "net.msd"\n')
    expected = {Path(file.replace("{specs}", str(library.SPECS))) for file in files}
    stamps = watch.stamps_of([spec])
    assert expected <= {path.relative_to(folder) if path.is_relative_to(folder) else path for path in stamps}
    assert {path.name for path, stamp in stamps.items() if stamp is None} <= {
        *(Path(file).name for file in files),
        "parts.msd",
        "blocks.msd",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe of Unix")
def test_a_pipe_is_left_to_the_check(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    pipe = os.open("pipe", os.O_RDWR | os.O_NONBLOCK)
    os.write(pipe, b"let x = 1")
    assert [*watch.stamps_of(["pipe"])] == [Path("pipe")]
    assert os.read(pipe, 100) == b"let x = 1"
    os.close(pipe)


def test_a_folder_that_cannot_be_watched(msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*folders: Path, **options: object) -> Iterator[set[object]]:
        raise OSError("inotify watch limit reached")
        yield

    monkeypatch.setattr("watchfiles.watch", refuse)
    result = msdl("check", "tiny.msd", "--watch")
    assert (result.code, result.out) == (2, "tiny.msd: ok\n")
    assert "The folders of the specs can't be watched: inotify watch limit reached." in result.err
