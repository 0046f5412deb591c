"""`msdl fmt`: gives specs their one layout."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import click

from msdl import library
from msdl.cli.options import read_stdin_once, specs_argument
from msdl.cli.output import FINE, INVALID, put, report, write
from msdl.diagnostics import Findings, Mistake, SpecError, mistake
from msdl.report import brief

LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Layout:
    """A spec before and after: `before` is its text as it is, byte order mark included.

    `rewritable` says that it lies in a file; what comes through a pipe can only be passed on.
    """

    name: str
    before: str
    after: str
    rewritable: bool

    @property
    def differs(self) -> bool:
        return self.before != self.after

    @property
    def diff(self) -> str:
        """What changes, as a patch."""
        return "".join(map(_whole, unified_diff(_lines(self.before), _lines(self.after), self.name, self.name)))


@click.command("fmt")
@specs_argument
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change, exit code 1 if any.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
def command(specs: tuple[str, ...], check: bool, diff: bool) -> int:
    """Give specs their one layout. What they say stays the same, and comments stay where they were.

    SPEC is a file, a folder with all the .msd files below it, or - for the standard input, whose layout is printed, as
    is that of a pipe. A file with syntax errors is left as it is.

    \b
    Examples:
      msdl fmt net.msd
      msdl fmt specs --check
      msdl fmt net.msd --diff
      msdl fmt - < net.msd
    """
    findings = Findings()
    code = FINE
    for name in _names(specs, findings):
        layout = _layout(name, findings)
        if layout is None:
            continue
        if check and layout.differs:
            code = INVALID
        _tell(layout, check, diff)
    report(findings)
    return INVALID if findings else code


def _names(specs: tuple[str, ...], findings: Findings) -> Iterable[str]:
    """The files that are meant, each once; wrong usage is told before any of them is touched."""
    read_stdin_once(*specs)
    meant = {spec: ["-"] if spec == "-" else _files(spec) for spec in specs}
    for spec, names in meant.items():
        if not names:
            findings.error("MSD101", f"'{spec}' is a folder without .msd files.")
    return dict.fromkeys(name for names in meant.values() for name in names)


def _files(spec: str) -> list[str]:
    """The file of this name, there or not, or those below the folder of this name."""
    if not spec:  # Path("") would be the working folder
        return [spec]
    with suppress(OSError, ValueError):  # a name that no file can have: reading it says why
        path = Path(spec)
        if path.is_dir():
            return _below(path)
        if not path.exists():
            _refuse_network(spec)
    return [spec]


def _refuse_network(spec: str) -> None:
    """A network of the library, or one network of a file, is no file: it has no layout of its own."""
    from msdl.language.load import STANDARD_INPUT, readings

    for name in readings(spec):
        if name == STANDARD_INPUT or Path(name).exists():
            raise click.UsageError(f"`msdl fmt` formats whole files: `msdl fmt {name}`.")
        if name in library.specs():
            raise click.UsageError(f"'{spec}' is a network of the library; `msdl fmt` formats files.")


def _below(folder: Path) -> list[str]:
    """The .msd files below a folder, but for those in hidden folders, such as an environment's."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*.msd")) if path.is_file())
    return [str(folder / path) for path in paths if not any(part.startswith(".") for part in path.parts)]


def _layout(name: str, findings: Findings) -> Layout | None:
    """A file's layout, or none and what is wrong with the file among the findings."""
    from msdl.language.format import Unfaithful, format_text
    from msdl.language.load import STANDARD_INPUT, content, decoded, standard_input

    try:
        if not name:
            raise mistake("MSD101", "The name of a spec is empty.")
        is_stdin = name == STANDARD_INPUT
        data = standard_input() if is_stdin else content(Path(name))
        source = decoded("<stdin>" if is_stdin else name, data, is_file=not is_stdin)
        return Layout(name, data.decode(), format_text(source), not is_stdin and Path(name).is_file())
    except Mistake as found:
        findings.add(found.diagnostic)
    except SpecError as error:
        findings.add(*error.diagnostics)
    except Unfaithful as error:
        raise click.ClickException(f"{error} It is left as it was. This is a bug of msdl; please report it.") from None
    return None


def _tell(layout: Layout, check: bool, diff: bool) -> None:
    """Writes a layout, or says what writing it would do."""
    name = brief(layout.name)
    if diff:
        _put(layout.diff)
    elif check:
        _put(f"{name}: would be formatted" if layout.differs else "")
    elif not layout.rewritable:
        _put(layout.after)
    elif layout.differs:
        write(layout.name, layout.after)
        put(f"{name}: formatted")
    else:
        put(f"{name}: unchanged")


def _put(text: str) -> None:
    """Prints a result, unless there is none: an empty one is not a line."""
    if text:
        put(text)


def _lines(text: str) -> list[str]:
    """A text's lines with their ends; a carriage return is a part of its line, as in a patch."""
    return LINE.findall(text)


def _whole(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
