"""What part of an image a map is about."""

from __future__ import annotations

import pytest
import torch

from msdl.runtime.maps import VOID, classes, views_of

SHAPE = (3, 6, 8)


def logits(told: torch.Tensor) -> torch.Tensor:
    """Of three classes, where (h, w) classes are told."""
    return torch.nn.functional.one_hot(told, 3).permute(2, 0, 1).float()


def test_a_map_as_large_as_the_image_is_taken_as_it_is() -> None:
    told = torch.randint(0, 3, (6, 8), generator=torch.Generator().manual_seed(0))
    found = classes(logits(told), (6, 8), SHAPE)
    assert found.dtype == torch.uint8 and torch.equal(found, told.to(torch.uint8))


def test_a_coarse_map_is_interpolated() -> None:
    found = classes(logits(torch.tensor([[0, 1], [2, 2]])), (6, 8), SHAPE)
    assert found[0].tolist() == [0] * 4 + [1] * 4
    assert found[-1].tolist() == [2] * 8


def test_around_the_centre_that_a_map_is_about_there_is_no_class() -> None:
    found = classes(logits(torch.ones(2, 4, dtype=torch.long)), (2, 4), SHAPE)
    assert (found[2:4, 2:6] == 1).all()
    assert int((found == VOID).sum()) == 6 * 8 - 2 * 4


def test_views_are_read_in_the_order_of_the_exits() -> None:
    data = {"maps": {"b": [6, 8], "a": [2, 3]}}
    assert views_of(data, ("a", "b"), SHAPE) == {"a": (2, 3), "b": (6, 8)}


@pytest.mark.parametrize("data", [{}, {"maps": None}])
def test_classifiers_have_none(data: dict[str, None]) -> None:
    assert views_of(data, ("a",), SHAPE) is None


@pytest.mark.parametrize(
    ("maps", "said"),
    [
        ({"a": [7, 8]}, "no part of the image"),
        ({"a": [0, 8]}, "no part of the image"),
        ({"a": [6]}, "no part of the image"),
        ({"a": ["6", 8]}, "not a whole number"),
        ({"b": [6, 8]}, "it has no 'a'"),
        ([6, 8], "'maps' is not an object"),
    ],
)
def test_what_is_no_view(maps: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        views_of({"maps": maps}, ("a",), SHAPE)
