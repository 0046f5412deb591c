"""Where statements end and go on, comments, line ends, spans, imports, scope (LANGUAGE, sections 2 and 5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from msdl import library
from msdl.compilation import Compilation
from msdl.language import syntax as ast
from msdl.language.parse import parse
from msdl.source import Source, Span


def codes(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in parse(Source("t", text))[1]]


def items(text: str) -> list[str]:
    """The kinds of a file's items."""
    document, found = parse(Source("t", text))
    assert found == (), [d.message for d in found]
    return [type(item).__name__ for item in document.items]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("let a = 1\nlet b = 2", ["Let", "Let"]),
        ("let a = 1; let b = 2", ["Let", "Let"]),
        ("let a = 1;;\n;\n; let b = 2;", ["Let", "Let"]),
        ("\n\n;let a = 1", ["Let"]),
        ("", []),
        ("\n", []),
        ("# nothing", []),
        ("let a = 1 # let b = 2\n# ; let c = 3\n", ["Let"]),
        ("let a = # a comment\n  1", ["Let"]),
        ("let a =\n\n\n  1", ["Let"]),
        ("let a = (1\n+ 2\n)", ["Let"]),
        ("let a = (1; \n+ 2)", ["Let"]),
        ("let a = floor(\n1\n)", ["Let"]),
        ("let a = w[\n1\n]", ["Let"]),
        ("let a = 1 +\n2 -\n3 *\n4 /\n5 %\n6 ^\n7", ["Let"]),
        ("let a = 1 when\n 2 ==\n 3 and\n 4 <\n 5 or\n 6 >= 7 else\n 8", ["Let"]),
        ("block b = relu\n  -> bn\n  -> relu\nlet a = 1", ["Block", "Let"]),
        ("block b = relu\n\n  # a comment\n\n  -> bn", ["Block"]),
        ("block b = relu ->\n bn", ["Block"]),
        ("block b = relu;  -> bn", None),
        ("block b = relu\n  bn", None),
        ("let a = 1\n+ 2", None),
        ("let a = 1 + ;2", ["Let"]),
        ("block b(c,\n d) = relu", ["Block"]),
        ("block b { y = in; out = y }", ["Block"]),
        ("block b { y = in\n out = y }", ["Block"]),
        ("block b {\n y =\n in;\n\n out = y;\n }", ["Block"]),
        ("block b { a,\n c = split(in, 2); out = [a,\n c] }", ["Block"]),
        ("network n { }", ["Network"]),
        ("network n {}", ["Network"]),
        ("network n { let a = 1 }", ["Network"]),
        ("network n { let a = 1 } let b = 2", None),
        ("network n { let a = 1 }; let b = 2", ["Network", "Let"]),
        ("network n { exit at 1:\n relu }", ["Network"]),
        ("network n { exits at 1,\n 2: relu }", ["Network"]),
        ("network n { expect params 1,\n macs 2 }", ["Network"]),
        ("network n\n{ }", None),
        ("let a = 1\r\nlet b = 2\r\n", ["Let", "Let"]),
        ("let a = 1\rlet b = 2\r", ["Let", "Let"]),
        ("let a = 1 # c\rlet b = 2", ["Let", "Let"]),
        ("let a =\r\n 1\r\n", ["Let"]),
        ("\tlet\ta\t=\t1\t", ["Let"]),
        ("let a = 1\f\nlet b = 2", ["Let", "Let"]),
    ],
)
def test_ends_of_statements(text: str, kinds: list[str] | None) -> None:
    if kinds is None:
        assert codes(text) != []
    else:
        assert items(text) == kinds


