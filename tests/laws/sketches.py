"""Random small specs, written as text: grids and stages that are valid by construction."""

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
MAPS = ["conv1x1(2, bias)", "conv3x3(2) softmax", "identity"]


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


# Grids

PATH_BLOCKS = """
block path(c) = conv1x1(min(channels, c)) bn relu  conv3x3(c)/stride bn
block twin(c) {
  one = conv3x3(c)/stride bn
  two = conv1x1(c)/stride bn
  out = one + two -> relu
}
block gate(c) = in * (gap conv1x1(c, bias) sigmoid)
"""
PATHS = ["conv3x3({c}){k}", "conv3x3({c}){k} bn relu", "path({c}){k}", "twin({c}){k}", "conv3x3({c}){k} bn gate({c})"]


@st.composite
def grids(draw: st.DrawFn) -> Sketch:
    """`layers` on one to four scales, each half as fine as the one before, or all equally fine."""
    scales = draw(st.integers(1, 4))
    halved = draw(st.booleans())
    widths = ", ".join(map(str, draw(WIDTHS)[:scales]))
    step = "/2" if halved else ""
    history = draw(st.sampled_from(["dense", "residual", "plain"]))
    statements = [
        "input 3 x 16 x 16",
        f"scales {scales} {{ width {widths}; growth {', '.join(['12'] * scales)} }}",
        "stem " + draw(st.sampled_from(["conv3x3(width) bn relu", "conv3x3(width)", "conv1x1(width, bias) relu"])),
        f"vertical conv3x3(width){step} bn relu",
    ]
    layers = 0
    for _ in range(draw(st.integers(1, 2))):
        written, count = draw(_layers(scales, halved, history))
        statements.append(written)
        layers += count
    reduced, leaving = draw(_reduction(scales, layers, history))
    statements += reduced
    if draw(st.booleans()):
        chain = "conv1x1(width) bn" if history == "residual" else "conv1x1(max(1, floor(channels/2))) bn relu"
        statements.append(f"transition at {draw(st.integers(1, layers))}: {chain}")
    exits, free = draw(_exits(_grid_places(scales, layers, leaving)))
    return Sketch(PATH_BLOCKS, tuple(statements), exits, free)


@st.composite
def _layers(draw: st.DrawFn, scales: int, halved: bool, history: str) -> tuple[str, int]:
    """One `layers`, perhaps in `repeat`, and how many layers it comes to."""
    count, step = draw(st.integers(1, 4)), "/2" if halved else ""
    join = draw(st.sampled_from(["concat", "add", "mean"]))
    if history == "residual":
        join = draw(st.sampled_from(["add", "mean"]))
    shared = history == "dense" and join == "concat" and draw(st.booleans())
    width = "share" if shared else "width"
    paths = st.sampled_from(PATHS)
    rules = ["horizontal " + draw(paths).format(c=width, k="")]
    if draw(st.booleans()):
        rules.insert(draw(st.integers(0, 1)), "diagonal " + draw(paths).format(c=width, k=step))
    if draw(st.booleans()) and not halved:
        rules.append("diagonal up " + draw(paths).format(c=width, k=""))
    if draw(st.booleans()) and not shared:
        stride = "/(2^(s-j))" if halved else ""
        test = draw(st.sampled_from(["j < s", "j <= s", "j == 1 and s > 1"] + ([] if halved else ["j != s", "j >= s"])))
        rules.append(f"from j where {test}: conv3x3(width){stride} bn")
    rules.append(f"join {join}")
    if draw(st.booleans()):
        rules.append("then " + draw(st.sampled_from(["relu", "bn relu"])))
    on = f" on {draw(st.integers(1, scales))}..{scales}" if draw(st.booleans()) else ""
    growth = f"{history}(growth)" if shared else history
    written = f"layers {count}{on} {growth} {{ {'; '.join(rules)} }}"
    if count <= 2 and draw(st.booleans()):
        return f"repeat 2 {{ {written} }}", 2 * count
    return written, count


