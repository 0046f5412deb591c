"""What the fuzz tests feed the compiler: random text, random tokens, specs with slips in them, and random networks."""

from __future__ import annotations

import re

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from msdl import library
from msdl.language.wording import KEYWORDS
from msdl.network import ops

SPECS = tuple(path.read_text(encoding="utf-8") for path in library.specs().values())
TOKEN = re.compile(r"\s+|#[^\n]*|[A-Za-z_][A-Za-z0-9_]*|[0-9][0-9_]*(?:\.[0-9]+)?[KMG]?|->|\.\.|[=!<>]=|.", re.DOTALL)

SIGNS = ("(", ")", "[", "]", "{", "}", ",", ":", "=", ";", "\n", "->", "..", "+", "-", "*", "/", "%", "^")
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
NUMBERS = ("0", "1", "2", "3", "4", "6", "12", "0.5", "1e-3", "1_000", "2K", "3M", "1e99", "7.5G")
NAMES = (
    "n",
    "x",
    "s",
    "l",
    "i",
    "j",
    "c",
    "w",
    "init",
    "growth",
    "channels",
    "share",
    "compress",
    "stride",
    "out",
    "y",
)
FUNCTIONS = ("min", "max", "floor", "ceil", "round", "mean", "sum", "params", "macs", "bias", "ceil", "groups")
OTHERS = ('"blocks.msd"', '"', "#", "\r\n", "\r", "\t", "\ufeff", "é", "\0", "$", "`", "\\", "''")
WORDS = (*sorted(KEYWORDS), *sorted(set(ops.names())), *NAMES, *FUNCTIONS, *NUMBERS, *COMPARISONS, *SIGNS, *OTHERS)

# In whole pipelines a number that a slip puts in stays small: large networks are the hard cases' subject.
SMALL_WORDS = tuple(word for word in WORDS if word not in ("1_000", "2K", "3M", "1e99", "7.5G"))


def texts() -> SearchStrategy[str]:
    """Any text, with what means something to the lexer a little more often."""
    return st.lists(st.one_of(st.text(max_size=8), st.sampled_from(WORDS)), max_size=30).map("".join)


def tokens() -> SearchStrategy[str]:
    """Words of the language in any order."""
    return st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)


@st.composite
def characters_changed(draw: DrawFn) -> str:
    """A spec of the library with a few stretches deleted, doubled or swapped, or characters put in."""
    text = draw(st.sampled_from(SPECS))
    for _ in range(draw(st.integers(1, 4))):
        first, last = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        last = min(last, first + draw(st.integers(0, 20)))
        before, piece, after = text[:first], text[first:last], text[last:]
        match draw(st.sampled_from(("delete", "double", "reverse", "insert"))):
            case "delete":
                text = before + after
            case "double":
                text = before + piece + piece + after
            case "reverse":
                text = before + piece[::-1] + after
            case _:
                text = before + draw(st.text(max_size=3)) + piece + after
    return text


@st.composite
def words_changed(draw: DrawFn) -> str:
    """A spec of the library with a few words deleted, doubled, swapped or replaced."""
    words = TOKEN.findall(draw(st.sampled_from(SPECS)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(words) - 2))
        match draw(st.sampled_from(("delete", "double", "swap", "replace", "insert"))):
            case "delete":
                del words[at]
            case "double":
                words[at:at] = [words[at], " "]
            case "swap":
                other = draw(st.integers(0, len(words) - 1))
                words[at], words[other] = words[other], words[at]
            case "replace":
                words[at] = draw(st.sampled_from(SMALL_WORDS))
            case _:
                words[at:at] = [" ", draw(st.sampled_from(SMALL_WORDS)), " "]
    return "".join(words)


# Networks that are nearly always well-formed, and often valid -------------------------------------------------

