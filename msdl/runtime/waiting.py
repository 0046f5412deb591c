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
        """Room for `count` rows like those of `values` (N, ..): of its kind, order of axes and device."""
        last = not values.is_contiguous() and values.is_contiguous(memory_format=torch.channels_last)
        shape = values.permute(0, 2, 3, 1).shape if last else values.shape
        return cls(torch.empty((count, *shape[1:]), dtype=values.dtype, device=values.device), last)

    def ordered(self, values: Tensor) -> Tensor:
        """Values (N, ..) with their axes in the order of `rows`; nothing is copied."""
        return values.permute(0, 2, 3, 1) if self.last else values

    def view(self, count: int) -> Tensor:
        """The first `count` rows, in the order of axes that they came in; nothing is copied."""
        return self.rows[:count].permute(0, 3, 1, 2) if self.last else self.rows[:count]


class Waiting:
    """Room for less than a batch of images, and one batch more.

    It is kept: memory that is asked for anew is mapped page by page, which takes longer than copying into it.
    """

    def __init__(self, batch_size: int) -> None:
        self.capacity = 2 * batch_size
        self.count = 0
        self.rooms: tuple[Room, ...] = ()

    def put(self, rows: Tensor, group: Group) -> Tensor:
        """Adds some of a group of N images: `rows` (M,) are their indices in it.

        Gives the seconds spent on each, (M,), as they are kept: what is added to them is spent on those images too.
        """
        values = (group.numbers, group.seconds, *group.state)
        if not self.rooms:
            self.rooms = tuple(Room.like(value, self.capacity) for value in values)
        start, self.count = self.count, self.count + len(rows)
        for room, value in zip(self.rooms, values, strict=True):
            torch.index_select(room.ordered(value), 0, rows, out=room.rows[start : self.count])
        return self.rooms[1].rows[start : self.count]

    def first(self, count: int, rows: int) -> Group:
        """The `count` images that have waited longest; in their state the last of them is repeated up to `rows`.

        At least `count` wait; where `rows` are more, no others do. What is given lies in this room until `drop`.
        """
        for room in self.rooms:
            room.rows[count:rows] = room.rows[count - 1]
        numbers, seconds, *state = self.rooms
        return Group(numbers.view(count), seconds.view(count), tuple(room.view(rows) for room in state))

    def drop(self, count: int) -> None:
        """Lets go of the images that have waited longest. No more may stay than go: copied rows must not overlap."""
        for room in self.rooms:
            room.rows[: self.count - count] = room.rows[count : self.count]
        self.count -= count
