"""The examples of docs/language.md compile, fail and expand as the page says, and its tables are those of the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from msdl.compilation import Compilation
from msdl.diagnostics import Severity
from msdl.language.keywords import KEYWORDS
from msdl.network.ops import OPS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")

FENCE = re.compile(r"^```(msd|graph)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What a fragment leaves out, as the page itself says; `vertical` is left out in front of stages.
REST = {
    "input": "input 3 x 32 x 32",
    "scales": "scales 3 { init 16, 32, 64; width 16, 32, 64; growth 6, 12, 24; depth 2 }",
    "stem": "stem conv3x3(init) bn relu",
    "vertical": "vertical conv3x3(init)/2 bn relu",
    "exit": "exit at end: gap linear(10)",
}


@dataclass(frozen=True)
class Example:
    """One fence: its text, made whole, what it is to be told, and the graph that the fence behind it shows."""

    line: int
    text: str
    expected: frozenset[tuple[Severity, str]]
    graph: tuple[str, ...]


def examples() -> Iterator[Example]:
    """The fences of the page, in order.

    The words behind `msd` are `fragment` and a severity with its codes. Errors and warnings have to be named; of the
    notes, those that matter to the example.
    """
    found: list[Example] = []
    for match in FENCE.finditer(PAGE):
        language, words, text = match[1], match[2].split(), match[3]
        if language == "graph":
            found[-1] = replace(found[-1], graph=tuple(" ".join(line.split()) for line in text.splitlines()))
            continue
        fragment = "fragment" in words
        severities = [word for word in words if word in ("error", "warning", "note")]
        codes = [word for word in words if word.startswith("MSD")]
        expected = frozenset((Severity(severity), code) for severity in severities for code in codes)
        assert len(words) == fragment + len(severities) + len(codes), words
        line = PAGE.count("\n", 0, match.start()) + 1
        found.append(Example(line, whole(text) if fragment else text, expected, ()))
    yield from found


def whole(fragment: str) -> str:
    """A part of a network in the network that the page puts around it."""
    said = {word for word in REST if re.search(rf"^\s*{word}s?\b", fragment, re.MULTILINE)}
    if re.search(r"^\s*stages\b", fragment, re.MULTILINE):
        said.add("vertical")
    rest = "\n".join(text for word, text in REST.items() if word not in said)
    return f"network fragment {{\n{rest}\n{fragment}\n}}\n"


def compilations(text: str) -> list[Compilation]:
    """Every network of a text."""
    compilation = Compilation.of_text(text)
    networks = compilation.document.networks if compilation.document else ()
    if len(networks) < 2:
        return [compilation]
    return [replace(compilation, chosen=network.name.text) for network in networks]


@pytest.mark.parametrize("example", [*examples()], ids=lambda example: f"line {example.line}")
def test_examples_are_told_what_the_page_says(example: Example) -> None:
    for compilation in compilations(example.text):
        told = {(found.severity, found.code) for found in compilation.diagnostics}
        grave = {(severity, code) for severity, code in told if severity is not Severity.NOTE}
        assert grave <= example.expected <= told, [found.message for found in compilation.diagnostics]
        assert compilation.valid != any(severity is Severity.ERROR for severity, _ in example.expected)


@pytest.mark.parametrize(
    "example", [example for example in examples() if example.graph], ids=lambda example: f"line {example.line}"
)
def test_examples_expand_as_the_page_shows(example: Example) -> None:
    """Each line shown is a node, in the order of the graph; what reads the image doesn't say so."""
    graph = Compilation.of_text(example.text).graph
    assert graph is not None
    lines = []
    for node in graph.layers:
        sources = ", ".join(source for source in node.inputs if source != "image")
        lines.append(f"{node.id} {node.shape}" + (f" <- {sources}" if sources else ""))
    assert [line for line in lines if line in example.graph] == [*example.graph]


def between(name: str) -> str:
    """The part of the page between `<!-- name -->` and `<!-- /name -->`."""
    return PAGE.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]


def test_the_page_lists_the_keywords() -> None:
    assert set(between("keywords").replace(">", " ").split()) == set(KEYWORDS)


def test_the_page_lists_the_ops() -> None:
    rows = [line.split("|") for line in between("ops").splitlines() if line.startswith("| `")]
    strided = {form: row[2].strip() == "yes" for row in rows for form in re.findall(r"`([^`]+)`", row[1])}
    shorter = ("split(value, n)", "cut(value, c1, ..)", "crop", "cropto")
    forms = {form: forms for form, forms in strided.items() if form not in shorter}
    assert forms == {"cut(c1, ..)" if op.name == "cut" else op.form: op.strided for op in OPS}


def test_the_page_lists_the_codes() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "msdl").rglob("*.py"))
    assert set(re.findall(r"MSD\d{3}", between("codes"))) == set(re.findall(r'"(MSD\d{3})"', source))