COUNTS = ("2", "4", "8", "w", "w * 2", "g", "channels", "share", "min(channels, w)", "compress(0.5)", "w[s-1]", "w[1]")
ELEMENTS = (
    "bn", "relu", "elu", "identity", "gap", "dropout(0.2)", "maxpool2x2/2", "avgpool3x3", "shuffle(2)", "flatten",
    "pool(2)", "basic(4)", "basic(w)/2", "twice(2)", "tower(2)", "gate(4)", "softmax", "pool_h",
    "upsample(2)", "upsample(3, nearest)", "resize", "resize(in, corners)", "cropto", "cropto(1)", "fit", "crop",
    "crop(1)", "unpool2x2(in)", "fitting(4)",
)  # fmt: skip
FORMS = (
    "{0}", "{0}", "{0}", "{0} + {1}", "[{0}, {1}]", "mean({0}, {1})", "{0} -> {1}", "{0} when l % 2 == 0 else {1}",
    "{0} * gap", "1 - {0}", "{0} - 0.5 * {1}", "[{0} crop, {1}]", "[{0} fit, {1}]", "{0} + ({1} fit)",
)  # fmt: skip
PLACES = (
    "end", "1", "2", "0", "1..3 step 2", "n * 2 for n in 0..1", "stage 1", "1 in each stage", "end on scale 1",
    "2 on scale 2",
)  # fmt: skip
HEADS = (
    "gap linear(5)", "linear(3)", "conv1x1(2)", "conv3x3(4)/2 bn relu avgpool2x2/2 linear(5)", "pool(2) linear(2)",
)  # fmt: skip
EXTRAS = (
    "reduce in 2 blocks: conv1x1(compress(0.5)) bn relu", "reduce at 1", "reduce at 2: relu", "let n = 3",
    "transition at 1: conv1x1(compress(0.5))", "transition at 2: bn", "default bn(eps = 0.01)", "default conv(bias)",
    "expect params <= 10M", "expect macs at exit1 <= 1G", "expect params 12",
)  # fmt: skip
BLOCKS = """
block basic(c) {
  main = conv3x3(c)/stride bn relu  conv3x3(c) bn
  skip = identity when stride == 1 and channels == c else conv1x1(c)/stride bn
  out  = main + skip -> relu
}
block tower(n) = relu when n <= 0 else conv3x3(2 * n) bn tower(n - 1)
block gate(c) = conv1x1(c) * (gap conv1x1(c, bias) sigmoid)
block fitting(c) = [conv3x3(c, valid) fit, in]
block parts(n) { a, b = split(in, 2); y[0] = a; y[i] = y[i-1] + b -> relu for i in 1..n; out = [y[0], y[n]] }
"""


@st.composite
def chains(draw: DrawFn, most: int = 3) -> str:
    """A chain of ops and blocks."""
    elements = []
    for _ in range(draw(st.integers(1, most))):
        if draw(st.booleans()):
            kernel = draw(st.sampled_from(("1x1", "3x3", "5x5", "2x2", "1x3")))
            stride = draw(st.sampled_from(("", "", "/2", "/stride", "/1")))
            flags = draw(st.sampled_from(("", "", ", bias", ", valid", ", groups = 2", ", pad = 1", ", dilation = 2")))
            op = draw(st.sampled_from(("conv", "conv", "conv", "deconv")))
            stride = "" if op == "deconv" else stride
            elements.append(f"{op}{kernel}({draw(st.sampled_from(COUNTS))}{flags}){stride}")
        else:
            elements.append(draw(st.sampled_from(ELEMENTS)))
    return " ".join(elements)


@st.composite
def values(draw: DrawFn) -> str:
    """A chain, or two of them joined."""
    first, second = draw(chains()), draw(chains())
    return draw(st.sampled_from(FORMS)).format(first, second)


