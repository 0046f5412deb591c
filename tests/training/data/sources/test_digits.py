from __future__ import annotations

import torch

from msdl.training.data import open_data


def test_the_digits_fill_eight_bits_and_split_into_1000_400_and_397() -> None:
    data = open_data("digits", (1, 8, 8), 10)
    assert (len(data.train), len(data.validation), len(data.test)) == (1000, 400, 397)
    assert data.classes == tuple("0123456789")
    pixels, label = data.train[0]
    assert pixels.dtype == torch.uint8 and pixels.shape == (1, 8, 8) and label == data.train.labels[0]
    assert set(data.train.pixels.unique().tolist()) == {round(step * 255 / 16) for step in range(17)}
    assert data.train.names[0].startswith("digits/")


def test_they_take_the_size_and_colours_of_the_input() -> None:
    data = open_data("digits", (3, 16, 20), None)
    pixels, _ = data.test[5]
    assert pixels.shape == (3, 16, 20) and torch.equal(pixels[0], pixels[2])
    assert data.preprocessing.shape == (3, 16, 20) and data.preprocessing.shorter_side is None
    assert len(data.preprocessing.mean) == 3


def test_every_part_has_every_class_in_its_share() -> None:
    data = open_data("digits", (1, 8, 8), 10)
    parts = (data.train, data.validation, data.test)
    shares = torch.stack([part.labels.bincount() for part in parts]).sum(0) / 1797
    for part in parts:
        assert (part.labels.bincount() - shares * len(part)).abs().max() < 1.5
