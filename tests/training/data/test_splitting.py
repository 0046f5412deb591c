from __future__ import annotations

from fractions import Fraction
from itertools import chain

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from msdl.training.data.collection import Collection
from msdl.training.data.pictures import Raster
from msdl.training.data.splitting import split
from tests.training.data.conftest import refusal


def collection(counts: list[int], **said: object) -> Collection:
    """So many images of each class, the classes one after the other."""
    labels = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    names = tuple(map(str, range(len(labels))))
    return Collection(tuple(map(str, range(len(counts)))), names, labels, Raster(torch.empty(0)), **said)


@given(
    some.lists(some.one_of(some.just(0), some.integers(3, 60)), min_size=2, max_size=8),
    some.fractions(0, 1),
    some.fractions(0, 1),
    some.integers(0, 2**32 - 1),
)
@settings(deadline=None)
def test_parts_share_nothing_miss_nothing_and_have_every_class(
    counts: list[int], test: Fraction, validation: Fraction, seed: int
) -> None:
    whole = collection([*counts, 3, 4], test=test)
    parts = split(whole, seed, validation or None)
    assert sorted(chain.from_iterable(parts.values())) == list(range(len(whole.names)))
    for numbers in parts.values():
        assert list(numbers) == sorted(numbers)
        assert set(whole.labels[list(numbers)].tolist()) == set(whole.labels.tolist())


def test_shares_are_kept_in_all_and_in_every_class() -> None:
    whole = collection([100, 37, 13, 51], test=Fraction(1, 4), validation=Fraction(1, 3))
    parts = split(whole, 0)
    assert [len(numbers) for numbers in parts.values()] == [101, 50, 50]
    assert whole.labels[list(parts["test"])].bincount().tolist() == [25, 9, 3, 13]


def test_the_seed_alone_decides() -> None:
    whole = collection([50, 50])
    torch.manual_seed(1)
    first = split(whole, 7)
    torch.manual_seed(2)
    before = torch.get_rng_state()
    assert split(whole, 7) == first
    assert torch.equal(torch.get_rng_state(), before)
    assert split(whole, 8) != first
    assert split(whole, 7, Fraction(1, 2))["test"] == first["test"]


def test_cifar_is_split_as_in_the_paper() -> None:
    parts = {"train": range(50_000), "test": range(50_000, 60_000)}
    labels = torch.arange(60_000) % 10
    names = tuple(map(str, range(60_000)))
    whole = Collection(tuple("abcdefghij"), names, labels, Raster(torch.empty(0)), parts, validation=Fraction(1, 10))
    found = split(whole, 0)
    assert [len(numbers) for numbers in found.values()] == [45_000, 5_000, 10_000]
    assert whole.labels[list(found["validation"])].bincount().tolist() == [500] * 10
    assert found["test"] == tuple(range(50_000, 60_000))


GIVEN = collection([6, 6], parts={"train": range(1, 11), "validation": range(0, 1), "test": range(11, 12)})


def test_a_source_with_all_parts_is_not_split() -> None:
    assert split(GIVEN, 0) == split(GIVEN, 1) == {"train": tuple(range(1, 11)), "validation": (0,), "test": (11,)}
    assert "validation part of its own" in str(refusal(lambda: split(GIVEN, 0, Fraction(1, 2))))


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([5, 0], "All images that there are to train on are of one class; at least two classes are needed."),
        (
            [5, 2],
            "Class '1' has 2 images, too few to split: at least one is needed for each of train, validation, test.",
        ),
    ],
)
def test_too_few_images_are_told(counts: list[int], said: str) -> None:
    assert str(refusal(lambda: split(collection(counts), 0))) == said
