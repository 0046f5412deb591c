"""The comments of a starting point: what parameters, statements and their parts are, in the MSDNet paper's words."""

from __future__ import annotations

from msdl.cli.new.structure import column, further_exits, in_stages, puts_out_maps
from msdl.language import syntax as ast

PARAMETERS = {
    "classes": "the classes to tell apart",
    "size": "height and width of the image, in pixels",
    "rows": "height of the image, in pixels",
    "cols": "width of the image, in pixels",
    "depth": "the number of layers, the first one not counted",
    "K": "the number of exits",
    "base": "the layer of the first exit",
    "spacing": "the layers from one exit to the next",
    "g": "the feature maps that a layer makes at the finest scale: it sizes the whole network",
    "n": "the layers of each stage",
    "k": "the growth: the feature maps that a layer adds",
    "c": "the feature maps of each path",
    "widen": "how many times as many feature maps as in a ResNet",
}

COLUMNS = {
    "init": "feature maps of the first layer",
    "growth": "new feature maps per layer",
    "widen": "bottleneck width, as a multiple of what the path puts out",
    "depth": "layers of each stage",
    "width": "feature maps of the convolutions",
    "ratio": "how many times as coarse as the scale before",
    "expand": "feature maps inside a layer, as a multiple of those that arrive",
    "slice": "feature maps of a slice",
    "maps": "feature maps on the way up",
    "dilation": "distance of the places that a convolution reads",
}

PATHS = {
    "horizontal": "from the same scale",
    "diagonal": "from the next finer scale, where there is one",
    "up": "from the next coarser scale, where there is one",
    "vertical": "from the scale before, already renewed",
}

STAGE_RULES = {
    "layer": "what a layer does",
    "between": "between two stages: a smaller map",
    "leave": "behind every stage but the last",
}

HISTORIES = {
    "dense": (
        "`dense`: a layer sees all earlier maps of its scale and adds its own, so that an early exit, which shapes the"
        " maps it reads, spoils nothing for the later ones. With `plain` it would replace them."
    ),
    "residual": "`residual`: what a layer makes is added to the map that it came from.",
    "plain": "`plain`: a layer replaces the maps of the layer before. With `dense` all earlier ones would stay.",
}

Part = ast.Column | ast.Rule | ast.StageRule


def of_part(part: Part) -> tuple[str, str]:
    """The word that a column or a rule begins with, and what it is, if that is known: a few words."""
    match part:
        case ast.Column(name):
            return name.text, COLUMNS.get(name.text, "")
        case ast.Path(kind):
            return kind, PATHS[kind]
        case ast.From():
            return "from", "from every scale that passes the test"
        case ast.Join():
            return "join", "how the paths are joined"
        case ast.Then():
            return "then", "what the joined paths go through"
        case ast.StageRule("layer", span=span) if "stride" in span.text:
            return "layer", "what a layer does; the stride is the stage's ratio in its first layer, elsewhere 1"
        case ast.StageRule(role):
            return role, STAGE_RULES[role]


def of_statement(item: ast.Item, network: ast.Network) -> str:
    """What a statement does in its network, and what can be changed about it: a few sentences."""
    match item:
        case ast.Image():
            return "The image: channels x height x width."
        case ast.Scales(columns=columns):
            sizes = "is coarser by its ratio" if column(columns, "ratio") else "is half as high and half as wide"
            numbers = " A column has a number for each, the finest first, or a formula in `s`, the scale."
            return f"Scale 1 is the finest; each further one {sizes}.{numbers * bool(columns)}"
        case ast.Stem():
            return "From the image to the first stage." if in_stages(network) else "The first layer, at scale 1."
        case ast.Vertical():
            return (
                "The first layer at the other scales, each made from the next finer one: so there are coarse features"
                " from the start, which even the first exit needs."
            )
        case ast.Layers() | ast.Stages() | ast.Sweep() | ast.Repeat():
            return _layers(item)
        case ast.ReduceIn() | ast.ReduceAt() | ast.Transition():
            return _transition(item)
        case ast.Exit():
            return _exit(item, network)
        case ast.Let():
            return "A number with a name."
        case ast.Default():
            return "What this op is given wherever it is not given something else."
        case ast.Block():
            return "A chain with a name, to be used like an op."
        case ast.Expect():
            return (
                "What the network comes to; `msdl check` compares. After a change write the new counts here, which it"
                " will tell you, or delete the line."
            )


def _layers(item: ast.Layers | ast.Stages | ast.Sweep | ast.Repeat) -> str:
    match item:
        case ast.Layers(on=on, growth=growth):
            scales = "every scale" if on is None else "the scales behind `on`"
            share = " `share` is what each path puts out: the growth, divided among the paths into the scale."
            history = HISTORIES[growth.history if growth else "plain"]
            return f"The layers: each renews {scales}. {history}" + share * ("share" in item.span.text)
        case ast.Stages(growth=ast.Growth("dense")):
            return "One stage a scale. `dense`: a layer sees all earlier maps of its stage and adds its own."
        case ast.Stages():
            return "One stage a scale: as many layers as `depth` says, one after the other."
        case ast.Sweep(direction=direction, name=name):
            way = "from fine to coarse" if direction == "down" else "from coarse to fine"
            kept = f" What it puts out at scale `s` is `{name.text}[s]`." if name else ""
            return f"Within one layer, one scale after the other, {way}.{kept}"
        case ast.Repeat():
            return "What stands inside, several times."


def _transition(item: ast.ReduceIn | ast.ReduceAt | ast.Transition) -> str:
    match item:
        case ast.ReduceIn(chain=chain):
            ends = "the layers form equal blocks, and with each block but the last the finest scale ends."
        case ast.ReduceAt(chain=chain):
            ends = "with each of these layers the finest scale ends."
        case ast.Transition():
            return "A transition: what every scale goes through after these layers."
    transition = " A transition, the chain, then compresses the maps of those that stay." if chain else ""
    return f"Network reduction: {ends}{transition} Without `reduce` every scale stays to the end, at its cost."


def _exit(item: ast.Exit, network: ast.Network) -> str:
    stages = in_stages(network)
    match item.positions:
        case _ if puts_out_maps(network):
            return "An exit, which puts out a map: something for every place of what it reads."
        case [ast.AtEnd()]:
            further = (
                ""
                if (exits := further_exits(network)) is None
                else f" A further `{exits}: ..` would answer earlier, too."
            )
            return f"A classifier behind the last layer.{further}"
        case _ if stages:
            return "A classifier behind each of these layers; an easy image needs only the first ones."
        case _:
            return (
                "A classifier behind each of these layers, on the coarsest scale; an easy image needs only the first"
                " ones. Layers can be listed as well: `exits at 4, 8, end: ..`"
            )
