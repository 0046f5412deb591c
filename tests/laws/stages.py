"""Random networks of `stages`: one scale after another."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.laws.written import Place, Sketch, exits

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
    chosen, free = draw(exits(places))
    return Sketch(STAGE_BLOCKS, statements, chosen, free)
