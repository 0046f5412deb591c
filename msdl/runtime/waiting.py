"""Images that wait before a section until they fill a batch: copied once, into room that is used again."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.runtime.sections import State


@dataclass(frozen=True)
class Group:
    """Images before a section: their numbers and the seconds spent on each, (N,), and their state.

    The state may have more than N rows: those behind repeat an image.
    """

    numbers: Tensor
    seconds: Tensor
    state: State


@dataclass(frozen=True)
class Room:
    """Memory for the rows of one tensor; `last` where its channels are last in memory, and so are they here."""

    rows: Tensor
    last: bool

    @classmethod
    def like(cls, values: Tensor, count: int) -> Room:
        last = not values.is_contiguous() and values.is_contiguous(memory_format=torch.channels_last)
        shape = values.permute(0, 2, 3, 1).shape if last else values.shape
        return cls(torch.empty((count, *shape[1:]), dtype=values.dtype, device=values.device), last)

    def ordered(self, values: Tensor) -> Tensor:
        return values.permute(0, 2, 3, 1) if self.last else values

    def view(self, count: int) -> Tensor:
        """The first rows, in the order of axes that they came in."""
        return self.rows[:count].permute(0, 3, 1, 2) if self.last else self.rows[:count]


class Waiting:
    """Room for less than a batch of images, and one batch more.

    It is kept: memory that is asked for anew is mapped page by page, which takes longer than copying into it.
    """

    def __init__(self, batch_size: int) -> None:
        self.capacity = 2 * batch_size
        self.count = 0
        self.rooms: tuple[Room, ...] = ()

    def put(self, rows: Tensor, numbers: Tensor, seconds: Tensor, state: State) -> None:
        """Adds these rows of a batch."""
        values = (numbers, seconds, *state)
        if not self.rooms:
            self.rooms = tuple(Room.like(value, self.capacity) for value in values)
        start, self.count = self.count, self.count + len(rows)
        for room, value in zip(self.rooms, values, strict=True):
            torch.index_select(room.ordered(value), 0, rows, out=room.rows[start : self.count])

    def first(self, count: int, rows: int) -> Group:
        """The images that have waited longest, of whom there are at least `count`; the last repeated up to `rows`."""
        for room in self.rooms:
            room.rows[count:rows] = room.rows[count - 1]
        numbers, seconds, *state = self.rooms
        return Group(numbers.view(count), seconds.view(count), tuple(room.view(rows) for room in state))

    def drop(self, count: int) -> None:
        """Lets go of the images that have waited longest: of no fewer than stay."""
        for room in self.rooms:
            room.rows[: self.count - count] = room.rows[count : self.count]
        self.count -= count
