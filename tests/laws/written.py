"""A random small spec in pieces: its statements as text, its exits, and where another could stand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

WIDTHS = st.sampled_from([(4, 4, 4, 4), (4, 8, 8, 12), (8, 8, 16, 24)])
HEADS = [
    "gap linear(3)",
    "bn relu gap linear(3)",
    "conv3x3(4) bn relu gap linear(3)",
    "conv3x3(channels)/2 bn relu pool(1) linear(3)",
    "pool(1) flatten",
]
MAPS = [
    "conv1x1(2, bias)",
    "conv3x3(2) softmax",
    "identity",
    "conv1x1(2) resize",
    "bn relu conv1x1(2, bias) upsample(16, nearest) cropto(3)",
    "conv1x1(4) deconv4x4(2, up = 3, bias)",
]


@dataclass(frozen=True)
class Place:
    """Where an exit may stand, and how it is written: `at 3`, `at 2 on scale 1`, `at stage 2`."""

    layer: int
    text: str


@dataclass(frozen=True)
class Written:
    """An exit as it is written. Two at one place need names."""

    place: Place
    head: str
    name: str = ""

    @property
    def text(self) -> str:
        return f"exit {self.name} {self.place.text}: {self.head}"


@dataclass(frozen=True)
class Sketch:
    """A spec in pieces: its statements, its exits, and where another could stand."""

    blocks: str
    statements: tuple[str, ...]
    exits: tuple[Written, ...]
    free: tuple[Place, ...]

    @property
    def text(self) -> str:
        """One statement a line; the exits in any order, since the layers order them."""
        exits = (exit.text for exit in self.exits)
        return "\n".join([self.blocks, "network sketch {", *self.statements, *exits, "}", ""])

    def with_exit(self, exit: Written) -> Sketch:
        return replace(self, exits=(*self.exits, exit))


@st.composite
def exits(draw: st.DrawFn, places: list[Place]) -> tuple[tuple[Written, ...], tuple[Place, ...]]:
    """One to five exits, two of them perhaps at one place, and the places left free."""
    chosen = draw(st.lists(st.sampled_from(places), min_size=1, max_size=4, unique=True))
    heads = st.sampled_from(HEADS + MAPS)
    exits = [Written(place, draw(heads), draw(st.sampled_from(["", f"out{n}"]))) for n, place in enumerate(chosen)]
    if exits[0].name and draw(st.booleans()):
        exits.append(Written(chosen[0], draw(heads), "twin"))
    return tuple(exits), tuple(place for place in places if place not in chosen)
