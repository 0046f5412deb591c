from __future__ import annotations

import pytest
import torch
from torch import Tensor

from msdl.training.data import open_data
from msdl.training.data.augmentation import AUGMENTATIONS, flipped, padded_and_flipped, shifted, training_images
from msdl.training.data.crops import Crops
from msdl.training.data.sources import SOURCES, default_augmentation


@pytest.fixture
def pixels() -> Tensor:
    """Every pixel of an image another value, and none 0."""
    return torch.arange(1, 257).clamp(max=255).to(torch.uint8).view(1, 1, 16, 16).repeat(200, 1, 1, 1)


@pytest.mark.parametrize("name", [name for name, each in AUGMENTATIONS.items() if each.batch])
def test_a_batch_keeps_its_shape_and_follows_the_seed(name: str, pixels: Tensor) -> None:
    distort = AUGMENTATIONS[name].batch
    before = pixels.clone()
    runs = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        runs.append(distort(pixels))
    first, again, other = runs
    assert first.shape == pixels.shape and first.dtype == torch.uint8
    assert torch.equal(first, again) and torch.equal(pixels, before)
    assert torch.equal(first, other) == (name == "none")


def offsets(images: Tensor, original: Tensor) -> set[tuple[int, int]]:
    """Where an inner pixel went."""
    value = original[8, 8]
    return {
        tuple((place - torch.tensor([8, 8])).tolist()) for image in images for place in (image[0] == value).nonzero()
    }


def test_digits_are_shifted_by_an_eighth_and_never_flipped(pixels: Tensor) -> None:
    torch.manual_seed(0)
    moved = shifted(pixels)
    steps = range(-2, 3)
    assert offsets(moved, pixels[0, 0]) == {(y, x) for y in steps for x in steps}
    for image in moved:
        ((y, x),) = offsets(image[None], pixels[0, 0])
        whole = torch.zeros(20, 20, dtype=torch.uint8)
        whole[2 + y : 18 + y, 2 + x : 18 + x] = pixels[0, 0]
        assert torch.equal(image[0], whole[2:18, 2:18])


def test_half_of_the_images_are_flipped(pixels: Tensor) -> None:
    torch.manual_seed(0)
    turned = flipped(pixels)
    mirrored = [torch.equal(image, pixels[0].flip(-1)) for image in turned]
    assert all(torch.equal(image, pixels[0]) for image, done in zip(turned, mirrored, strict=True) if not done)
    assert 70 < sum(mirrored) < 130


def test_cifar_is_padded_by_4_cropped_and_flipped() -> None:
    image = torch.arange(1, 1025).remainder(255).add(1).to(torch.uint8).view(1, 1, 32, 32)
    padded = torch.nn.functional.pad(image, (4, 4, 4, 4))[0]
    crops = {(y, x): padded[:, y : y + 32, x : x + 32] for y in range(9) for x in range(9)}
    torch.manual_seed(0)
    seen = set()
    for found in padded_and_flipped(image.repeat(300, 1, 1, 1)):
        seen.update(
            (place, side)
            for place, crop in crops.items()
            for side, turned in enumerate((crop, crop.flip(-1)))
            if torch.equal(found, turned)
        )
    assert len(seen) > 120 and {place[0] for place, _ in seen} == set(range(9))


def test_validation_and_test_images_are_never_distorted() -> None:
    data = open_data("digits", (1, 16, 16), 10)
    for name in AUGMENTATIONS:
        images = training_images(data, name, seed=0, epoch=0)
        assert isinstance(images, Crops) == (name == "imagenet") and len(images) == len(data.train)
    again = open_data("digits", (1, 16, 16), 10)
    for one, other in ((data.validation, again.validation), (data.test, again.test)):
        assert torch.equal(one.pixels, other.pixels)


def test_every_source_has_a_usual_augmentation() -> None:
    for source in SOURCES.values():
        assert source.augmentation or source.masked
        assert source.augmentation is None or AUGMENTATIONS[source.augmentation].batch is not None
        assert source.masked is None or AUGMENTATIONS[source.masked].with_masks is not None
    assert default_augmentation("digits") == "digits"
    assert default_augmentation("cifar100:a.tar.gz") == "cifar"
    assert default_augmentation("imagefolder:/a:b") == "imagenet"
    assert default_augmentation("shapes", maps=True) == "flip"
    assert default_augmentation("hf:a/b") == "imagenet" and default_augmentation("hf:a/b", maps=True) == "scale"
    assert default_augmentation("digits", maps=True) == "none"
