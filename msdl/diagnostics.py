"""What msdl has to say about a spec, as data: `msdl/report` alone turns it into text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import ParamSpec, TypeVar

from msdl.source import Span

P = ParamSpec("P")
T = TypeVar("T")


class Severity(Enum):
    """How grave a diagnostic is; only an error changes the exit code (a warning too, under `--strict`)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that explains the first: the line the other side came from."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake or remark.

    `message` is a sentence with the numbers filled in; `caption` stands beside the caret and says what was
    expected or found there; `help` suggests the next step. A diagnostic without a span concerns the run as a
    whole (a file that can't be read, an unknown `--set`).
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    caption: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""

    @property
    def cause(self) -> tuple[object, ...]:
        """What makes two diagnostics one: the same code at the same place."""
        if self.span is None:
            return (self.code, self.message)
        return (self.code, self.span.source.name, self.span.start, self.span.end)

    @property
    def place(self) -> tuple[str, int]:
        return ("", -1) if self.span is None else (self.span.source.name, self.span.start)


def error(
    code: str, message: str, span: Span | None = None, caption: str = "", help: str = "", *labels: Label
) -> Diagnostic:
    """What has to be put right; there is no network until then."""
    return Diagnostic(code, Severity.ERROR, message, span, caption, labels, help=help)


class SpecError(ValueError):
    """A spec with errors. `diagnostics` holds all that was found; `str()` gives each a line, with its place."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(map(_line, self.diagnostics))


def _line(diagnostic: Diagnostic) -> str:
    said = f"{diagnostic.severity.value}[{diagnostic.code}]: {diagnostic.message}"
    if diagnostic.span is None:
        return said
    line, column = diagnostic.span.source.position(diagnostic.span.start)
    return f"{diagnostic.span.source.name}:{line}:{column}: {said}"


class Mistake(Exception):
    """A pass can't go on with this expression or statement; whoever can do without it catches this."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def mistake(
    code: str, message: str, span: Span | None = None, caption: str = "", help: str = "", *labels: Label
) -> Mistake:
    """An error to raise."""
    return Mistake(error(code, message, span, caption, help, *labels))


@dataclass
class Findings:
    """The diagnostics of one pass while it runs: one per cause. False as long as there are none."""

    _found: dict[tuple[object, ...], Diagnostic] = field(default_factory=dict)

    def add(self, *diagnostics: Diagnostic) -> None:
        for diagnostic in diagnostics:
            self._found.setdefault(diagnostic.cause, diagnostic)

    def error(
        self, code: str, message: str, span: Span | None = None, caption: str = "", help: str = "", *labels: Label
    ) -> None:
        self.add(error(code, message, span, caption, help, *labels))

    def warning(
        self, code: str, message: str, span: Span | None, caption: str = "", help: str = "", *labels: Label
    ) -> None:
        self.add(Diagnostic(code, Severity.WARNING, message, span, caption, labels, help=help))

    def attempt(self, action: Callable[P, T], *args: P.args, **keywords: P.kwargs) -> T | None:
        """The result of an action, or None and its mistake among the findings."""
        try:
            return action(*args, **keywords)
        except Mistake as found:
            self.add(found.diagnostic)
            return None

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found.values())


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Diagnostics in source order, one per cause."""
    findings = Findings()
    findings.add(*diagnostics)
    return tuple(sorted(findings, key=lambda diagnostic: diagnostic.place))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    return fails(diagnostics, strict=False)


def fails(diagnostics: Iterable[Diagnostic], strict: bool) -> bool:
    """Whether what was found counts as failure: an error does, under `--strict` a warning too."""
    counts = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    return any(diagnostic.severity in counts for diagnostic in diagnostics)