# Every kind of node, so that the walk below meets each.
EVERYTHING = """import "blocks.msd"
let a = 2 ^ 3 * (4 - -1) % 5
default bn(eps = 1e-3)
block chain(c, k = 3) = conv3x3(c, bias)/stride bn -> relu
block equations(n) {
  y[0] = in
  y[i] = y[i-1] + in -> relu for i in 1..n step 2
  p, q = split(in, 2)
  out = [p, q * p] when n == 1 and (channels > 3 or n < 2) else mean(y[0], (p))
}
network everything(classes = 10, depth = 4) {
  input 3 x (32 + 0) x 32
  let b = classes + 1
  default conv(bias)
  scales 3 { init 16, 32, 64; growth 6 * 2^(s-1); depth 1 }
  block own(c) = conv3x3(c)
  stem conv3x3(init) bn
  vertical conv3x3(init[s])/2
  layers depth on 1..3 dense(growth) {
    diagonal conv1x1(share)/2
    horizontal own(share)
    diagonal up relu
    from j where j >= 1: conv3x3(s + j)
    join concat
    then relu
  }
  reduce in 3 blocks: conv1x1(compress(0.5))
  reduce at 1, 2
  transition at 3: relu
  repeat 2 { stages residual { layer relu; between relu; leave relu } }
  sweep up enc on 1..2 { vertical relu; horizontal crop; join add; then bn }
  exit aux at 4 on scale 2: gap
  exits at 1..3 step 2, n^2 for n in 1..2, stage 1, end: gap linear(classes)
  exits at 1 in each stage: gap
  expect params 1_000, macs at exit1 <= 2.5M
}
"""


def nodes(node: object) -> Iterator[object]:
    yield node
    if isinstance(node, tuple):
        for child in node:
            yield from nodes(child)
    elif is_dataclass(node) and not isinstance(node, Span):
        for field in fields(node):
            yield from nodes(getattr(node, field.name))


@pytest.mark.parametrize("text", [EVERYTHING, *(p.read_text() for p in library.specs().values())])
def test_spans_are_what_was_written(text: str) -> None:
    """Every node's span lies in its parent's, and what was written there is what the node says."""
    document, found = parse(Source("t", text))
    assert found == ()
    for node in nodes(document):
        span = getattr(node, "span", None)
        if span is None or isinstance(node, ast.Document):
            continue
        assert span.text == span.text.strip(), span.text
        for child in nodes(tuple(getattr(node, f.name) for f in fields(node))):  # type: ignore[arg-type]
            inner = getattr(child, "span", None)
            if inner is not None:
                assert span.start <= inner.start <= inner.end <= span.end, (span.text, inner.text)
        match node:
            case ast.Name(name):
                assert span.text == name
            case ast.Number(_, written):
                assert span.text == written
            case ast.Call(name):
                assert span.text.startswith(name.text)
                assert span.text.endswith(")") == (node.args is not None)
            case ast.Input():
                assert span.text == "in"
            case ast.Index(name):
                assert span.text.startswith(name.text)
                assert span.text.endswith("]")
            case ast.Group():
                assert (span.text[0], span.text[-1]) == ("(", ")")
            case ast.Concat():
                assert (span.text[0], span.text[-1]) == ("[", "]")
            case ast.Negative():
                assert span.text[0] == "-"
            case ast.Network():
                assert span.text.startswith("network ")
                assert span.text.endswith("}")
            case ast.Layers():
                assert span.text.startswith("layers ")
                assert span.text.endswith("}")
            case ast.AtEnd():
                assert span.text == "end"
            case _:
                pass


def test_every_kind_of_node_is_met() -> None:
    """The text above holds every node of the syntax tree."""
    document, _ = parse(Source("t", EVERYTHING))
    met = {type(node).__name__ for node in nodes(document)}
    known = {name for name, thing in vars(ast).items() if isinstance(thing, type) and is_dataclass(thing)}
    assert known - met == set()


# Imports ---------------------------------------------------------------------------------------------------

NETWORK = "network n {\n  input 3 x 8 x 8\n  stem b(4)\n  exit at 0: gap linear(2)\n}\n"


def check(folder: Path, **files: str) -> list[str]:
    """The codes of `spec.msd` among other files."""
    for name, text in files.items():
        (folder / f"{name}.msd").write_text(text)
    return [d.code for d in Compilation.of(str(folder / "spec.msd")).diagnostics]


