"""The recurrence, expanded: small networks of every construct, with their nodes worked out by hand from LANGUAGE."""

from __future__ import annotations

import pytest

from msdl.compilation import Compilation
from msdl.network.graph import Graph

GRID = """
  input 3 x 16 x 16
  scales 2 { w 4, 8; g 2, 4 }
  stem conv3x3(w)
  vertical conv3x3(w)/2
"""
STAGES = """
  input 3 x 16 x 16
  scales 2 { depth 2, 1; w 4, 8 }
  stem conv3x3(w)
"""
END = "exit at end: gap linear(10)"
SEVERE = ("error", "warning")


def elaborated(text: str) -> Graph:
    compilation = Compilation.of_text(text)
    assert [d.message for d in compilation.diagnostics if d.severity.value in SEVERE] == []
    assert compilation.graph is not None
    return compilation.graph


def lines(text: str) -> list[str]:
    """`id shape <- inputs` of every node but the image."""
    return [f"{node.id} {node.shape} <- {' '.join(node.inputs)}" for node in elaborated(text).layers]


def network(*statements: str, head: str = GRID, before: str = "") -> str:
    return f"{before}\nnetwork t {{{head}\n" + "\n".join(statements) + "\n}\n"


STEM = ["stem.0 4x16x16 <- image", "layer0.scale2.vertical.0 8x8x8 <- stem.0"]
BOTH = "diagonal conv3x3(share)/2; horizontal conv3x3(share)"

