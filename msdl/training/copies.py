"""A spec as a run keeps it: its file, and beside it those it imports from elsewhere than the library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from msdl import library
from msdl.compilation import Compilation
from msdl.language import syntax as ast
from msdl.language.parse import parse
from msdl.language.spec import FileScope
from msdl.runtime.run import SPEC


def copies(compilation: Compilation) -> Mapping[str, str]:
    """The texts to keep, by file name, in one folder; imports are led to the copies. `spec.msd` is the spec.

    No copy has the name of a file of the library: another file may import that one.
    """
    assert compilation.spec is not None
    root = compilation.spec.file
    others = [file for file in compilation.spec.file.files if file is not None and file is not root]
    own = [file for file in others if Path(file.source.name).resolve().parent != library.SPECS.resolve()]
    names = {id(root): SPEC} | dict(zip(map(id, own), _names(own), strict=True))
    return {names[id(file)]: _led(file, names) for file in (root, *own)}


def settings(compilation: Compilation) -> dict[str, int | float]:
    """What `--set` gave the network, as numbers."""
    assert compilation.spec is not None
    values = {name: compilation.spec.parameters[name] for name in compilation.settings}
    return {name: value if isinstance(value, int) else float(value) for name, value in values.items()}  # type: ignore[arg-type]


def _names(files: Iterable[FileScope]) -> Iterator[str]:
    taken = {SPEC, *(path.name for path in library.specs().values())}
    for file in files:
        path = Path(file.source.name)
        numbered = (f"{path.stem}{number}.msd" for number in count(2))
        name = path.name if path.name not in taken else next(name for name in numbered if name not in taken)
        taken.add(name)
        yield name


def _led(file: FileScope, names: Mapping[int, str]) -> str:
    """A file's text with its imports led to the copies."""
    text = file.source.text
    imports: Sequence[ast.Import] = [item for item in parse(file.source)[0].items if isinstance(item, ast.Import)]
    for statement, imported in reversed([*zip(imports, file.imports, strict=True)]):
        if id(imported) in names:
            span = statement.span
            written = span.text.replace(f'"{statement.path}"', f'"{names[id(imported)]}"')
            text = text[: span.start] + written + text[span.end :]
    return text
