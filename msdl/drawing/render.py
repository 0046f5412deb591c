"""DOT -> SVG, PDF or PNG, by the Graphviz libraries that come along with pygraphviz: no system package is needed."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Literal

Format = Literal["svg", "pdf", "png"]

STANDARD_ERROR = 2
COMMENT = re.compile(rb"<!--.*?-->\n?", re.DOTALL)
NOT_INSTALLED = "the package 'pygraphviz', which draws, is missing; `pip install 'pygraphviz>=2'` brings it"


class Unrendered(Exception):
    """There is no drawing; the message says why, as the end of a sentence."""


def render(dot: str, format: Format) -> bytes:
    """A drawing whose places are all pinned, as a file of a format. Raises Unrendered."""
    try:
        from pygraphviz import AGraph
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "pygraphviz"
        raise Unrendered(NOT_INSTALLED if missing else f"pygraphviz can't be loaded: {error}") from None
    with _silenced() as said:
        try:
            drawn: bytes = AGraph(string=dot).draw(format=format, prog="nop2")
        except (ValueError, OSError) as error:
            raise Unrendered(f"Graphviz failed: {_reason(said) or error}") from None
    if not drawn:
        raise Unrendered(f"Graphviz failed: {_reason(said) or 'it drew nothing'}")
    # Graphviz's comments name its version and every connection once more.
    return COMMENT.sub(b"", drawn) if format == "svg" else drawn


@contextmanager
def _silenced() -> Iterator[IO[bytes]]:
    """Takes what C libraries write to the standard error: fontconfig warns about files that are not ours."""
    with tempfile.TemporaryFile() as said:
        try:
            kept = os.dup(STANDARD_ERROR)
        except OSError:  # it is closed
            yield said
            return
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(said.fileno(), STANDARD_ERROR)
        try:
            yield said
        finally:
            os.dup2(kept, STANDARD_ERROR)
            os.close(kept)


def _reason(said: IO[bytes]) -> str:
    """What Graphviz said last, if anything."""
    said.seek(0)
    lines = [line for line in said.read().decode(errors="replace").splitlines() if line.startswith("Error")]
    return lines[-1].removeprefix("Error:").strip() if lines else ""
