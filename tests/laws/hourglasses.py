"""Random networks of sweeps, down and up: what one way loses the other pads, interpolates or unpools."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.laws.written import WIDTHS, Place, Sketch, exits

BLOCKS = """
block twice(c) = conv3x3(c) bn relu  conv3x3(c) relu
block carry(c) {
  t   = conv3x3(c, bias) sigmoid
  h   = conv1x1(c)
  out = h * t + 0.5 * (1 - t) - h
}
"""
THENS = ["conv3x3(width) bn relu", "twice(width)", "carry(width)"]
# A way down, and the way up that undoes it: a max pool whose windows don't overlap is unpooled.
DOWN = {
    "maxpool2x2/2": "conv1x1(width) unpool2x2(enc[s+1])",
    "maxpool3x3(ceil)/3": "conv1x1(width) relu unpool3x3(enc[s+1])",
    "conv3x3(width)/2": "",
    "avgpool2x2(ceil)/2": "",
}
UP = [
    "deconv2x2(width, up = 2, bias) fit",
    "deconv3x3(width, up = 2, groups = 2) bn relu fit",
    "deconv4x4(width, up = 2, pad = 1) fit",
    "conv1x1(width) upsample(2, nearest) fit",
    "conv1x1(width) resize(enc[s])",
    "resize(enc[s], corners) conv1x1(width)",
    "conv3x3(width) resize(enc[s], nearest)",
]
ACROSS = ["identity", "conv1x1(width)", "0.5 * conv3x3(width)"]


@st.composite
def hourglasses(draw: st.DrawFn) -> Sketch:
    """A sweep down and one up, on maps with odd sides, too; then layers or sweeps on the scales that there are."""
    scales = draw(st.integers(2, 3))
    rows, columns = draw(st.sampled_from([(16, 16), (17, 22), (21, 18)]))
    statements = [
        f"input 3 x {rows} x {columns}",
        f"scales {scales} {{ width {', '.join(map(str, draw(WIDTHS)[:scales]))} }}",
    ]
    if draw(st.booleans()):
        statements.append("stem conv3x3(width) relu")
    down = draw(st.sampled_from([*DOWN]))
    statements.append(f"sweep down enc {{ vertical {down}; then {draw(st.sampled_from(THENS))} }}")
    statements.append(draw(_up(scales, DOWN[down])))
    more = draw(st.sampled_from(AFTER))
    statements += more
    chosen, free = draw(exits(_places(scales, 2 + len(more))))
    return Sketch(BLOCKS, tuple(statements), chosen, free)


AFTER = [
    (),
    ("layers 1 { horizontal resize(enc[s], corners); from j where j < s: conv1x1(4) resize(enc[s]); then bn relu }",),
    ("sweep down again { horizontal conv1x1(width); vertical conv3x3(width)/2 fit; join add }",),
    (
        "sweep down { vertical conv3x3(width)/2 fit; horizontal conv1x1(width) }",
        "sweep up on 1 { from j where j > s: conv1x1(4) resize(enc[1], nearest); horizontal fit; then relu }",
    ),
]


@st.composite
def _up(draw: st.DrawFn, scales: int, undone: str) -> str:
    """The paths in either order; or the skipped map cut to the size of the one that comes up."""
    vertical = draw(st.sampled_from([*UP, *([undone] * 3 if undone else [])]))
    across, join = draw(st.sampled_from(ACROSS)), draw(st.sampled_from(["concat", "add", "mean"]))
    if draw(st.booleans()) and vertical != undone:
        across, vertical = "upsample(3, nearest) crop", vertical.replace(" fit", "")
    rules = [f"horizontal {across}", f"vertical {vertical}"]
    if draw(st.booleans()):
        rules.reverse()
    then = f"; then {draw(st.sampled_from(THENS))}" if join == "concat" or draw(st.booleans()) else ""
    return f"sweep up on 1..{scales - 1} {{ {'; '.join(rules)}; join {join}{then} }}"


def _places(scales: int, layers: int) -> list[Place]:
    """Behind every sweep, on every scale: the coarsest one is also the one that is read where none is said."""
    places = [
        Place(layer, f"at {layer} on scale {scale}") for layer in range(1, layers + 1) for scale in range(1, scales)
    ]
    return [*places, *(Place(layer, f"at {layer}") for layer in range(1, layers + 1))]
