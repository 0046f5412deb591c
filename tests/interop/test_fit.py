"""What is told of a state_dict that doesn't fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from msdl.interop.fit import MOST_LINES, Misfitting

shapes = st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(st.integers(1, 3)))


@given(shapes, shapes)
def test_every_difference_is_of_one_kind(
    theirs: dict[str, tuple[int, ...]], expected: dict[str, tuple[int, ...]]
) -> None:
    found = Misfitting(theirs, expected)
    named = [*found.missing, *found.unexpected, *found.misshapen]
    assert sorted(named) == sorted(key for key in theirs | expected if theirs.get(key) != expected.get(key))
    assert len(found.lines) == len(named)


def test_a_diagnostic_shows_the_first_of_each_kind() -> None:
    """The exception names all of them."""
    expected = {f"a{n}": (n,) for n in range(100)}
    theirs = {f"b{n}": (n,) for n in range(MOST_LINES)}
    found = Misfitting(theirs, expected, "a hint")
    (note,) = found.diagnostic.notes
    lines = note.splitlines()
    assert lines[MOST_LINES - 2 : MOST_LINES + 1] == ["missing: a10, 10", ".. and 89 more missing", "unexpected: b0, 0"]
    assert len(lines) == 2 * MOST_LINES
    assert found.diagnostic.message.endswith("100 missing, 12 unexpected.")
    assert str(found).splitlines()[-2:] == ["unexpected: b11, 11", "a hint"]
