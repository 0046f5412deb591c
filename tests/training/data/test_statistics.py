from __future__ import annotations

from pathlib import Path

import pytest
import torch

from msdl.training.data import open_data, statistics
from msdl.training.data.parts import Stored
from msdl.training.data.statistics import statistics as of
from tests.training.data.conftest import class_folders


def stored(pixels: torch.Tensor) -> Stored:
    return Stored(tuple(map(str, range(len(pixels)))), pixels, torch.zeros(len(pixels), dtype=torch.long))


def test_they_are_those_of_the_channels() -> None:
    pixels = torch.randint(0, 256, (50, 3, 7, 5), dtype=torch.uint8)
    pixels[:, 1] //= 3
    mean, std = of(stored(pixels), 0)
    values = pixels.double().transpose(0, 1).flatten(1) / 255
    assert mean == pytest.approx(values.mean(1).tolist(), abs=1e-6)
    assert std == pytest.approx(values.std(1, correction=0).tolist(), abs=1e-6)


def test_normalised_training_images_have_mean_0_and_deviation_1() -> None:
    data = open_data("digits", (1, 8, 8), 10)
    values = data.preprocessing.normalised(data.train.pixels)
    assert values.mean().item() == pytest.approx(0, abs=1e-4) and values.std().item() == pytest.approx(1, abs=1e-4)


def test_a_constant_channel_is_divided_by_1() -> None:
    assert of(stored(torch.full((4, 1, 2, 2), 51, dtype=torch.uint8)), 0) == ((0.2,), (1.0,))


def test_they_are_those_of_the_training_part_alone(tmp_path: Path) -> None:
    class_folders(tmp_path, {"train/a": 2, "train/b": 2, "val/a": 2, "val/b": 2, "test/a": 20})
    data = open_data(f"imagefolder:{tmp_path}", (3, 4, 4), 2)
    assert data.preprocessing.mean == pytest.approx([2.5 / 255] * 3, abs=1e-6)  # greys 1, 2, 3, 4


def test_of_many_pictures_a_sample_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class_folders(tmp_path, {"a": 50, "b": 50})
    monkeypatch.setattr(statistics, "SAMPLE", 10)

    def means(seed: int) -> float:
        return open_data(f"imagefolder:{tmp_path}", (3, 4, 4), 2, seed=seed).preprocessing.mean[0]

    assert means(0) == means(0) != means(1)
    train = open_data(f"imagefolder:{tmp_path}", (3, 4, 4), 2).train
    assert len({of(train, seed) for seed in range(5)}) == 5
    monkeypatch.setattr(statistics, "SAMPLE", 70)
    assert len({of(train, seed) for seed in range(5)}) == 1


def test_what_is_stated_is_taken() -> None:
    data = open_data("digits", (3, 8, 8), 10, mean=[0.1, 0.2, 0.3], std=[1, 2, 3])
    assert (data.preprocessing.mean, data.preprocessing.std) == ((0.1, 0.2, 0.3), (1, 2, 3))
