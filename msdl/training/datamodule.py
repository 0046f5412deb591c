"""A data set as Lightning takes it: batches of 8-bit pixels and targets, in an order that seed and epoch decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from lightning.pytorch import LightningDataModule
from torch import Tensor
from torch.utils.data import DataLoader, Sampler
from torch.utils.data import Dataset as TorchDataset

from msdl.runtime.errors import InputError
from msdl.training.data.augmentation import training_images
from msdl.training.data.dataset import Dataset, Images
from msdl.training.data.parts import batch
from msdl.training.data.splitting import FEWEST
from msdl.training.options import Options
from msdl.training.seeds import derived

Batch = tuple[Tensor, Tensor]


class Batches(TorchDataset[Batch]):
    """Images by the batch: pixels (N, C, H, W) of 8 bits and classes (N,), or masks (N, H, W) of 8 bits."""

    def __init__(self, images: Images) -> None:
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __getitems__(self, indices: Sequence[int]) -> Batch:
        """What torch's loader calls with a batch's indices."""
        return batch(self.images, indices)


class Shuffled(Sampler[int]):
    """An order of `count` images for every epoch, of which each of `shares` processes gets as many."""

    def __init__(self, count: int, seed: int, share: int = 0, shares: int = 1) -> None:
        self.count, self.seed, self.share, self.shares = count, seed, share, shares
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Lightning says which epoch begins."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.count // self.shares

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(derived(self.seed, "order", self.epoch))
        order = torch.randperm(self.count, generator=generator).tolist()
        return iter(order[: len(self) * self.shares][self.share :: self.shares])


def _as_it_is(batch: Any) -> Any:
    return batch


class DataModule(LightningDataModule):
    """The training part, shuffled, without a last batch that is smaller than the others; the validation part, whole.

    Batch norm can't learn from a remainder of one image, and a compiled step is compiled for one size.
    """

    def __init__(self, data: Dataset, options: Options) -> None:
        super().__init__()
        self.data = data
        self.options = options

    def train_dataloader(self) -> DataLoader[Batch]:
        epoch = self.trainer.current_epoch if self.trainer else 0
        images = training_images(self.data, self.options.augment, seed=self.options.seed, epoch=epoch)
        order = Shuffled(len(images), self.options.seed, *self._place)
        if len(order) < FEWEST:
            raise InputError(f"There are {len(images)} training images; batch norm needs {FEWEST} on every device.")
        return self._loader(images, order, drop_last=len(order) >= self.options.batch_size)

    def val_dataloader(self) -> DataLoader[Batch]:
        share, shares = self._place
        return self._loader(self.data.validation, range(share, len(self.data.validation), shares), drop_last=False)

    @property
    def _place(self) -> tuple[int, int]:
        return (self.trainer.global_rank, self.trainer.world_size) if self.trainer else (0, 1)

    def _loader(self, images: Images, order: Shuffled | range, drop_last: bool) -> DataLoader[Batch]:
        return DataLoader(
            Batches(images),
            self.options.batch_size,
            sampler=order,
            drop_last=drop_last,
            num_workers=self.options.workers,
            persistent_workers=self.options.workers > 0,
            pin_memory=torch.cuda.is_available() and self.options.accelerator in ("auto", "cuda"),
            collate_fn=_as_it_is,
        )
