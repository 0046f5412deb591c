"""The weights of a folded network: what `msdl.network.folding` does to the graph, done to its tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from msdl.network.folding import Fold
from msdl.network.layers import Conv, Deconv

STATISTICS = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


def folded_weights(weights: Mapping[str, Tensor], folds: Iterable[Fold]) -> dict[str, Tensor]:
    """A state_dict for the folded network, from one of the network as trained.

    A convolution that took in a batch norm keeps its keys and has a bias; the batch norm's keys are gone. Computed in
    float64, so that rounding happens once. Raises KeyError where a tensor is missing.
    """
    found = dict(weights)
    for fold in folds:
        norm = [found.pop(f"{fold.norm}.{name}", None) for name in STATISTICS]
        gamma, beta, mean, variance = (_present(value, fold.norm) for value in norm[:4])
        weight = weights[f"{fold.conv}.weight"]
        scale = gamma / (variance + fold.eps).sqrt()
        shift = beta - mean * scale
        if fold.layer.bias:
            shift = shift + weights[f"{fold.conv}.bias"].double() * scale
        found[f"{fold.conv}.weight"] = _scaled(weight.double(), scale, fold.layer).to(weight.dtype)
        found[f"{fold.conv}.bias"] = shift.to(weight.dtype)
    return found


def _scaled(weight: Tensor, scale: Tensor, layer: Conv | Deconv) -> Tensor:
    """A weight whose output channels are scaled; a transposed convolution's has them second, by groups."""
    if isinstance(layer, Conv):
        return weight * scale.view(-1, 1, 1, 1)
    grouped = weight.reshape(layer.groups, -1, *weight.shape[1:]) * scale.view(layer.groups, 1, -1, 1, 1)
    return grouped.flatten(0, 1)


def _present(value: Tensor | None, norm: str) -> Tensor:
    if value is None:
        raise KeyError(f"{norm} has no statistics")
    return value.detach().to(torch.float64)
