"""Images that wait before a section until they fill a batch: copied once, into room that is used again."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.runtime.engines.engine import Gather, select
from msdl.runtime.sections import State


@dataclass(frozen=True)
class Group:
    """Images before a section: their numbers, the seconds spent on each, and their rows in the state, all (N,).

    Rows rise. Other rows of the state are of images that have left, or repeat one.
    """

    numbers: Tensor
    seconds: Tensor
    rows: Tensor
    state: State

    def some(self, which: Tensor, state: State) -> Group:
        """Those of the images whose places here are given, (M,), after a section that left `state`."""
        numbers, seconds, rows = (of.index_select(0, which) for of in (self.numbers, self.seconds, self.rows))
        return Group(numbers, seconds, rows, state)

    def theirs(self, values: Tensor) -> Tensor:
        """Of values (M, ..) for all rows of the state, those for the images: (N, ..)."""
        return values if len(values) == len(self.rows) else values.index_select(0, self.rows)

    def cut(self, count: int) -> tuple[Group, Group | None]:
        """The first `count` images, and the others, if there are any."""
        if len(self.numbers) <= count:
            return self, None
        first, others = (
            Group(self.numbers[part], self.seconds[part], self.rows[part], self.state)
            for part in (slice(count), slice(count, None))
        )
        return first, others


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
    """Room for a batch of images.

    It is kept: memory that is asked for anew is mapped page by page, which takes longer than copying into it.
    """

    def __init__(self, batch_size: int, gather: Gather = select) -> None:
        self.batch_size = batch_size
        self.gather = gather
        self.count = 0
        self.rooms: tuple[Room, ...] = ()

    def put(self, group: Group) -> tuple[Tensor, Group | None]:
        """Adds as many images of a group as there is room for, and gives back the others, if there are any.

        Gives the seconds spent on each, (M,), as they are kept: what is added to them is spent on those images too.
        """
        group, others = group.cut(self.batch_size - self.count)
        if not self.rooms:
            values = (group.numbers, group.seconds, *group.state)
            self.rooms = tuple(Room.like(value, self.batch_size) for value in values)
        start, self.count = self.count, self.count + len(group.numbers)
        numbers, seconds, *state = self.rooms
        numbers.rows[start : self.count] = group.numbers
        seconds.rows[start : self.count] = group.seconds
        for room, value in zip(state, group.state, strict=True):
            self.gather(room.ordered(value), group.rows, room.rows[start : self.count])
        return seconds.rows[start : self.count], others

    def take(self, rows: int) -> Group:
        """All that wait, at least one; in their state the last of them is repeated up to `rows`.

        What is given lies in this room, and stays there until the next `put`.
        """
        count, self.count = self.count, 0
        numbers, seconds, *state = self.rooms
        for room in state if count < rows else ():
            room.rows[count:rows] = room.rows[count - 1]
        places = torch.arange(count, device=numbers.rows.device)
        return Group(numbers.view(count), seconds.view(count), places, tuple(room.view(rows) for room in state))
