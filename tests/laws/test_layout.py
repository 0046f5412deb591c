"""Blank lines, comments, indentation and `;` for line ends mean nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from msdl.compilation import Compilation
from tests.laws.sketches import SKETCHES, Sketch
from tests.laws.test_identifiers import described
from tests.laws.words import compiled

laws = settings(max_examples=40, derandomize=True, deadline=None)

COMMENTS = st.sampled_from(["", " ", "\t", "  # a comment", "# 8 -> { } ; exit at 99", " # \u00e9\u4e2d"])
INDENTS = st.sampled_from(["", " ", "    ", "\t"])
# What may stand for the end of a line.
ENDS = st.sampled_from(["\n", "\n\n", "\n \n\t\n", "\r\n", "\n# alone in its line\n", ";", " ; ", ";\n", ";;"])


@laws
@given(SKETCHES, st.data())
def test_layout_means_nothing(sketch: Sketch, data: st.DataObject) -> None:
    written = relaid(sketch.text, data)
    before, after = compiled(sketch.text), compiled(written)
    assert described(before.network) == described(after.network)
    assert before.costs == after.costs
    assert laid_out(before) == laid_out(after)


def relaid(text: str, data: st.DataObject) -> str:
    """The text with another layout. Behind `{` and before `}` a line may end, but nothing may stand for its end."""
    lines = text.splitlines()
    written = ""
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        end = data.draw(ENDS)
        is_statement = line.strip() and not line.rstrip().endswith("{") and following.strip() not in ("", "}")
        if ";" in end and not is_statement:
            end = "\n"
        comment = data.draw(COMMENTS) if "\n" in end and ";" not in end else ""
        written += data.draw(INDENTS) + line + comment + end
    return written


def laid_out(compilation: Compilation) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(section.exit.name, section.nodes, section.state) for section in compilation.schedule.sections]
