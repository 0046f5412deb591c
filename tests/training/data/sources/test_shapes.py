from __future__ import annotations

import pytest
import torch

from msdl.training.data import Masking, open_data
from msdl.training.data.sources.shapes import FORMS, drawn
from tests.training.data.conftest import refusal


@pytest.mark.parametrize(("shape", "classes"), [((1, 20, 30), 2), ((3, 33, 17), 5), ((4, 16, 16), 21)])
def test_any_shape_and_number_of_classes_will_do(shape: tuple[int, int, int], classes: int) -> None:
    data = open_data("shapes", shape, classes, masking=Masking())
    assert (len(data.train), len(data.validation), len(data.test)) == (800, 200, 200)
    assert len(data.classes) == classes == len(set(data.classes))
    pixels, mask = data.test[3]
    assert pixels.shape == shape and mask.shape == shape[1:] and mask.dtype == torch.uint8
    assert mask.max() < classes


def test_an_image_is_decided_by_its_number() -> None:
    first = drawn(5, (3, 24, 24), 5)
    drawn.cache_clear()
    again, other = drawn(5, (3, 24, 24), 5), drawn(6, (3, 24, 24), 5)
    assert all(torch.equal(one, two) for one, two in zip(first, again, strict=True))
    assert not torch.equal(first[0], other[0]) and not torch.equal(first[1], other[1])


def test_every_class_is_drawn() -> None:
    seen = {value for index in range(200) for value in drawn(index, (1, 32, 32), 13)[1].unique().tolist()}
    assert seen == set(range(13))


def test_objects_stand_out_from_the_ground() -> None:
    for index in range(20):
        pixels, mask = drawn(index, (1, 48, 48), 2)
        if bool((mask == 1).any()) and bool((mask == 0).any()):
            ground = pixels[0][mask == 0].float().mean()
            assert (pixels[0][mask == 1].float() - ground).abs().mean() > 40


def test_forms_fit_their_frame_and_differ() -> None:
    y, x = torch.meshgrid(torch.linspace(-1.5, 1.5, 61), torch.linspace(-1.5, 1.5, 61), indexing="ij")
    places = [form(x, y) for form in FORMS.values()]
    beyond = (x.abs() > 1) | (y.abs() > 1)
    assert all(place.any() and not (place & beyond).any() for place in places)
    assert all(not torch.equal(one, two) for i, one in enumerate(places) for two in places[:i])


def test_they_are_for_maps_alone() -> None:
    error = refusal(lambda: open_data("shapes", (3, 16, 16), 5))
    assert str(error) == "'shapes' has masks, a class for every pixel; the network tells one class an image."
    assert error.help == "digits, imagefolder:PATH, cifar10:PATH, cifar100:PATH, hf:NAME_OR_PATH"
    other = refusal(lambda: open_data("digits", (1, 16, 16), 10, masking=Masking()))
    assert str(other) == "'digits' has a class for every image; exits that are maps need one for every pixel."
    assert other.help == "hf:NAME_OR_PATH, shapes, maskfolder:PATH"