def test_import_looks_beside_the_file_first(tmp_path: Path) -> None:
    spec = 'import "blocks.msd"\n' + NETWORK
    assert check(tmp_path, spec=spec) == ["MSD201"]
    assert check(tmp_path, spec=spec, blocks="block b(c) = conv3x3(c)\n") == []


def test_import_looks_in_the_library(tmp_path: Path) -> None:
    assert check(tmp_path, spec='import "blocks.msd"\n' + NETWORK.replace("b(4)", "basic(4)")) == []


def test_imports_are_found_from_the_importing_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "inner.msd").write_text('import "inmost.msd"\nblock b(c) = deep(c)\n')
    (tmp_path / "sub" / "inmost.msd").write_text("block deep(c) = conv3x3(c)\n")
    assert check(tmp_path, spec='import "sub/inner.msd"\n' + NETWORK) == []


def test_blocks_of_a_file_see_their_own_file_alone(tmp_path: Path) -> None:
    """Scope is lexical: an imported block sees its file's lets and defaults, not the importing file's."""
    spec = 'import "other.msd"\nlet k = 5\ndefault conv(bias)\n' + NETWORK
    other = "let mine = 2\nblock b(c) = conv3x3(c * mine)\n"
    assert check(tmp_path, spec=spec, other=other) == []
    costs = Compilation.of(str(tmp_path / "spec.msd")).costs
    assert costs.parameters == 3 * 8 * 9 + 8 * 2 + 2
    assert check(tmp_path, spec=spec, other="block b(c) = conv3x3(c * k)\n") == ["MSD201"]


def test_networks_of_an_imported_file_are_not_the_files_own(tmp_path: Path) -> None:
    assert check(tmp_path, spec='import "other.msd"\n', other=NETWORK) == ["MSD109"]


def test_mistakes_of_an_imported_file_are_shown_there(tmp_path: Path) -> None:
    (tmp_path / "other.msd").write_text("let x = 1/0\nblock b(c) = conv3x3(c) rellu\n")
    (tmp_path / "spec.msd").write_text('import "other.msd"\n' + NETWORK)
    found = Compilation.of(str(tmp_path / "spec.msd")).diagnostics
    assert [(d.code, Path(d.span.source.name).name, d.span.line) for d in found if d.span] == [
        ("MSD304", "other.msd", 1),
        ("MSD201", "other.msd", 2),
    ]


def test_what_is_imported_twice_is_declared_once(tmp_path: Path) -> None:
    files = {
        "a": 'import "common.msd"\nblock b(c) = deep(c)\n',
        "z": 'import "common.msd"\nblock z(c) = deep(c)\n',
        "common": "block deep(c) = conv3x3(c)\n",
    }
    assert check(tmp_path, spec='import "a.msd"\nimport "z.msd"\n' + NETWORK, **files) == []


def test_what_two_files_declare_is_a_mistake(tmp_path: Path) -> None:
    block = "block b(c) = conv3x3(c)\n"
    assert check(tmp_path, spec='import "a.msd"\nimport "z.msd"\n' + NETWORK, a=block, z=block) == ["MSD205"]


def test_a_file_s_own_name_hides_an_imported_one(tmp_path: Path) -> None:
    own, imported = "block b(c) = conv3x3(c)\n", "block b(c) = nothing\n"
    assert check(tmp_path, spec='import "a.msd"\n' + own + NETWORK, a="block b(c) = conv1x1(c)\n") == []
    assert check(tmp_path, spec=own + 'import "a.msd"\n' + NETWORK, a="block b(c) = conv1x1(c)\n") == []
    assert check(tmp_path, spec='import "a.msd"\n' + NETWORK, a=imported) == ["MSD201"]


def test_order_of_blocks_is_free() -> None:
    text = NETWORK + "block b(c) = deep(c)\nblock deep(c) = conv3x3(c)\n"
    assert Compilation.of_text(text).diagnostics == ()