# What stands after the stem and before the head.
LAYERS: dict[str, tuple[str, list[str]]] = {
    "dense(g): old, then the paths in written order": (
        f"layers 1 dense(g) {{ {BOTH} }}",
        [
            "layer1.scale1.horizontal.0 2x16x16 <- stem.0",
            "layer1.scale1 6x16x16 <- stem.0 layer1.scale1.horizontal.0",
            "layer1.scale2.diagonal.0 2x8x8 <- stem.0",
            "layer1.scale2.horizontal.0 2x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 12x8x8 <- layer0.scale2.vertical.0 layer1.scale2.diagonal.0 layer1.scale2.horizontal.0",
        ],
    ),
    "the order of the rules is the order of concatenation": (
        "layers 1 dense(g) { horizontal conv3x3(share); diagonal conv3x3(share)/2 }",
        [
            "layer1.scale1.horizontal.0 2x16x16 <- stem.0",
            "layer1.scale1 6x16x16 <- stem.0 layer1.scale1.horizontal.0",
            "layer1.scale2.horizontal.0 2x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2.diagonal.0 2x8x8 <- stem.0",
            "layer1.scale2 12x8x8 <- layer0.scale2.vertical.0 layer1.scale2.horizontal.0 layer1.scale2.diagonal.0",
        ],
    ),
    "plain is the default": (
        "layers 1 { diagonal conv3x3(3)/2; horizontal conv3x3(5) }",
        [
            "layer1.scale1.horizontal.0 5x16x16 <- stem.0",
            "layer1.scale2.diagonal.0 3x8x8 <- stem.0",
            "layer1.scale2.horizontal.0 5x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 8x8x8 <- layer1.scale2.diagonal.0 layer1.scale2.horizontal.0",
        ],
    ),
    "plain(g) shares": (
        f"layers 1 plain(g) {{ {BOTH} }}",
        [
            "layer1.scale1.horizontal.0 2x16x16 <- stem.0",
            "layer1.scale2.diagonal.0 2x8x8 <- stem.0",
            "layer1.scale2.horizontal.0 2x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 4x8x8 <- layer1.scale2.diagonal.0 layer1.scale2.horizontal.0",
        ],
    ),
    "residual adds": (
        "layers 1 residual { horizontal conv3x3(w) }",
        [
            "layer1.scale1.horizontal.0 4x16x16 <- stem.0",
            "layer1.scale1 4x16x16 <- stem.0 layer1.scale1.horizontal.0",
            "layer1.scale2.horizontal.0 8x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 8x8x8 <- layer0.scale2.vertical.0 layer1.scale2.horizontal.0",
        ],
    ),
    "share is g itself under join add": (
        f"layers 1 plain(g) {{ {BOTH}; join add }}",
        [
            "layer1.scale1.horizontal.0 2x16x16 <- stem.0",
            "layer1.scale2.diagonal.0 4x8x8 <- stem.0",
            "layer1.scale2.horizontal.0 4x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 4x8x8 <- layer1.scale2.diagonal.0 layer1.scale2.horizontal.0",
        ],
    ),
    "join mean, then": (
        "layers 1 { diagonal conv3x3(w)/2; horizontal conv3x3(w); join mean; then bn relu }",
        [
            "layer1.scale1.horizontal.0 4x16x16 <- stem.0",
            "layer1.scale1.then.0 4x16x16 <- layer1.scale1.horizontal.0",
            "layer1.scale1.then.1 4x16x16 <- layer1.scale1.then.0",
            "layer1.scale2.diagonal.0 8x8x8 <- stem.0",
            "layer1.scale2.horizontal.0 8x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2.join 8x8x8 <- layer1.scale2.diagonal.0 layer1.scale2.horizontal.0",
            "layer1.scale2.then.0 8x8x8 <- layer1.scale2.join",
            "layer1.scale2.then.1 8x8x8 <- layer1.scale2.then.0",
        ],
    ),
    "then stands before the history": (
        f"layers 1 dense(g) {{ {BOTH}; then relu }}",
        [
            "layer1.scale1.horizontal.0 2x16x16 <- stem.0",
            "layer1.scale1.then.0 2x16x16 <- layer1.scale1.horizontal.0",
            "layer1.scale1 6x16x16 <- stem.0 layer1.scale1.then.0",
            "layer1.scale2.diagonal.0 2x8x8 <- stem.0",
            "layer1.scale2.horizontal.0 2x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2.join 4x8x8 <- layer1.scale2.diagonal.0 layer1.scale2.horizontal.0",
            "layer1.scale2.then.0 4x8x8 <- layer1.scale2.join",
            "layer1.scale2 12x8x8 <- layer0.scale2.vertical.0 layer1.scale2.then.0",
        ],
    ),
    "from reads every live scale that passes": (
        "layers 1 { from j where j <= s: conv1x1(w[j])/2^(s-j) }",
        [
            "layer1.scale1.from1.0 4x16x16 <- stem.0",
            "layer1.scale2.from1.0 4x8x8 <- stem.0",
            "layer1.scale2.from2.0 8x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 12x8x8 <- layer1.scale2.from1.0 layer1.scale2.from2.0",
        ],
    ),
    "on: the other scale keeps its value": (
        "layers 2 on 2 { diagonal conv3x3(w)/2; horizontal conv3x3(w); join add }",
        [
            "layer1.scale2.diagonal.0 8x8x8 <- stem.0",
            "layer1.scale2.horizontal.0 8x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 8x8x8 <- layer1.scale2.diagonal.0 layer1.scale2.horizontal.0",
            "layer2.scale2.diagonal.0 8x8x8 <- stem.0",
            "layer2.scale2.horizontal.0 8x8x8 <- layer1.scale2",
            "layer2.scale2 8x8x8 <- layer2.scale2.diagonal.0 layer2.scale2.horizontal.0",
        ],
    ),
    "every scale is renewed from the old state": (
        "layers 2 { diagonal conv1x1(1)/2; horizontal relu }",
        [
            "layer1.scale1.horizontal.0 4x16x16 <- stem.0",
            "layer1.scale2.diagonal.0 1x8x8 <- stem.0",
            "layer1.scale2.horizontal.0 8x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 9x8x8 <- layer1.scale2.diagonal.0 layer1.scale2.horizontal.0",
            "layer2.scale1.horizontal.0 4x16x16 <- layer1.scale1.horizontal.0",
            "layer2.scale2.diagonal.0 1x8x8 <- layer1.scale1.horizontal.0",
            "layer2.scale2.horizontal.0 9x8x8 <- layer1.scale2",
            "layer2.scale2 10x8x8 <- layer2.scale2.diagonal.0 layer2.scale2.horizontal.0",
        ],
    ),
    "l counts on, i counts in the statement": (
        "layers 1 { horizontal relu }\nlayers 2 on 2 { horizontal conv1x1(10*l + i) }",
        [
            "layer1.scale1.horizontal.0 4x16x16 <- stem.0",
            "layer1.scale2.horizontal.0 8x8x8 <- layer0.scale2.vertical.0",
            "layer2.scale2.horizontal.0 21x8x8 <- layer1.scale2.horizontal.0",
            "layer3.scale2.horizontal.0 32x8x8 <- layer2.scale2.horizontal.0",
        ],
    ),
    "transition": (
        "layers 1 dense(g) { horizontal conv3x3(share) }\ntransition at 1: conv1x1(compress(0.5)) relu",
        [
            "layer1.scale1.horizontal.0 2x16x16 <- stem.0",
            "layer1.scale1 6x16x16 <- stem.0 layer1.scale1.horizontal.0",
            "layer1.scale2.horizontal.0 4x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 12x8x8 <- layer0.scale2.vertical.0 layer1.scale2.horizontal.0",
            "layer1.scale1.transition.0 3x16x16 <- layer1.scale1",
            "layer1.scale1.transition.1 3x16x16 <- layer1.scale1.transition.0",
            "layer1.scale2.transition.0 6x8x8 <- layer1.scale2",
            "layer1.scale2.transition.1 6x8x8 <- layer1.scale2.transition.0",
        ],
    ),
    "reduce: the last diagonal, then the chain": (
        f"layers 3 dense(g) {{ {BOTH} }}\nreduce at 1: conv1x1(compress(0.5))",
        [
            "layer1.scale1.horizontal.0 2x16x16 <- stem.0",
            "layer1.scale1 6x16x16 <- stem.0 layer1.scale1.horizontal.0",
            "layer1.scale2.diagonal.0 2x8x8 <- stem.0",
            "layer1.scale2.horizontal.0 2x8x8 <- layer0.scale2.vertical.0",
            "layer1.scale2 12x8x8 <- layer0.scale2.vertical.0 layer1.scale2.diagonal.0 layer1.scale2.horizontal.0",
            "layer2.scale2.diagonal.0 2x8x8 <- layer1.scale1",
            "layer2.scale2.horizontal.0 2x8x8 <- layer1.scale2",
            "layer2.scale2 16x8x8 <- layer1.scale2 layer2.scale2.diagonal.0 layer2.scale2.horizontal.0",
            "layer2.scale2.transition.0 8x8x8 <- layer2.scale2",
            "layer3.scale2.horizontal.0 4x8x8 <- layer2.scale2.transition.0",
            "layer3.scale2 12x8x8 <- layer2.scale2.transition.0 layer3.scale2.horizontal.0",
        ],
    ),
    "repeat": (
        "repeat 2 { layers 1 on 2 { horizontal conv1x1(l) }; repeat 2 { layers 1 on 2 { horizontal relu } } }",
        [
            "layer1.scale2.horizontal.0 1x8x8 <- layer0.scale2.vertical.0",
            "layer2.scale2.horizontal.0 1x8x8 <- layer1.scale2.horizontal.0",
            "layer3.scale2.horizontal.0 1x8x8 <- layer2.scale2.horizontal.0",
            "layer4.scale2.horizontal.0 4x8x8 <- layer3.scale2.horizontal.0",
            "layer5.scale2.horizontal.0 4x8x8 <- layer4.scale2.horizontal.0",
            "layer6.scale2.horizontal.0 4x8x8 <- layer5.scale2.horizontal.0",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("statements", "expected"), LAYERS.values(), ids=LAYERS)
def test_layers(statements: str, expected: list[str]) -> None:
    found = lines(network(statements, END))
    assert found[:2] == STEM
    assert found[2:-2] == expected


def test_diagonal_up() -> None:
    head = "\n  input 3 x 8 x 8\n  scales 2 { w 4, 8 }\n  stem conv3x3(w)\n  vertical conv3x3(w)\n"
    found = lines(network("layers 1 { horizontal relu; diagonal up conv1x1(3) bn }", END, head=head))
    assert found[2:-2] == [
        "layer1.scale1.horizontal.0 4x8x8 <- stem.0",
        "layer1.scale1.up.0 3x8x8 <- layer0.scale2.vertical.0",
        "layer1.scale1.up.1 3x8x8 <- layer1.scale1.up.0",
        "layer1.scale1 7x8x8 <- layer1.scale1.horizontal.0 layer1.scale1.up.1",
        "layer1.scale2.horizontal.0 8x8x8 <- layer0.scale2.vertical.0",
    ]


STAGED: dict[str, tuple[str, list[str]]] = {
    "stride is the ratio on a stage's first layer": (
        "stages { layer conv3x3(w)/stride relu }",
        [
            "layer1.scale1.0 4x16x16 <- stem.0",
            "layer1.scale1.1 4x16x16 <- layer1.scale1.0",
            "layer2.scale1.0 4x16x16 <- layer1.scale1.1",
            "layer2.scale1.1 4x16x16 <- layer2.scale1.0",
            "layer3.scale2.0 8x8x8 <- layer2.scale1.1",
            "layer3.scale2.1 8x8x8 <- layer3.scale2.0",
        ],
    ),
    "dense with between; stride is 1 then": (
        "stages dense { layer conv3x3(3)/stride; between conv1x1(floor(channels/2)) avgpool2x2/2 }",
        [
            "layer1.scale1.0 3x16x16 <- stem.0",
            "layer1.scale1 7x16x16 <- stem.0 layer1.scale1.0",
            "layer2.scale1.0 3x16x16 <- layer1.scale1",
            "layer2.scale1 10x16x16 <- layer1.scale1 layer2.scale1.0",
            "between2.0 5x16x16 <- layer2.scale1",
            "between2.1 5x8x8 <- between2.0",
            "layer3.scale2.0 3x8x8 <- between2.1",
            "layer3.scale2 8x8x8 <- between2.1 layer3.scale2.0",
        ],
    ),
    "residual with leave": (
        "stages residual { layer conv3x3(channels); leave maxpool2x2/2 }",
        [
            "layer1.scale1.0 4x16x16 <- stem.0",
            "layer1.scale1 4x16x16 <- stem.0 layer1.scale1.0",
            "layer2.scale1.0 4x16x16 <- layer1.scale1",
            "layer2.scale1 4x16x16 <- layer1.scale1 layer2.scale1.0",
            "leave1.0 4x8x8 <- layer2.scale1",
            "layer3.scale2.0 4x8x8 <- leave1.0",
            "layer3.scale2 4x8x8 <- leave1.0 layer3.scale2.0",
        ],
    ),
    "i counts in the stage, l overall": (
        "stages { layer conv1x1(10*l + i)/stride }",
        [
            "layer1.scale1.0 11x16x16 <- stem.0",
            "layer2.scale1.0 22x16x16 <- layer1.scale1.0",
            "layer3.scale2.0 31x8x8 <- layer2.scale1.0",
        ],
    ),
}


@pytest.mark.parametrize(("statements", "expected"), STAGED.values(), ids=STAGED)
def test_stages(statements: str, expected: list[str]) -> None:
    assert lines(network(statements, END, head=STAGES))[1:-2] == expected


BASIC = """block basic(c) {
  main = conv3x3(c)/stride bn
  skip = identity when stride == 1 and channels == c else conv1x1(c)/stride
  out  = main + skip -> relu
}"""
FRACTAL = """block fractal(C, c) =
  conv3x3(c) when C == 1 else (conv3x3(c), mean(fractal(C-1, c)) -> fractal(C-1, c))"""
# the blocks, the stem's chain on 4 x 8 x 8, the nodes
BLOCKS: dict[str, tuple[str, str, list[str]]] = {
    "a chain is numbered with its block's ops": (
        "block pair(c) = conv3x3(c) bn",
        "relu pair(2) pair(3)/2 relu",
        [
            "stem.0 4x8x8 <- image", "stem.1 2x8x8 <- stem.0", "stem.2 2x8x8 <- stem.1", "stem.3 3x8x8 <- stem.2",
            "stem.4 3x8x8 <- stem.3", "stem.5 3x8x8 <- stem.4",
        ],
    ),
    "equations alone": (
        BASIC, "basic(4)",
        [
            "stem.main.0 4x8x8 <- image", "stem.main.1 4x8x8 <- stem.main.0",
            "stem.out.add 4x8x8 <- stem.main.1 image", "stem.out.0 4x8x8 <- stem.out.add",
        ],
    ),
    "equations in a chain take its next number": (
        BASIC, "relu basic(6)/2 relu",
        [
            "stem.0 4x8x8 <- image", "stem.1.main.0 6x4x4 <- stem.0", "stem.1.main.1 6x4x4 <- stem.1.main.0",
            "stem.1.skip.0 6x4x4 <- stem.0", "stem.1.out.add 6x4x4 <- stem.1.main.1 stem.1.skip.0",
            "stem.1.out.0 6x4x4 <- stem.1.out.add", "stem.2 6x4x4 <- stem.1.out.0",
        ],
    ),
    "families": (
        "block b(n) { y[0] = in; y[i] = y[i-1] -> conv3x3(i) for i in 1..n step 1; out = [y[1], y[n]] }", "b(2)",
        ["stem.y1.0 1x8x8 <- image", "stem.y2.0 2x8x8 <- stem.y1.0", "stem.out.concat 3x8x8 <- stem.y1.0 stem.y2.0"],
    ),
    "several targets": (
        "block b { p, q = split(in, 2); out = [q, p] }", "b",
        [
            "stem.p.split 2x8x8 <- image", "stem.p.split2 2x8x8 <- image",
            "stem.out.concat 4x8x8 <- stem.p.split2 stem.p.split",
        ],
    ),
    "in and a gate": (
        "block se(c, r = 2) = in * (gap conv1x1(c/r) relu conv1x1(c) sigmoid)", "se(4)",
        [
            "stem.0 4x1x1 <- image", "stem.1 2x1x1 <- stem.0", "stem.2 2x1x1 <- stem.1", "stem.3 4x1x1 <- stem.2",
            "stem.4 4x1x1 <- stem.3", "stem.mul 4x8x8 <- image stem.4",
        ],
    ),
    "recursion": (
        "block tower(n) = relu when n == 0 else conv1x1(n) tower(n - 1)", "tower(3)",
        ["stem.0 3x8x8 <- image", "stem.1 2x8x8 <- stem.0", "stem.2 1x8x8 <- stem.1", "stem.3 1x8x8 <- stem.2"],
    ),
    "fractal": (
        FRACTAL, "mean(fractal(2, 4))",
        [
            "stem.0 4x8x8 <- image", "stem.1 4x8x8 <- image", "stem.2 4x8x8 <- stem.1",
            "stem.mean 4x8x8 <- stem.0 stem.2",
        ],
    ),
    "defaults of parameters see those before them": (
        "block b(c, d = c * 2) = conv1x1(c) conv1x1(d)", "b(3) b(1, d = 5)",
        ["stem.0 3x8x8 <- image", "stem.1 6x8x8 <- stem.0", "stem.2 1x8x8 <- stem.1", "stem.3 5x8x8 <- stem.2"],
    ),
    "channels are what arrives at the op": (
        "block b = conv1x1(channels + 1) conv1x1(channels + 1)", "b",
        ["stem.0 5x8x8 <- image", "stem.1 6x8x8 <- stem.0"],
    ),
    "an argument is worked out where the block is used": (
        "block b(c) = conv1x1(1) conv1x1(c)", "b(channels)",
        ["stem.0 1x8x8 <- image", "stem.1 4x8x8 <- stem.0"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("blocks", "chain", "expected"), BLOCKS.values(), ids=BLOCKS)
def test_blocks(blocks: str, chain: str, expected: list[str]) -> None:
    text = network(f"stem {chain}", "exit at 0: gap linear(10)", head="\n  input 4 x 8 x 8", before=blocks)
    assert lines(text)[:-2] == expected


def test_local_blocks_see_the_networks_names() -> None:
    block = "block b(c) = conv1x1(c * w + 10 * s + l)"
    found = lines(network(block, "layers 1 on 2 { horizontal b(1) }", END))
    assert found[2] == "layer1.scale2.horizontal.0 29x8x8 <- layer0.scale2.vertical.0"


@pytest.mark.parametrize(
    "blocks",
    [
        "block b { y[2] = conv1x1(4); y2 = conv1x1(4); out = y[2] + y2 }",
        "block b { y1[1] = conv1x1(4); y[11] = conv1x1(4); out = y1[1] + y[11] }",
        "block b { y[-1] = conv1x1(4); out = y[-1] + in }",
        "block b { add = in + relu; out = add + in }",
        "block b { out = relu + in + (relu + in) }",
        "block b { error = in + relu; mean = mean(error, in); out = [mean, error] }",
    ],
)
def test_ids_are_unique(blocks: str) -> None:
    """Equations' names and families' indices never make one id for two nodes, or it is said that they would."""
    compilation = Compilation.of_text(
        network("stem b", "exit at 0: gap linear(10)", head="\n  input 4 x 8 x 8", before=blocks)
    )
    if compilation.valid:
        ids = [node.id for node in compilation.network]
        assert len(set(ids)) == len(ids)
        assert all(part.isidentifier() or part.isdigit() for id in ids for part in id.split("."))


def test_two_stages_with_a_passage() -> None:
    """Their `between` and `leave` would have one id each."""
    stages = "stages { layer conv3x3(w); between maxpool2x2/2; leave relu }"
    compilation = Compilation.of_text(network(stages, stages, END, head=STAGES))
    assert compilation.diagnostics is not None
    if compilation.valid:
        ids = [node.id for node in compilation.network]
        assert len(set(ids)) == len(ids)


# Reductions ------------------------------------------------------------------------------------------------


def channels(text: str) -> dict[int, dict[int, int]]:
    """Per layer and scale the channels of the value when the layer is over."""
    graph = elaborated(text)
    found: dict[int, dict[int, int]] = {}
    for id in graph.outputs:
        node = graph[graph.outputs[id]]
        if node.cell.role == "cell" and node.shape is not None:
            found.setdefault(node.cell.layer, {})[node.cell.scale] = node.shape.channels
    return found


THREE = """
  input 3 x 16 x 16
  scales 3 { init 4, 8, 16; g 2, 4, 8 }
  stem conv3x3(init)
  vertical conv3x3(init)/2
"""


def test_the_24_layers_of_the_language() -> None:
    """Scale 1 ends at layer 8, layer 9 takes its last diagonal and is followed by t; scale 2 ends at 16, t after 17."""
    text = network(
        f"layers 24 dense(g) {{ {BOTH} }}", "reduce in 3 blocks: conv1x1(compress(0.5))",
        "exits at 4..24 step 2: gap linear(10)", head=THREE,
    )  # fmt: skip
    found = channels(text)
    assert [sorted(found[layer]) for layer in (1, 8, 9, 16, 17, 24)] == [[1, 2, 3], [1, 2, 3], [2, 3], [2, 3], [3], [3]]
    # 8 + 4 * 9 = 44 -> 22; 16 + 8 * 9 = 88 -> 44; then 22 + 4 * 7 = 50, 44 + 8 * 7 = 100; 108 / 2 = 54 -> 8 a step
    assert (found[8][1], found[9], found[16]) == (20, {2: 22, 3: 44}, {2: 50, 3: 100})
    assert (found[17], found[18], found[24]) == ({3: 52}, {3: 60}, {3: 108})
    graph = elaborated(text)
    assert [layer for layer in range(1, 25) if f"layer{layer}.scale2.diagonal.0" in graph] == list(range(1, 10))
    assert [layer for layer in range(1, 25) if f"layer{layer}.scale3.diagonal.0" in graph] == list(range(1, 18))
    assert [layer for layer in range(1, 25) if f"layer{layer}.scale3.transition.0" in graph] == [9, 17]
    assert len(graph.exits) == 11


@pytest.mark.parametrize(
    ("layers", "reduce", "last"),
    [
        (6, "reduce in 3 blocks", {1: 2, 2: 4}),
        (6, "reduce in 2 blocks", {1: 3, 2: 6}),
        (6, "reduce in 1 blocks", {1: 6, 2: 6}),
        (6, "reduce at 2, 5", {1: 2, 2: 5}),
        (6, "reduce at 1..5 step 4", {1: 1, 2: 5}),
        (6, "reduce at n^2 for n in 1..2", {1: 1, 2: 4}),
        (6, "reduce at 1\nreduce at 3", {1: 1, 2: 3}),
    ],
)
def test_last_layers_of_the_scales(layers: int, reduce: str, last: dict[int, int]) -> None:
    found = channels(network(f"layers {layers} dense(g) {{ {BOTH} }}", reduce, END, head=THREE))
    assert {scale: max(layer for layer in found if scale in found[layer]) for scale in (1, 2)} == last


def test_layers_count_together_for_a_reduction() -> None:
    half = f"layers 3 dense(g) {{ {BOTH} }}"
    whole = f"layers 6 dense(g) {{ {BOTH} }}"
    reduce = "reduce in 3 blocks: conv1x1(compress(0.5))"
    assert channels(network(half, half, reduce, END, head=THREE)) == channels(network(whole, reduce, END, head=THREE))


@pytest.mark.parametrize(
    ("arrives", "g", "theta", "kept"),
    [
        (83, "6, 12", "0.5", [41, 40]),
        (84, "6, 12", "0.5", [42, 42]),
        (10, "1, 2", "0.5", [5, 4]),
        (10, "2, 2", "0.3", [3, 3]),
        (10, "3, 5", "0.5", [5, 5]),
        (83, "1, 1", "1", [83, 83]),
    ],
)
def test_compress_keeps_the_proportion_of_the_scales(arrives: int, g: str, theta: str, kept: list[int]) -> None:
    """theta * channels, rounded down to a multiple of g[s]/g[1]: 83 -> 41 units at scale 1."""
    head = f"\n  input 3 x 8 x 8\n  scales 2 {{ g {g} }}\n  stem conv1x1({arrives})\n  vertical conv1x1({arrives})/2\n"
    text = network(
        "layers 1 plain(g) { horizontal relu }", f"transition at 1: conv1x1(compress({theta}))", END, head=head
    )
    assert list(channels(text)[1].values()) == kept


# Exits -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exits", "expected"),
    [
        ("exit at end: gap", ["exit1 exits.end 6 2"]),
        ("exit at 4: gap", ["exit1 exits.layer4 4 2"]),
        ("exit at 0: gap", ["exit1 exits.layer0 0 2"]),
        (
            "exits at 2..6 step 2: gap",
            ["exit1 exits.layer2 2 2", "exit2 exits.layer4 4 2", "exit3 exits.layer6 6 2"],
        ),
        (
            "exits at n*(n+1)/2 for n in 1..3: gap",
            ["exit1 exits.layer1 1 2", "exit2 exits.layer3 3 2", "exit3 exits.layer6 6 2"],
        ),
        (
            "exits at 1, 3..4, n * 5 for n in 1..1, end: gap",
            [
                "exit1 exits.layer1 1 2", "exit2 exits.layer3 3 2",
                "exit3 exits.layer4 4 2", "exit4 exits.layer5 5 2", "exit5 exits.end 6 2",
            ],
        ),
        (
            "exit at end: gap\nexit at 1: gap\nexit aux at 3: gap\nexit map at 2 on scale 1: relu\nexit at 4: gap",
            [
                "exit1 exits.layer1 1 2", "map exits.map 2 1", "aux exits.aux 3 2",
                "exit4 exits.layer4 4 2", "exit5 exits.end 6 2",
            ],
        ),
        (
            "exit at 3 on scale 1: conv1x1(2)\nexit at 3: gap",
            ["exit1 exits.layer3_scale1 3 1", "exit2 exits.layer3 3 2"],
        ),
        ("exit at end on scale 1: conv1x1(2)\nexit at 6: gap",
         ["exit1 exits.end_scale1 6 1", "exit2 exits.layer6 6 2"]),
    ],
)  # fmt: skip
def test_exits(exits: str, expected: list[str]) -> None:
    """The name, the id, the layer and the scale of every exit, in layer order."""
    graph = elaborated(network("layers 6 { diagonal relu maxpool2x2/2; horizontal relu }", exits))
    assert [f"{exit.name} {exit.cell.id} {exit.layer} {exit.scale}" for exit in graph.exits] == expected


@pytest.mark.parametrize(
    ("exits", "layers"),
    [
        ("exits at 1 in each stage: gap", [1, 4, 6]),
        ("exits at 1, 2 in each stage: gap", [1, 2, 4, 5, 6, 7]),
        ("exits at 2, 1 in each stage: gap", None),
        ("exits at 1..2 in each stage: gap", [1, 2, 4, 5, 6, 7]),
        ("exits at n for n in 1..2 in each stage: gap", [1, 2, 4, 5, 6, 7]),
        ("exit at stage 1: gap\nexit at stage 3: gap", [3, 9]),
        ("exits at stage 1, stage 2, end: gap", [3, 5, 9]),
        ("exits at 1 in each stage: gap\nexit at end: gap", [1, 4, 6, 9]),
        ("exit at 7: gap", [7]),
        ("exits at 3 in each stage: gap", None),
        ("exit at stage 3: gap\nexit at end: gap", None),
    ],
)
def test_exits_of_stages(exits: str, layers: list[int] | None) -> None:
    head = "\n  input 3 x 16 x 16\n  scales 3 { depth 3, 2, 4 }\n"
    compilation = Compilation.of_text(network("stages { layer conv3x3(4)/stride }", exits, head=head))
    if layers is None:
        assert not compilation.valid
        return
    assert [d.message for d in compilation.diagnostics if d.severity.value in SEVERE] == []
    assert compilation.graph is not None
    assert [exit.layer for exit in compilation.graph.exits] == layers


def test_adding_an_exit_renames_nothing() -> None:
    rules = "layers 6 { diagonal relu maxpool2x2/2; horizontal relu }"
    few = elaborated(network(rules, "exits at 2, end: gap linear(10)"))
    more = elaborated(network(rules, "exits at 1, 2, 4, end: gap linear(10)", "exit aux at 3: gap"))
    assert {node.id for node in few} <= {node.id for node in more}


# Coarse features -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("layers 2 { horizontal relu }\nexit at end: gap linear(2)", []),
        ("layers 2 { horizontal relu }\nexit at end on scale 1: gap linear(2)", ["warning MSD512", "warning MSD521"]),
        ("layers 2 { horizontal relu }\nexit at end: gap linear(2)\nexit at 1 on scale 1: gap", ["warning MSD521"]),
        ("layers 2 { horizontal relu }\nexit at end: gap linear(2)\nexit at 1 on scale 1: conv1x1(2)", []),
        ("layers 2 on 2 { diagonal maxpool2x2/2 }\nexit at end: gap linear(2)", ["error MSD509"]),
        ("layers 2 on 2 { diagonal maxpool2x2/2 }\nexit at end: conv1x1(2)", []),
        ("layers 2 on 2 residual { diagonal conv3x3(w)/2 }\nexit at end: gap linear(2)", []),
        ("layers 2 on 2 dense { diagonal conv3x3(w)/2 }\nexit at end: gap linear(2)", []),
    ],
)
def test_coarse_features(statements: str, expected: list[str]) -> None:
    found = [d for d in Compilation.of_text(network(statements)).diagnostics if d.severity.value in SEVERE]
    assert [f"{d.severity.value} {d.code}" for d in found] == expected


def test_a_scale_that_vertical_only_passes_on_is_live() -> None:
    """`vertical identity` makes no node, and the coarse scale is live at layer 0 all the same."""
    head = "\n  input 3 x 8 x 8\n  scales 2 { ratio 1 }\n  stem conv3x3(4)\n  vertical identity\n"
    rules = "layers 2 { horizontal conv3x3(4) }\nexit at end: gap linear(2)"
    assert Compilation.of_text(network(rules, head=head)).valid
