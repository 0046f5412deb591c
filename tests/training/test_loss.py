"""The numbers of the loss and of its variants."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from msdl.training.loss import distillation, exit_losses, mixed
from msdl.training.options import Options

# Logits of one image and three classes; the probabilities are exp / sum.
FIRST = torch.tensor([[math.log(1.0), math.log(2.0), math.log(5.0)]])
LAST = torch.tensor([[math.log(6.0), math.log(1.0), math.log(1.0)]])


def test_each_exit_loses_the_surprise_of_the_label() -> None:
    losses = exit_losses((FIRST, LAST), torch.tensor([2]), Options())
    assert losses.tolist() == pytest.approx([-math.log(5 / 8), -math.log(1 / 8)])


def test_a_smoothed_label_is_shared_among_all_classes() -> None:
    surprises = [-math.log(1 / 8), -math.log(2 / 8), -math.log(5 / 8)]
    expected = 0.9 * surprises[2] + 0.1 * sum(surprises) / 3
    assert exit_losses((FIRST,), torch.tensor([2]), Options(label_smoothing=0.1)).item() == pytest.approx(expected)


def test_a_mixed_label_loses_the_mixture() -> None:
    target = torch.tensor([[0.3, 0.0, 0.7]])
    expected = -0.3 * math.log(1 / 8) - 0.7 * math.log(5 / 8)
    assert exit_losses((FIRST,), target, Options()).item() == pytest.approx(expected)


def test_the_last_exit_teaches_the_others() -> None:
    temperature = 2.0
    teacher, student = ([math.sqrt(p) for p in ps] for ps in ((6, 1, 1), (1, 2, 5)))  # exp(log p / 2)
    teacher, student = ([p / sum(ps) for p in ps] for ps in (teacher, student))
    divergence = sum(p * math.log(p / q) for p, q in zip(teacher, student, strict=True))
    assert distillation(FIRST, LAST, temperature).item() == pytest.approx(4 * divergence, rel=1e-5)
    losses = exit_losses((FIRST, LAST), torch.tensor([2]), Options(distil=0.25, distil_temperature=temperature))
    expected = [-0.75 * math.log(5 / 8) + 0.25 * 4 * divergence, -math.log(1 / 8)]
    assert losses.tolist() == pytest.approx(expected, rel=1e-5)


def test_the_teacher_learns_nothing_from_it() -> None:
    student, teacher = (logits.clone().requires_grad_() for logits in (FIRST, LAST))
    distillation(student, teacher, 1.0).backward()
    assert student.grad is not None and student.grad.abs().sum() > 0
    assert teacher.grad is None


def test_mixup_mixes_images_as_it_mixes_labels() -> None:
    torch.manual_seed(0)
    labels = torch.tensor([0, 1, 2, 3])
    images = torch.nn.functional.one_hot(labels, 4).float().view(4, 4, 1, 1)
    mixture, target = mixed(images, labels, 4, 1.0)
    assert torch.equal(mixture.flatten(1), target)
    assert torch.allclose(target.sum(1), torch.ones(4))
    shares = {round(float(target[i, i]), 6) for i in range(4)} - {1.0}
    assert len(shares) == 1  # one a batch


@pytest.mark.parametrize("alpha", [0.2, 1.0, 8.0])
def test_mixup_draws_its_share_from_the_beta_distribution(alpha: float) -> None:
    """Its mean is 1/2, its variance 1 / (4 (2 alpha + 1))."""
    torch.manual_seed(0)
    zeros, labels = torch.zeros(2, 1), torch.tensor([0, 1])

    def share() -> Tensor:
        while True:
            target = mixed(zeros, labels, 2, alpha)[1]
            if target[0, 0] + target[1, 0] != 0 and not torch.equal(target, torch.eye(2)):
                return target[0, 0]

    shares = torch.stack([share() for _ in range(2000)])
    variance = 1 / (4 * (2 * alpha + 1))
    assert shares.mean().item() == pytest.approx(0.5, abs=4 * math.sqrt(variance / 2000))
    assert shares.var().item() == pytest.approx(variance, rel=0.15)
