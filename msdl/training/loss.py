"""What every exit loses: cross-entropy, on labels that may be smoothed or mixed, and what the last exit would say."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import Beta
from torch.nn.functional import cross_entropy, kl_div, log_softmax, one_hot

from msdl.training.options import Options


def exit_losses(outputs: Sequence[Tensor], target: Tensor, options: Options) -> Tensor:
    """The mean loss of each exit over a batch: (K,).

    `outputs` are logits (N, C), one tensor an exit, and `target` classes (N,) or probabilities (N, C).
    """
    logits = [output.float() for output in outputs]
    losses = torch.stack([cross_entropy(one, target, label_smoothing=options.label_smoothing) for one in logits])
    if not options.distil or len(logits) == 1:
        return losses
    weight = options.distil
    lessons = torch.stack([distillation(one, logits[-1], options.distil_temperature) for one in logits[:-1]])
    return torch.cat([(1 - weight) * losses[:-1] + weight * lessons, losses[-1:]])


def distillation(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """T^2 KL(softmax(teacher / T) || softmax(student / T)), the mean over a batch; the teacher learns nothing from it.

    Hinton et al. (2015) for the formula; the last exit as the teacher of the others: Phuong and Lampert (ICCV 2019),
    and Li et al. (ICCV 2019), section 3.3.
    """
    known = log_softmax(teacher.detach() / temperature, -1)
    said = log_softmax(student / temperature, -1)
    return temperature**2 * kl_div(said, known, reduction="batchmean", log_target=True)


def mixed(images: Tensor, labels: Tensor, classes: int, alpha: float) -> tuple[Tensor, Tensor]:
    """mixup (Zhang et al., ICLR 2018): x = a x_i + (1 - a) x_j, y = a y_i + (1 - a) y_j, with a ~ Beta(alpha, alpha).

    Images (N, ..) and classes (N,) -> images and probabilities (N, C). One `a` a batch, j a permutation of it.
    """
    share = float(Beta(alpha, alpha).sample())
    other = torch.randperm(len(images), device=images.device)
    target = one_hot(labels, classes).to(images.dtype)
    return torch.lerp(images[other], images, share), torch.lerp(target[other], target, share)
