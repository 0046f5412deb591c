"""A context that sees what a network does, and what autograd would save of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from msdl.training.memory.values import Kept, Made, Saved, Value, Values

POINT = (1, 1)


class Recomputation(TorchFunctionMode):
    """A context for forward passes; their backward passes, outside of it, make again what is cheap to make.

    Gradients are those of the plain pass, and the statistics of batch norms are updated by the forward pass alone. The
    work added is at most that of the forward pass without its spatial convolutions. Any network will do: what counts is
    what it does, not how it is written. A network under `torch.compile` will not: there nothing is seen, since that
    decides for itself what is saved. Backward passes raise RuntimeError where what they need was changed in place.
    """

    def __init__(self) -> None:
        super().__init__()
        self._hooks = saved_tensors_hooks(self._pack, Saved.unpack)
        self._values = Values()
        self._saved: list[Saved] = []

    def __enter__(self) -> Recomputation:
        self._hooks.__enter__()
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        self._hooks.__exit__(*error)
        self._values.clear()
        self._saved.clear()

    def __torch_function__(
        self, func: Any, types: Iterable[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        recipe = RECIPES.get(func) if torch.is_grad_enabled() else None
        made = recipe(self._values, *args, **kwargs) if recipe else None
        self._saved.clear()
        result = func(*args, **kwargs)
        if made is not None:
            self._remember(result, made)
        return result

    def _pack(self, tensor: Tensor) -> Saved:
        """A function saves its inputs and its result before it returns."""
        saved = Saved(self._values.find(tensor) or Kept(tensor))
        self._saved.append(saved)
        return saved

    def _remember(self, result: Tensor, made: Made) -> None:
        self._values.remember(result, made)
        for saved in self._saved:
            if isinstance(saved.value, Kept) and self._values.find(saved.value.original) is made:
                saved.replace(made)


# What can be made again: values, a function's arguments -> how its result is made, or nothing


def _concatenation(values: Values, tensors: Sequence[Tensor], dim: int = 0, **others: Any) -> Made | None:
    """Of pieces; those of a concatenation that is continued are pieces of the new one."""
    if others or any(_is_part(tensor) for tensor in tensors):
        return None
    pieces: list[Kept] = []
    for tensor in tensors:
        known = values.find(tensor)
        if isinstance(known, Made) and known.function is torch.cat and known.arguments[1] == dim:
            pieces += known.arguments[0]
        else:
            pieces.append(values.keep(tensor))
    return Made(torch.cat, pieces, dim, convolved=False)


def _is_part(tensor: Tensor) -> bool:
    """Whether more would stay in memory than the tensor."""
    return tensor.untyped_storage().nbytes() > tensor.nbytes


def _convolution(values: Values, x: Tensor, weight: Tensor, bias: Tensor | None = None, *rest: Any) -> Made | None:
    """A pointwise one. What it reads is kept if it takes a convolution to make that: no chain grows long."""
    if weight.shape[2:] != POINT:
        return None
    source = values.find(x)
    if source is None or source.convolved:
        source = values.keep(x)
    precision = _precision(x)
    return Made(convolution, source, precision, Kept(weight), _constant(bias), *rest, convolved=True)


def convolution(x: Tensor, precision: torch.dtype, weight: Tensor, bias: Tensor | None, *rest: Any) -> Tensor:
    """A convolution as under autocast, which is off in backward passes."""
    return torch.conv2d(x.to(precision), weight.to(precision), None if bias is None else bias.to(precision), *rest)


def _precision(x: Tensor) -> torch.dtype:
    casts = torch.is_autocast_enabled(x.device.type) and x.dtype != torch.float64
    return torch.get_autocast_dtype(x.device.type) if casts else x.dtype


def _batch_norm(values: Values, x: Tensor, mean: Any, variance: Any, *, training: bool, **options: Any) -> Made | None:
    """One in training; made again, it leaves its statistics as they are."""
    if not training:
        return None
    source = values.find(x) or values.keep(x)
    parameters = (_constant(options["weight"]), _constant(options["bias"]))
    return Made(batch_norm, source, *parameters, options["eps"], convolved=source.convolved)


def batch_norm(x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
    return functional.batch_norm(x, None, None, weight, bias, training=True, eps=eps)


def _constant(argument: Tensor | None) -> Value | None:
    return None if argument is None else Kept(argument)


def _activation(function: Callable[..., Tensor], values: Values, x: Tensor, **options: Any) -> Made | None:
    """Of what is made. One in place has no other reader of what it changes."""
    source = values.find(x)
    if not isinstance(source, Made) or (options["inplace"] and source.readers):
        return None
    return Made(partial(function, **options), source, convolved=source.convolved)


Recipe = Callable[..., Made | None]
ACTIVATIONS = (functional.relu, functional.hardtanh, functional.elu)
RECIPES: dict[object, Recipe] = {
    torch.cat: _concatenation,
    torch.concat: _concatenation,
    torch.conv2d: _convolution,
    functional.batch_norm: _batch_norm,
    **{function: partial(_activation, function) for function in ACTIVATIONS},
}
