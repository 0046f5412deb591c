from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msdl.deployment.bench.mixes import ALL_FIRST, ALL_LAST, STANDARD, Mix, fitted, mixes, shares_of

weights = st.lists(st.integers(0, 100), min_size=1, max_size=12).filter(any)
shares = weights.map(lambda parts: tuple(part / sum(parts) for part in parts))


@pytest.mark.parametrize(
    ("exits", "expected"),
    [
        (1, [1]),
        (2, [0.7, 0.3]),
        (4, [0.5, 0.2, 0.2, 0.1]),
        (5, [0.4, 0.22, 0.16, 0.14, 0.08]),
        (8, [0.25, 0.25, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05]),
    ],
)
def test_shares_are_spread_over_other_numbers_of_exits(exits: int, expected: list[float]) -> None:
    assert fitted((0.5, 0.2, 0.2, 0.1), exits) == pytest.approx(expected)


@given(shares, st.integers(1, 40))
def test_shares_stay_shares(given: tuple[float, ...], exits: int) -> None:
    spread = fitted(given, exits)
    assert len(spread) == exits and min(spread) >= 0 and sum(spread) == pytest.approx(1)


@given(shares, st.integers(1, 12))
def test_exits_that_are_split_have_together_what_they_had(given: tuple[float, ...], parts: int) -> None:
    spread = fitted(given, parts * len(given))
    sums = [sum(spread[start : start + parts]) for start in range(0, len(spread), parts)]
    assert sums == pytest.approx(list(given))


@given(shares, st.integers(1, 5000))
def test_every_image_is_counted_once_and_near_its_share(given: tuple[float, ...], images: int) -> None:
    counts = Mix("any", given).counts(images)
    assert sum(counts) == images
    assert all(abs(count - share * images) <= 1 for count, share in zip(counts, given, strict=True))


def test_all_images_to_the_last_exit_come_first_whatever_is_named() -> None:
    found = mixes([STANDARD[0], ALL_FIRST, ALL_LAST], 4)
    assert [mix.name for mix in found] == [ALL_LAST, STANDARD[0], ALL_FIRST]
    assert [mix.shares for mix in found] == [(0, 0, 0, 1), (0.5, 0.2, 0.2, 0.1), (1, 0, 0, 0)]


def test_with_one_exit_there_is_one_mix() -> None:
    assert [mix.name for mix in mixes([ALL_LAST, ALL_FIRST, *STANDARD], 1)] == [ALL_LAST]


def test_commas_will_do() -> None:
    assert shares_of(".25, .75") == (0.25, 0.75)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("half", "is not a list of shares"),
        ("", "is not a list of shares"),
        (".5/", "is not a list of shares"),
        (".5/.6", "add up to 1.1, not to 1"),
        ("1.5/-.5", "is not from 0 to 1"),
        ("nan/1", "is not from 0 to 1"),
        (".2/.2/.2/.2/.2", "has 5 shares, and the network 4 exits"),
    ],
)
def test_what_is_no_mix_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        mixes([text], 4)
