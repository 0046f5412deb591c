"""The order of the images, and how they come together."""

from __future__ import annotations

import pytest
import torch

from msdl.training import published
from msdl.training.data import open_data
from msdl.training.datamodule import Batches, DataModule, Shuffled


def order(seed: int, epoch: int, share: int = 0, shares: int = 1) -> list[int]:
    sampler = Shuffled(101, seed, share, shares)
    sampler.set_epoch(epoch)
    assert len([*sampler]) == len(sampler)
    return [*sampler]


def test_an_epoch_has_every_image_once_in_an_order_of_its_own() -> None:
    assert sorted(order(0, 0)) == list(range(101))
    orders = [order(seed, epoch) for seed in (0, 1) for epoch in (0, 1)]
    assert len({tuple(one) for one in orders}) == 4
    assert order(1, 1) == orders[3]


def test_processes_share_the_images_out_evenly() -> None:
    first, second = order(0, 3, 0, 2), order(0, 3, 1, 2)
    assert len(first) == len(second) == 50
    assert not set(first) & set(second)


def test_batches_hold_what_the_images_are() -> None:
    data = open_data("digits", (1, 8, 8), 10)
    loader = DataModule(data, published.options("digits")).train_dataloader()
    sampler = loader.sampler
    batches = [*loader]
    assert len(batches) == len(data.train) // 64
    pixels, labels = batches[1]
    assert (pixels.dtype, pixels.shape, labels.shape) == (torch.uint8, (64, 1, 8, 8), (64,))
    for place, index in enumerate([*sampler][64:128]):
        image, label = data.train[index]
        assert torch.equal(pixels[place], image) and labels[place] == label


def test_images_that_are_not_in_memory_come_one_by_one() -> None:
    class Images:
        names = ("a", "b", "c")
        labels = torch.tensor([5, 6, 7])

        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int, /) -> tuple[torch.Tensor, int]:
            return torch.full((1, 2, 2), index, dtype=torch.uint8), 5 + index

    pixels, labels = Batches(Images()).__getitems__([2, 0])
    assert pixels.flatten(1).tolist() == [[2] * 4, [0] * 4]
    assert labels.tolist() == [7, 5]


@pytest.mark.parametrize("batch_size", [64, 100, 500])
def test_the_validation_part_is_whole(batch_size: int) -> None:
    data = open_data("digits", (1, 8, 8), 10)
    loaded = [*DataModule(data, published.options("digits", batch_size=batch_size)).val_dataloader()]
    assert len(loaded) == -(-len(data.validation) // batch_size)
    assert torch.equal(torch.cat([labels for _, labels in loaded]), data.validation.labels)