@st.composite
def _reduction(draw: st.DrawFn, scales: int, layers: int, history: str) -> tuple[list[str], dict[int, int]]:
    """A `reduce`, or none, and the last layer of each scale that leaves."""
    if scales == 1 or layers < 2 or not draw(st.booleans()):
        return [], {}
    chain = draw(st.sampled_from(["", ": conv1x1(width) bn relu"]))
    blocks = draw(st.integers(2, scales))
    if draw(st.booleans()):
        length = -(-layers // blocks)
        return [f"reduce in {blocks} blocks{chain}"], {nth: nth * length for nth in range(1, blocks)}
    places = sorted(draw(st.sets(st.integers(1, layers), min_size=1, max_size=scales - 1)))
    return [f"reduce at {', '.join(map(str, places))}{chain}"], dict(enumerate(places, start=1))


def _grid_places(scales: int, layers: int, leaving: dict[int, int]) -> list[Place]:
    """Every layer, at the coarsest scale and at the others that are live."""
    places: list[Place] = []
    for layer in range(1, layers + 1):
        places.append(Place(layer, f"at {layer}"))
        finer = (scale for scale in range(1, scales) if layer <= leaving.get(scale, layers))
        places += (Place(layer, f"at {layer} on scale {scale}") for scale in finer)
    return places


@st.composite
def _exits(draw: st.DrawFn, places: list[Place]) -> tuple[tuple[Written, ...], tuple[Place, ...]]:
    """One to five exits, two of them perhaps at one place, and the places left free."""
    chosen = draw(st.lists(st.sampled_from(places), min_size=1, max_size=4, unique=True))
    heads = st.sampled_from(HEADS + MAPS)
    exits = [Written(place, draw(heads), draw(st.sampled_from(["", f"out{n}"]))) for n, place in enumerate(chosen)]
    if exits[0].name and draw(st.booleans()):
        exits.append(Written(chosen[0], draw(heads), "twin"))
    return tuple(exits), tuple(place for place in places if place not in chosen)


# Stages

STAGE_BLOCKS = """
block basic(c) {
  main = conv3x3(c)/stride bn relu  conv3x3(c) bn
  skip = identity when stride == 1 and channels == c else conv1x1(c)/stride bn
  out  = main + skip -> relu
}
block columns(n, c) = conv1x1(c) bn relu when n == 1 else mean(conv3x3(c) bn relu, columns(n-1, c) -> columns(n-1, c))
block halves(c) {
  a, b = split(in, 2)
  y[1] = a -> conv3x3(c) bn
  y[i] = y[i-1] + b -> conv3x3(c) relu for i in 2..3
  out  = [y[1], y[3]]
}
"""
LAYERS_OF_STAGES = {
    "plain": ["basic(width)/stride", "conv3x3(width)/stride bn relu", "columns(2, width)", "halves(width/2)"],
    "residual": ["conv3x3(width) bn relu conv3x3(width)", "columns(3, width)", "halves(width/2)"],
    "dense": ["bn relu conv3x3(3)", "columns(2, 4)", "bn relu conv1x1(4*i) relu conv3x3(2 + l % 2)"],
}


@st.composite
def stages(draw: st.DrawFn) -> Sketch:
    """`stages`: one scale after another, of one to three layers each."""
    depths = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    history = draw(st.sampled_from(["plain", "residual", "dense"]))
    layer = draw(st.sampled_from(LAYERS_OF_STAGES[history]))
    rules = [f"layer {layer}"]
    if history != "plain" or layer.startswith("halves"):
        rules.append("between conv3x3(width)/2 bn relu")
    elif draw(st.booleans()):
        rules.append(
            draw(st.sampled_from(["between maxpool2x2/2", "leave maxpool2x2/2", "leave conv1x1(width) avgpool2x2/2"]))
        )
    statements = (
        "input 3 x 32 x 32",
        f"scales {len(depths)} {{ depth {', '.join(map(str, depths))}; width 4 * 2^(s-1) }}",
        "stem conv3x3(width) bn relu",
        f"stages {history} {{ {'; '.join(rules)} }}",
    )
    places = [Place(layer, f"at {layer}") for layer in range(1, sum(depths) + 1)]
    ends = {sum(depths[:stage]): stage for stage in range(1, len(depths) + 1)}
    places = [
        Place(place.layer, f"at stage {ends[place.layer]}") if place.layer in ends and draw(st.booleans()) else place
        for place in places
    ]
    exits, free = draw(_exits(places))
    return Sketch(STAGE_BLOCKS, statements, exits, free)


SKETCHES = st.one_of(grids(), stages())
