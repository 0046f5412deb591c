"""Overlaps of answers and masks: against torchmetrics, and image by image as all together."""

from __future__ import annotations

import pytest
import torch
from torchmetrics.classification import MulticlassAccuracy, MulticlassConfusionMatrix

from msdl.training.overlap import Overlaps, ious, miou, overlaps, pixel_accuracy

CLASSES, IGNORED = 4, 255


@pytest.fixture
def pair() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    answers, masks = (torch.randint(0, CLASSES, (5, 6, 7), generator=generator) for _ in range(2))
    masks[torch.rand(masks.shape, generator=generator) < 0.2] = IGNORED
    return answers, masks.to(torch.uint8)


def test_they_are_the_confusion_matrix_s(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    answers, masks = pair
    found = overlaps(answers, masks, CLASSES, IGNORED).sum(0)
    matrix = MulticlassConfusionMatrix(CLASSES, ignore_index=IGNORED)(answers, masks.long())
    assert torch.equal(found, torch.stack([matrix.diag(), matrix.sum(0), matrix.sum(1)]))
    expected = matrix.diag() / (matrix.sum(0) + matrix.sum(1) - matrix.diag())
    assert torch.allclose(ious(found).float(), expected)
    assert miou(found).item() == pytest.approx(expected.mean().item())
    right = MulticlassAccuracy(CLASSES, average="micro", ignore_index=IGNORED)(answers, masks.long())
    assert pixel_accuracy(found).item() == pytest.approx(right.item())


def test_images_add_up(pair: tuple[torch.Tensor, torch.Tensor]) -> None:
    answers, masks = pair
    metric = Overlaps(CLASSES, IGNORED)
    for row in range(5):
        alone = overlaps(answers[row : row + 1], masks[row : row + 1], CLASSES, IGNORED)
        assert torch.equal(alone[0], overlaps(answers, masks, CLASSES, IGNORED)[row])
        metric.update(answers[row : row + 1], masks[row : row + 1])
    assert torch.equal(metric.compute(), overlaps(answers, masks, CLASSES, IGNORED).sum(0))


def test_a_class_that_is_nowhere_has_no_say() -> None:
    masks = torch.tensor([[[0, 0, 1, 1]]], dtype=torch.uint8)
    found = overlaps(torch.tensor([[[0, 0, 1, 0]]]), masks, 3, IGNORED)[0]
    assert ious(found)[2].isnan() and miou(found).item() == pytest.approx((2 / 3 + 1 / 2) / 2)
    told = overlaps(torch.tensor([[[0, 0, 1, 2]]]), masks, 3, IGNORED)[0]
    assert miou(told).item() == pytest.approx((1 + 1 / 2 + 0) / 3)


def test_where_no_pixel_counts_nothing_is_right() -> None:
    masks = torch.full((1, 2, 2), IGNORED, dtype=torch.uint8)
    found = overlaps(torch.zeros(1, 2, 2, dtype=torch.long), masks, 2, IGNORED)
    assert (miou(found).item(), pixel_accuracy(found).item()) == (0, 0)