@st.composite
def layers(draw: DrawFn, scales: int) -> str:
    count = draw(st.integers(1, 5))
    on = draw(st.sampled_from(("", "", "", " on 1", f" on {scales}", f" on 1..{scales}")))
    history = draw(st.sampled_from(("dense(g)", "dense(g)", "plain(g)", "plain", "residual", "dense", "")))
    rules = draw(
        st.lists(
            st.one_of(
                values().map(lambda v: f"horizontal {v}"),
                chains().map(lambda v: f"diagonal {v}/2" if v.endswith(")") else f"diagonal {v}"),
                st.just("diagonal conv3x3(share)/2"),
                st.just("horizontal conv3x3(share)"),
                chains().map(lambda v: f"diagonal up {v}"),
                chains().map(lambda v: f"from j where j <= s: {v}"),
                st.sampled_from(("join add", "join concat", "join mean", "then bn relu", "then relu")),
            ),
            min_size=1,
            max_size=4,
        )
    )
    return f"layers {count}{on} {history} {{ {'; '.join(rules)} }}"


@st.composite
def sweeps(draw: DrawFn, scales: int, named: bool) -> str:
    """A sweep; where one is `named` enc, what that kept is used."""
    name = draw(st.sampled_from(("", "", "", " dec", " enc", " w")))
    on = draw(st.sampled_from(("", "", " on 1", f" on {scales}", f" on 1..{scales}")))
    value = f"enc[{draw(st.sampled_from(('s', 's+1', 's-1', '1')))}]" if named else "in"
    rules = draw(
        st.lists(
            st.one_of(
                st.sampled_from(("vertical maxpool2x2/2", "vertical maxpool3x3(ceil)/3", "horizontal in")),
                st.sampled_from(("vertical deconv2x2(w) fit", "horizontal crop", "vertical conv3x3(w)/2")),
                st.sampled_from((f"vertical unpool2x2({value})", f"vertical resize({value})", f"horizontal {value}")),
                values().map(lambda v: f"then {v}"),
                chains().map(lambda v: f"horizontal {v}"),
                chains().map(lambda v: f"from j where j != s: {v} resize"),
                st.sampled_from(("join add", "join mean", "then conv3x3(w) bn relu")),
            ),
            min_size=1,
            max_size=4,
        )
    )
    return f"sweep {draw(st.sampled_from(('down', 'up')))}{name}{on} {{ {'; '.join(rules)} }}"


@st.composite
def networks(draw: DrawFn) -> str:
    """A network of random statements, most of which fit together."""
    scales = draw(st.integers(1, 3))
    depth = draw(st.integers(1, 3))
    statements = [
        f"input {draw(st.sampled_from(('1', '3', '4')))} x {draw(st.integers(1, 40))} x {draw(st.integers(1, 40))}",
        f"scales {scales} {{ w 4 * 2^(s-1); g 2 * 2^(s-1); depth {depth} }}",
        f"stem {draw(st.one_of(st.just('conv3x3(w)'), values()))}",
    ]
    if draw(st.integers(0, 3)):
        statements.append(f"vertical {draw(st.one_of(st.just('conv3x3(w)/2'), chains()))}")
    named = draw(st.booleans())
    if named:
        statements.append("sweep down enc { vertical maxpool2x2/2; then conv3x3(w) }")
    for _ in range(draw(st.integers(1, 2))):
        statements.append(
            draw(
                st.one_of(
                    layers(scales),
                    values().map(lambda v: f"stages dense {{ layer {v} }}"),
                    values().map(lambda v: f"stages {{ layer {v}; between conv1x1(w) maxpool2x2/2 }}"),
                    st.one_of(layers(scales), sweeps(scales, named)).map(lambda v: f"repeat 2 {{ {v} }}"),
                    sweeps(scales, named),
                    sweeps(scales, named),
                )
            )
        )
    statements += draw(st.lists(st.sampled_from(EXTRAS), max_size=2))
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3))
    statements += [f"exits at {place}: {draw(st.sampled_from(HEADS))}" for place in places]
    return f"{BLOCKS}\nnetwork n {{\n  " + "\n  ".join(statements) + "\n}\n"
