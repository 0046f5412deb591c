"""The names a file knows: what it declares itself and what it imports."""

from __future__ import annotations

from pathlib import Path

from msdl import library
from msdl.diagnostics import Findings, Label, Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import Known, number
from msdl.language.load import read
from msdl.language.numbers import UNKNOWN
from msdl.language.parse import parse
from msdl.language.spec import Definition, FileScope
from msdl.language.suggest import did_you_mean
from msdl.source import Span

DEEPEST_IMPORT = 100
# Words that mean something of themselves where they stand.
TAKEN = frozenset({"s", "l", "i", "channels", "stride", "share", "compress", "out"})


def file_scope(
    document: ast.Document,
    folder: Path,
    findings: Findings,
    importing: tuple[Path, ...] = (),
    files: dict[Path, FileScope] | None = None,
) -> FileScope:
    """The names of a file. `importing` is the chain of files that led here, `files` what was read before."""
    scope = FileScope(document.span.source)
    files = {} if files is None else files
    for item in document.items:
        match item:
            case ast.Import():
                imported = findings.attempt(_import, item, scope, folder, importing, files, findings)
                scope.imports.append(imported)
            case ast.Let():
                findings.attempt(_let, item, scope)
            case ast.Default(op):
                scope.defaults[op.text] = item
            case ast.Block(name):
                findings.attempt(_declare_own, name, scope)
                scope.blocks[name.text] = Definition(item, scope)
            case ast.Network():
                pass
    return scope


def _let(item: ast.Let, scope: FileScope) -> None:
    _declare_own(item.name, scope)
    scope.lets[item.name.text] = UNKNOWN
    scope.lets[item.name.text] = number(item.value, Known(scope.lets))


def _import(
    statement: ast.Import,
    scope: FileScope,
    folder: Path,
    importing: tuple[Path, ...],
    files: dict[Path, FileScope],
    findings: Findings,
) -> FileScope:
    """Reads a file once, and makes its names this file's; its defaults stay its own."""
    path = _imported_path(statement, folder)
    if path in importing:
        chain = " -> ".join(p.name for p in (*importing[importing.index(path) :], path))
        raise mistake("MSD108", f"This import leads back to its own file: {chain}.", statement.span)
    if len(importing) > DEEPEST_IMPORT:
        message = f"Imports lead through more than {DEEPEST_IMPORT} files, one from the other."
        raise mistake("MSD107", message, statement.span)
    if path not in files:
        source = read(path)
        document, diagnostics = parse(source)
        findings.add(*diagnostics)
        if diagnostics:
            scope.imports.append(None)
        files[path] = file_scope(document, path.parent, findings, (*importing, path), files)
    imported = files[path]
    for name, place in imported.places.items():
        if name in scope.own:
            continue
        if scope.places.setdefault(name, place) != place:
            raise _twice(name, statement.span, scope.places[name])
        scope.take(name, imported)
    return imported


def _imported_path(statement: ast.Import, folder: Path) -> Path:
    if not statement.path.endswith(".msd"):
        raise mistake("MSD107", f"Only .msd files can be imported, not '{statement.path}'.", statement.span)
    for path in candidates(statement, folder):
        try:
            if path.is_file():
                return path.resolve()
        except (OSError, ValueError):
            break
    raise mistake(
        "MSD107",
        f"'{statement.path}' is neither beside this file nor in the library.",
        statement.span,
        help=did_you_mean(statement.path, (f"{name}.msd" for name in library.specs())),
    )


def candidates(statement: ast.Import, folder: Path) -> tuple[Path, ...]:
    """Where the file that a file of `folder` imports may lie, the likelier place first."""
    return folder / statement.path, library.SPECS / statement.path


def _declare_own(name: ast.Name, scope: FileScope) -> None:
    """A file's own name, which hides an imported one. Raises Mistake."""
    declare(name, scope.own)
    scope.places[name.text] = name.span
    scope.lets.pop(name.text, None)
    scope.blocks.pop(name.text, None)


def declare(name: ast.Name, places: dict[str, Span]) -> None:
    """Gives a name its place, once. Raises Mistake."""
    if name.text in TAKEN:
        raise mistake("MSD208", f"'{name.text}' has a meaning of its own and can't be declared.", name.span)
    if name.text in places:
        raise _twice(name.text, name.span, places[name.text])
    places[name.text] = name.span


def _twice(name: str, span: Span, first: Span) -> Mistake:
    return mistake(
        "MSD205", f"'{name}' is declared twice.", span, "again here", "", Label(first, "first declared here")
    )
