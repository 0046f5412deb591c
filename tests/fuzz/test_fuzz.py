"""No text gives a traceback: whatever is fed in, what is wrong with it comes out as diagnostics.

The examples are the same in every run (`derandomize`), and the whole file has a cap on its time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from msdl.compilation import Compilation
from msdl.diagnostics import Diagnostic, Mistake, SpecError
from msdl.language.parse import parse, parse_expression
from msdl.report import FORMATS, render
from msdl.source import Source, Span
from tests.fuzz.mutations import characters_changed, networks, texts, tokens, words_changed

TIME_CAP_S = 180
CODE = re.compile(r"MSD[1-9][0-9]{2}")


def fuzz(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )


@pytest.fixture(scope="module", autouse=True)
def time_cap() -> Iterator[None]:
    start = time.monotonic()
    yield
    took = time.monotonic() - start
    assert took < TIME_CAP_S, f"the fuzz tests took {took:.0f} s; their cap is {TIME_CAP_S} s"


def look_at(diagnostics: Iterable[Diagnostic]) -> None:
    """Every diagnostic has a code, a sentence and places within their texts, and every format can show it."""
    diagnostics = tuple(diagnostics)
    for diagnostic in diagnostics:
        assert CODE.fullmatch(diagnostic.code)
        assert diagnostic.message.endswith((".", "?", "!")), diagnostic.message
        if diagnostic.span is not None:
            look_at_span(diagnostic.span)
        for label in diagnostic.labels:
            look_at_span(label.span)
    for format in FORMATS:
        render(diagnostics, format)


def look_at_span(span: Span) -> None:
    assert 0 <= span.start <= span.end <= len(span.source.text), (span.start, span.end, len(span.source.text))
    line, column = span.source.position(span.start)
    assert line >= 1
    assert column >= 1


def look_at_parse(text: str) -> None:
    document, found = parse(Source("fuzz.msd", text))
    look_at(found)
    look_at_span(document.span)


def look_at_compilation(text: str) -> None:
    """The pipeline up to its costs, which raise SpecError when, and only when, there are errors."""
    compilation = Compilation.of_text(text, name="fuzz.msd")
    look_at(compilation.diagnostics)
    if compilation.valid:
        assert compilation.costs.exits
        assert compilation.schedule.sections
        return
    with pytest.raises(SpecError):
        _ = compilation.costs


@fuzz(2_500)
@given(texts())
def test_parses_of_random_text(text: str) -> None:
    look_at_parse(text)


@fuzz(3_000)
@given(tokens())
def test_parses_of_random_words(text: str) -> None:
    look_at_parse(text)


@fuzz(2_000)
@given(characters_changed())
def test_parses_of_specs_with_changed_characters(text: str) -> None:
    look_at_parse(text)


@fuzz(1_500)
@given(words_changed())
def test_parses_of_specs_with_changed_words(text: str) -> None:
    look_at_parse(text)


@fuzz(1_000)
@given(tokens())
def test_parses_of_values(text: str) -> None:
    try:
        parse_expression(Source("--set x", text))
    except Mistake as found:
        look_at([found.diagnostic])


PIPELINES: tuple[tuple[str, SearchStrategy[str], int], ...] = (
    ("random networks", networks(), 600),
    ("specs with changed words", words_changed(), 400),
)


@pytest.mark.parametrize(("strategy", "examples"), [pytest.param(s, n, id=name) for name, s, n in PIPELINES])
def test_pipelines(strategy: SearchStrategy[str], examples: int) -> None:
    @fuzz(examples)
    @given(strategy)
    def run(text: str) -> None:
        look_at_compilation(text)

    run()
