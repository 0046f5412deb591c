"""The tensors of a forward pass, as its backward pass will find them: in memory, or to be made again."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, UntypedStorage
from torch.multiprocessing.reductions import StorageWeakRef


class Kept:
    """A tensor in memory."""

    convolved = False

    def __init__(self, tensor: Tensor) -> None:
        self.original = tensor.detach()
        self._version = tensor._version

    def tensor(self) -> Tensor:
        """Raises RuntimeError where the tensor is no longer what it was."""
        if self.original._version != self._version:
            shape = " x ".join(map(str, self.original.shape))
            raise RuntimeError(f"A tensor ({shape}) that the backward pass needs was changed in place.")
        return self.original


class Made:
    """A tensor that a function makes of others; made again, it stays until all have read it who will.

    Arguments are values, lists of values, or anything else, which the function takes as it is. `convolved` says that a
    convolution is among what it takes to make the tensor.
    """

    def __init__(self, function: Callable[..., Tensor], *arguments: Any, convolved: bool) -> None:
        self.function = function
        self.arguments = arguments
        self.convolved = convolved
        self.readers = 0
        self._held: Tensor | None = None
        self._elsewhere: Callable[[], Tensor | None] = lambda: None

    def is_kept_as(self, kept: Kept) -> None:
        """As long as the tensor is in memory for others, it is not made again."""
        self._elsewhere = weakref.ref(kept.original)

    def tensor(self) -> Tensor:
        found = self._held if self._held is not None else self._elsewhere()
        if found is None:
            found = self.function(*map(_read, self.arguments))
        self._held = found if self.readers > 0 else None
        return found


Value = Kept | Made


def _read(argument: Any) -> Any:
    match argument:
        case Kept() | Made():
            return argument.tensor()
        case list():
            return [value.tensor() for value in argument]
        case _:
            return argument


class Saved:
    """What autograd holds in place of a tensor that the backward pass will read."""

    def __init__(self, value: Value) -> None:
        self.value = value
        self._count(1)

    def replace(self, value: Value) -> None:
        self.value = value
        self._count(1)

    def unpack(self) -> Tensor:
        self._count(-1)
        with torch.no_grad():
            return self.value.tensor()

    def _count(self, readers: int) -> None:
        if isinstance(self.value, Made):
            self.value.readers += readers


class Entry(NamedTuple):
    """What a storage holds. As long as there is a weak reference to a storage, no other has its address."""

    storage: StorageWeakRef
    form: tuple[object, ...]
    value: Value


class Values:
    """What is known of the tensors of a forward pass."""

    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}

    def find(self, tensor: Tensor) -> Value | None:
        """Nothing for a tensor that isn't known, was changed since, or is a view."""
        entry = self._entries.get(tensor.untyped_storage()._cdata)
        return entry.value if entry and entry.form == _form(tensor) else None

    def remember(self, tensor: Tensor, value: Value) -> None:
        storage = tensor.untyped_storage()
        self._entries[storage._cdata] = Entry(_weak(storage), _form(tensor), value)

    def keep(self, tensor: Tensor) -> Kept:
        """The tensor, which stays in memory for whatever is made of it."""
        value = self.find(tensor)
        if isinstance(value, Kept):
            return value
        kept = Kept(tensor)
        if value is not None:
            value.is_kept_as(kept)
        self.remember(tensor, kept)
        return kept

    def clear(self) -> None:
        self._entries.clear()


def _weak(storage: UntypedStorage) -> StorageWeakRef:
    return StorageWeakRef(storage)  # type: ignore[no-untyped-call]


def _form(tensor: Tensor) -> tuple[object, ...]:
    return tensor._version, tensor.shape, tensor.stride(), tensor.storage_offset(), tensor.dtype
