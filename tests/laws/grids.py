"""Random grids: `layers` on one scale or several, reductions, transitions."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.laws.written import WIDTHS, Place, Sketch, exits

PATH_BLOCKS = """
block path(c) = conv1x1(min(channels, c)) bn relu  conv3x3(c)/stride bn
block twin(c) {
  one = conv3x3(c)/stride bn
  two = conv1x1(c)/stride bn
  out = one + two -> relu
}
block carry(c) {
  t   = conv3x3(c, bias)/stride sigmoid
  h   = conv1x1(c)/stride
  out = h * t + 0.5 * (1 - t) - h
}
block gate(c) = in * (gap conv1x1(c, bias) sigmoid)
"""
PATHS = [
    "conv3x3({c}){k}",
    "conv3x3({c}){k} bn relu",
    "path({c}){k}",
    "twin({c}){k}",
    "carry({c}){k}",
    "conv3x3({c}){k} bn gate({c})",
]


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
    chosen, free = draw(exits(_grid_places(scales, layers, leaving)))
    return Sketch(PATH_BLOCKS, tuple(statements), chosen, free)


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
