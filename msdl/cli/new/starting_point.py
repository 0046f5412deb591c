"""A network of the library as a file to start from: under another name, and with a comment at every statement."""

from __future__ import annotations

import re
import shlex
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from msdl.cli.new.commentary import PARAMETERS, Part, of_part, of_statement
from msdl.cli.wording import columns
from msdl.compilation import Compilation
from msdl.language import syntax as ast
from msdl.language.format import format_text
from msdl.language.numbers import show
from msdl.language.spec import NetworkSpec
from msdl.network.pieces import pieces
from msdl.source import Source, Span

WIDTH = 100
HARD_SPACE = "\u00a0"  # textwrap breaks a line at ASCII spaces alone

ABOUT_BLOCKS = (
    "Blocks of the library that are used below. To change one, copy it into this file without the `#`: a file's own"
    " block hides an imported one."
)
ABOUT_PARAMETERS = "Parameters. `--set name=value` gives one another value for a single run:"


@dataclass(frozen=True, order=True, slots=True)
class Edit:
    """A stretch of the library's text, in offsets, and what stands there in the copy."""

    start: int
    end: int
    text: str


def starting_point(network: Compilation, name: str, file: str) -> str:
    """The text of `file`: a copy of a library's network, called `name`. Parameters that were set are its defaults."""
    spec, document = network.spec, network.document
    assert spec is not None and document is not None
    text = spec.file.source.text
    edits = [
        _head(spec, document, name, file),
        *_blocks(spec, document),
        *_parameters(spec),
        _over(spec.name.span, name),
        *(_recounted(network) if spec.set_by_user else ()),
        *_comments(spec.statement),
    ]
    for edit in sorted(edits, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return format_text(Source(file, text))


def commands(file: str, spec: NetworkSpec) -> list[str]:
    """What to do with a spec, a command a line, each with what it shows."""
    classes = [" --set classes=10", ", here for 10 classes"] if "classes" in spec.parameters else ["", ""]
    path, module = (shlex.quote(name) for name in (file, f"{file.removesuffix('.msd')}.py"))
    rows = [
        [f"msdl check {path}", "# every mistake, at its place"],
        [f"msdl cost {path}{classes[0]}", f"# what each exit costs{classes[1]}"],
        [f"msdl compile {path} -o {module}", "# a readable PyTorch module"],
    ]
    return columns(rows, "<<")


# Above the network


def _head(spec: NetworkSpec, document: ast.Document, name: str, file: str) -> Edit:
    """Where the copy comes from, in the words of the library's own head, and what to do with it."""
    end = document.items[0].span.start
    about = [line.lstrip("# ") for line in spec.file.source.text[:end].splitlines() if line.strip()]
    changed = ", ".join(f"{key} = {show(spec.parameters[key])}" for key in spec.parameters if key in spec.set_by_user)
    origin = f"{name}: started from the library's {spec.name.text}{f' with {changed}' if changed else ''}"
    printable = "".join(letter if letter.isprintable() else "?" for letter in file)
    lines = [origin, *about, "", "What to do next:", *(f"  {command}" for command in commands(printable, spec))]
    return Edit(0, end, f"{_commented(lines)}\n")


def _blocks(spec: NetworkSpec, document: ast.Document) -> Iterator[Edit]:
    """What the imported blocks are that the network uses, above the import."""
    used = {piece.name.text for piece in pieces(spec.statement, spec.blocks) if isinstance(piece, ast.Call)}
    known = (definition for name, definition in spec.blocks.items() if name in used)
    imported = [definition.block.span for definition in known if definition.file is not spec.file]
    if imported:
        texts = [["", *_with_its_comment(span)] for span in sorted(imported, key=lambda span: span.start)]
        lines = [*_wrapped(ABOUT_BLOCKS, WIDTH), *(f" {line}" for text in texts for line in text)]
        at = next(item.span.start for item in document.items if isinstance(item, ast.Import))
        yield _before(at, _commented(lines))


def _with_its_comment(span: Span) -> list[str]:
    """The lines of a declaration, those of the comment right above it included."""
    first = span.line
    while first > 1 and span.source.line(first - 1).startswith("#"):
        first -= 1
    return span.source.text[span.source.offset(first) : span.end].splitlines()


def _parameters(spec: NetworkSpec) -> Iterator[Edit]:
    """What each parameter is, above the network, and the values that were set, in place of the defaults."""
    names = [parameter.name.text for parameter in spec.statement.params]
    if names:
        lines = columns([["", name, PARAMETERS[name]] for name in names if name in PARAMETERS], "<<<")
        yield _before(spec.statement.span.start, _commented([ABOUT_PARAMETERS, *lines]))
    for parameter in spec.statement.params:
        if parameter.name.text in spec.set_by_user:
            yield _over(parameter.span, f"{parameter.name.text} = {show(spec.parameters[parameter.name.text])}")


# In the network


def _recounted(network: Compilation) -> Iterator[Edit]:
    """What the network comes to with other parameters, in place of what the library's comes to."""
    assert network.spec is not None
    for item in network.spec.statement.items:
        if isinstance(item, ast.Expect):
            yield _over(item.span, f"expect params {network.costs.parameters:_}, macs {network.costs.macs:_}")


def _comments(network: ast.Network) -> Iterator[Edit]:
    """What each statement does, above the line on which it starts; what its parts are, behind theirs."""
    source = network.span.source
    above: dict[int, list[str]] = {}
    for item in _flat(network.items):
        said = above.setdefault(item.span.line, [])
        said.append(of_statement(item, network))
        behind: dict[int, list[str]] = {}
        for part in _parts(item):
            word, what = of_part(part)
            if what and part.span.line == item.span.line:
                said.append(f"`{word}`: {what}.")
            elif what:
                behind.setdefault(part.span.line, []).append(what)
        yield from (_behind(source, number, "; ".join(what)) for number, what in behind.items())
    yield from (_above(source, number, " ".join(said)) for number, said in above.items())


def _flat(items: Iterable[ast.Item]) -> Iterator[ast.Item]:
    """The statements, those inside of others too."""
    for item in items:
        yield item
        if isinstance(item, ast.Repeat):
            yield from _flat(item.items)


def _parts(item: ast.Item) -> Sequence[Part]:
    match item:
        case ast.Scales(columns=columns):
            return columns
        case ast.Layers(rules=rules) | ast.Sweep(rules=rules):
            return rules
        case ast.Stages(rules=rules):
            return rules
        case _:
            return ()


def _above(source: Source, number: int, text: str) -> Edit:
    """A comment above a line, behind an empty one unless it is the first thing in its braces."""
    line, before = source.line(number), source.line(number - 1) if number > 1 else ""
    indent = line[: len(line) - len(line.lstrip())]
    gap = "" if not before or before.endswith("{") else "\n"
    return _before(source.offset(number), gap + _commented(_wrapped(text, WIDTH - len(indent)), indent))


def _behind(source: Source, number: int, text: str) -> Edit:
    """A comment behind a line, unless the library has one there."""
    line = source.line(number)
    return _before(source.offset(number) + len(line), "" if "#" in line else f"  # {text}")


# Text


def _over(span: Span, text: str) -> Edit:
    return Edit(span.start, span.end, text)


def _before(offset: int, text: str) -> Edit:
    return Edit(offset, offset, text)


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` with their `# `; what stands in backticks stays on one line."""
    whole = re.sub(r"`[^`]*`", lambda code: code[0].replace(" ", HARD_SPACE), text)
    lines = textwrap.wrap(whole, width - len("# "), break_long_words=False, break_on_hyphens=False)
    return [line.replace(HARD_SPACE, " ") for line in lines]


def _commented(lines: Iterable[str], indent: str = "") -> str:
    return "".join(f"{indent}# {line}".rstrip() + "\n" for line in lines)
