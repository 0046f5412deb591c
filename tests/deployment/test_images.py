"""The images that an export is held against the module on."""

from __future__ import annotations

import pytest
import torch

from msdl.deployment.images import BATCH, affordable, random_images, validation_images
from msdl.runtime.errors import InputError
from msdl.runtime.trained import Trained


@pytest.mark.parametrize("count", [1, 2, BATCH, BATCH + 1, BATCH + 2])
def test_the_first_image_goes_alone_and_all_come_once(count: int) -> None:
    images = random_images((1, 2, 3), count)
    batches = [*images.batches()]
    assert len(batches[0]) == 1 and max(map(len, batches)) <= BATCH
    assert sum(map(len, batches)) == count == images.count
    assert torch.cat(batches).unique(dim=0).shape == (count, 1, 2, 3)


def test_batches_may_be_smaller() -> None:
    assert [*map(len, random_images((1, 2, 3), 8, size=3).batches())] == [1, 3, 3, 1]


@pytest.mark.parametrize(("macs", "count"), [(0, 1000), (1, 1000), (300, 3), (400, 2), (10**9, 2)])
def test_of_what_takes_long_there_are_few(macs: int, count: int) -> None:
    assert affordable(1000, macs, least=2) == count


def test_so_many_of_a_run_will_do(trained_once: Trained) -> None:
    assert trained_once.run is not None
    few, all_of_them = (validation_images(trained_once.run, most=most) for most in (5, None))
    assert few.count == len(torch.cat([*few.batches()])) == 5
    assert few.labels is not None and all_of_them.labels is not None
    assert torch.equal(few.labels, all_of_them.labels[:5])


def test_they_are_the_same_at_every_call() -> None:
    one, other = random_images((3, 4, 4)), random_images((3, 4, 4))
    assert torch.equal(torch.cat([*one.batches()]), torch.cat([*other.batches()]))
    assert torch.equal(torch.cat([*one.batches()]), torch.cat([*one.batches()]))


def test_those_of_a_run_are_its_validation_images_as_the_network_reads_them(trained_once: Trained) -> None:
    run = trained_once.run
    assert run is not None
    images = validation_images(run)
    together = torch.cat([*images.batches()])
    assert images.kind == "validation" and images.labels is not None
    assert len(together) == images.count == len(images.labels) == 400
    assert abs(float(together.mean())) < 0.05 and abs(float(together.std()) - 1) < 0.05


def test_images_that_are_elsewhere_are_said(trained_once: Trained) -> None:
    assert trained_once.run is not None
    with pytest.raises(InputError, match="nowhere"):
        validation_images(trained_once.run, "imagefolder:nowhere")
