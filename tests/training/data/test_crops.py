from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
import torch
from PIL import Image
from torch.utils.data import DataLoader

from msdl.training.data import open_data
from msdl.training.data.augmentation import training_images
from msdl.training.data.crops import crop
from msdl.training.data.dataset import Dataset
from tests.training.data.conftest import refusal


@pytest.mark.parametrize("size", [(400, 300), (300, 400), (64, 64), (1, 1), (2000, 10), (3, 500)])
@pytest.mark.parametrize("shape", [1.0, 2.0, 0.5])
def test_a_crop_lies_in_the_picture(size: tuple[int, int], shape: float) -> None:
    for seed in range(200):
        left, top, right, bottom = crop(*size, shape, Random(seed))
        assert 0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]


def test_areas_and_ratios_are_as_published() -> None:
    boxes = [crop(400, 300, 1.0, Random(seed)) for seed in range(2000)]
    areas = [(right - left) * (bottom - top) / 120_000 for left, top, right, bottom in boxes]
    ratios = [(right - left) / (bottom - top) for left, top, right, bottom in boxes]
    assert 0.079 < min(areas) < 0.1 and 0.9 < max(areas) <= 1
    assert 0.73 < min(ratios) < 0.77 and 1.3 < max(ratios) < 1.35


def test_a_long_picture_gives_its_middle() -> None:
    assert crop(1000, 30, 1.0, Random(0)) == (480, 0, 520, 30)
    assert crop(30, 1000, 1.0, Random(0)) == (0, 480, 30, 520)


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    """Photographs of noise, each different."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(5):
            noise = Image.effect_noise((90, 80), 60)
            Image.merge("RGB", (noise, noise.rotate(90), noise.rotate(180))).save(tmp_path / name / f"{number}.png")
    return open_data(f"imagefolder:{tmp_path}", (3, 64, 64), 2)


def test_seed_epoch_and_index_decide(data: Dataset) -> None:
    def pixels(seed: int, epoch: int, index: int = 2) -> torch.Tensor:
        return training_images(data, "imagenet", seed=seed, epoch=epoch)[index][0]

    torch.manual_seed(0)
    first = pixels(0, 0)
    torch.manual_seed(1)
    assert torch.equal(first, pixels(0, 0))
    assert first.shape == (3, 64, 64) and first.dtype == torch.uint8
    assert not torch.equal(first, pixels(0, 1)) and not torch.equal(first, pixels(1, 0))
    assert not torch.equal(pixels(0, 1), pixels(1, 0))


def test_labels_and_names_stay(data: Dataset) -> None:
    images = training_images(data, "imagenet", seed=0, epoch=3)
    assert images.names == data.train.names and torch.equal(images.labels, data.train.labels)
    assert [images[index][1] for index in range(len(images))] == data.train.labels.tolist()
    assert images.picture(0).size == (90, 80)


def test_the_whole_picture_is_cropped_and_not_its_middle(data: Dataset) -> None:
    picture = data.train.picture(0)
    for epoch in range(200):
        box = crop(*picture.size, 1.0, Random(f"0/{epoch}/0"))
        if box[0] == 0 or box[1] == 0:
            break
    expected = picture.resize((64, 64), Image.Resampling.BILINEAR, box)
    pixels = training_images(data, "imagenet", seed=0, epoch=epoch)[0][0]
    assert torch.equal(pixels.permute(1, 2, 0).flatten(), torch.tensor(list(expected.tobytes()), dtype=torch.uint8))


def test_validation_and_test_images_are_the_middle_of_their_pictures(data: Dataset) -> None:
    for part in (data.train, data.validation, data.test):
        for index in range(len(part)):
            assert torch.equal(part[index][0], data.preprocessing.pixels(part.picture(index)))
    assert data.preprocessing.shorter_side == 73


def test_workers_see_the_same(data: Dataset) -> None:
    images = training_images(data, "imagenet", seed=0, epoch=1)
    alone = torch.stack([images[index][0] for index in range(len(images))])
    for context in ("fork", "spawn"):
        loader = DataLoader(images, batch_size=3, num_workers=1, multiprocessing_context=context)
        assert torch.equal(torch.cat([pixels for pixels, _ in loader]), alone)


def test_a_picture_that_does_not_decode_is_named(data: Dataset, tmp_path: Path) -> None:
    path = tmp_path / data.train.names[0]
    path.write_bytes(path.read_bytes()[:2000])
    error = refusal(lambda: training_images(data, "imagenet", seed=0, epoch=0)[0])
    assert str(error).startswith(f"'{path}' can't be read as an image: ") and "truncated" in str(error)
