"""The one layout: what stands where, that it is stable, and that it changes neither meaning nor comments."""

from __future__ import annotations

import re
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msdl import library
from msdl.compilation import Compilation
from msdl.diagnostics import SpecError, has_errors
from msdl.language import format as formatter
from msdl.language.format import Unfaithful, format_text
from msdl.language.format.breaking import WIDTH
from msdl.language.parse import parse
from msdl.source import Source
from tests.docs.test_language import Example, examples
from tests.fuzz.mutations import characters_changed, networks, texts, words_changed
from tests.laws.sketches import SKETCHES, Sketch
from tests.laws.test_identifiers import described

TESTS = Path(__file__).resolve().parents[1]
WHOLES = sorted(Path(__file__).with_name("format").glob("*.msd"))
FILES = sorted([*library.specs().values(), *TESTS.rglob("*.msd")])

TOKEN = re.compile(r'"[^"\n]*"|[A-Za-z_]\w*|[0-9](?:\.[0-9]|(?<=[eE])-|\w)*|->|\.\.|[=!<>]=|[\n;][\s;]*|\S')
COMMENT = re.compile(r'"[^"\n\r]*"|(#[^\n\r]*)')
GOES_ON = frozenset("( [ , + - * % ^ / : = == != < <= > >= -> when else and or".split())

laws = settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def formatted(text: str) -> str:
    return format_text(Source("t", text))


def statement(text: str) -> str:
    """The layout of one statement, or of several, of a network."""
    lines = formatted(f"network n {{\n{text}\n}}").splitlines()
    assert (lines[0], lines[-1]) == ("network n {", "}")
    return "\n".join(line.removeprefix("  ") for line in lines[1:-1])


def is_word(token: str) -> bool:
    return token[0].isalnum() or token[0] in '_"'


# What stands where, within a line


@pytest.mark.parametrize(
    "line",
    [
        # Signs
        "exits at 4, 8, 12: h(c, w = 2)",
        "exits at 4..depth step 2: gap",
        "exits at 4, 8 in each stage: gap",
        "exit aux at stage 3 on scale s - 1: gap",
        "expect params <= 3M, macs at exit1 18_464",
        "stem in -> bn -> relu",
        "stem [conv1x1(8), pool(2)] -> bn",
        "stem (a, b) -> bn",
        "stem parts[2] -> bn",
        "layers n on 1..n-1 dense(g + 1) { horizontal h }",
        "layers (n) plain { horizontal (h) }",
        "reduce in (B) blocks: bn",
        "default conv(bias, groups = 2)",
        "sweep up enc on 1..4 { horizontal crop }",
        "stem upsample(up = 2, stem = 3)",
        # Operators: a product stands close beside something looser or a slash, a sum in an index and in a range
        "let x = a + b",
        "let x = a * b",
        "let x = a % b",
        "let x = a/b",
        "let x = w * c * d",
        "let x = 64 * 2^(s-1)",
        "let x = base + 4*spacing",
        "let x = 8*g/3",
        "let x = K*(K+1)/2",
        "let x = (a+b)/2",
        "let x = (a*b)/2",
        "let x = (a + b*c)/2",
        "let x = 2 * (a + b)",
        "let x = 2*(a+b) + 1",
        "let x = -a",
        "let x = -(a + b)",
        "let x = a - -b",
        "let x = a*-b + c",
        "let x = 2^-k",
        "let x = w[s-1]",
        "let x = w[2*s-1]",
        "let x = w[min(s, 2)-1]",
        "let x = floor(a + b)",
        "let x = floor(8*g/3) * 2^(s-1)",
        "let x = a when c == 4*d and 1 < s <= 3 else -b",
        "let x = a when (s > 1 or n%2 == 0) and c >= 2 else b",
        "input 3 x 2*n x (2*n)",
        "input n x floor(n * 2) x n+1",
        "input x x x x x",
        "stem in * (gap conv1x1(4))",
        "stem in*(gap conv1x1(4)) + in",
        "stem a * conv3x3(c) bn + b",
        "stem conv3x3(8)/stride bn",
        "stem conv3x3(8)/(2^k) bn",
    ],
)
def test_spaces(line: str) -> None:
    """Each line is laid out as it stands here, however many spaces it is written with."""
    tokens = TOKEN.findall(line)
    tight = "".join(" " * (is_word(before) and is_word(token)) + token for before, token in pairwise(["(", *tokens]))
    for written in (line, " ".join(tokens), "\t ".join(tokens), tight):
        assert statement(written) == line


@pytest.mark.parametrize(
    "chain",
    [
        "conv1x1(c) bn relu  conv3x3(c)/stride bn relu",
        "conv3x3(128)/2 bn relu  conv3x3(128)/2 bn relu  avgpool2x2/2 linear(classes)",
        "conv7x7(64)/2 bn relu  maxpool3x3/2",
        "conv3x3(16) bn(eps = 0.1) relu  conv3x3(16)",
        "dwconv3x3 bn relu6  conv1x1(c) bn",
        "conv3x3(32)/2 bn relu  gap linear(10)",
        "linear(64) relu dropout(0.5)  linear(64) relu dropout(0.5)  linear(10)",
        "gap linear(10)",
        "bn relu gap linear(10)",
        "bn relu conv1x1(4 * growth)  bn relu conv3x3(growth)",
        "bn relu conv1x1(4 * growth) dropout(0.2)  bn relu conv3x3(growth) dropout(0.2)",
        "relu conv3x3(c) bn  relu conv3x3(c) bn",
        "bn relu conv1x1(c) avgpool2x2/2",
        "relu conv3x3(c) relu",
        "in -> conv1x1(c) bn relu  conv3x3(c) -> bn relu",
        "[conv1x1(c) bn  conv3x3(c), relu] bn relu",
        "conv3x3(c) bn  conv3x3(c) + conv1x1(c) relu  conv1x1(c)",
    ],
)
def test_groups_of_a_chain(chain: str) -> None:
    assert statement("stem " + chain.replace("  ", " ")) == f"stem {chain}"


# What stands where, line under line


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        pytest.param(
            "scales 3 { init 16,32,64; growth 6,12,24; widen 2^(s-1); k -1, 2*g, 3 }",
            """\
scales 3 {
  init   16,    32, 64
  growth  6,    12, 24
  widen  2^(s-1)
  k      -1, 2 * g,  3
}""",
            id="columns",
        ),
        pytest.param(
            "scales 3 {\n a 1, 20\n\n long 10, 2\n # its comment\n b 1,2\n}",
            """\
scales 3 {
  a 1, 20

  long 10, 2
  # its comment
  b     1, 2
}""",
            id="a blank line parts columns, a comment does not",
        ),
        pytest.param("scales 3 { depth 16 }", "scales 3 { depth 16 }", id="a single column"),
        pytest.param(
            "scales 3 {\n depth 16 # so\n}", "scales 3 {\n  depth 16  # so\n}", id="a single column with a comment"
        ),
        pytest.param("scales 3 {\n}", "scales 3 { }", id="no column"),
        pytest.param("scales 3 { # none\n}", "scales 3 {  # none\n}", id="no column and a comment"),
        pytest.param("stages {\n layer basic(c)\n} # so", "stages { layer basic(c) }  # so", id="a single rule"),
        pytest.param(
            "repeat 2 { layers 2 { horizontal h } }", "repeat 2 {\n  layers 2 { horizontal h }\n}", id="a single item"
        ),
        pytest.param("block b { out = in }", "block b {\n  out = in\n}", id="a single equation"),
        pytest.param(
            "layers 2 { diagonal h(c)/2; horizontal h; diagonal up h; join add; then relu }",
            """\
layers 2 {
  diagonal    h(c)/2
  horizontal  h
  diagonal up h
  join add
  then relu
}""",
            id="paths",
        ),
        pytest.param(
            "layers 2 { from j where j == s: bn; from k where k < s: relu bn }",
            "layers 2 {\n  from j where j == s: bn\n  from k where k < s:  relu bn\n}",
            id="paths from everywhere",
        ),
        pytest.param(
            "block b { y, z = split(in, 2); main[1] = y; out = main[1] + z for i in 2..n }",
            "block b {\n  y, z    = split(in, 2)\n  main[1] = y\n  out     = main[1] + z for i in 2..n\n}",
            id="equations",
        ),
        pytest.param(
            "let a = 1; let bb = 2; stem bn; let c = 3", "let a  = 1\nlet bb = 2\nstem bn\nlet c = 3", id="lets"
        ),
        pytest.param(
            "stem bn; vertical relu; reduce at 3", "stem     bn\nvertical relu\nreduce at 3", id="stem and vertical"
        ),
        pytest.param(
            "stages { layer a; between b; leave c }",
            "stages {\n  layer   a\n  between b\n  leave   c\n}",
            id="rules of stages",
        ),
        pytest.param(
            "exits at 4, 8 in each stage: a\nexit at end: b",
            "exits at 4, 8 in each stage: a\nexit at end:                 b",
            id="exits",
        ),
        pytest.param(
            f"exits at {', '.join(map(str, range(20)))}: a\nexit at end: {'conv3x3(16) ' * 4}\nexit at 3: b",
            f"exits at {', '.join(map(str, range(20)))}: a\nexit at end: {'conv3x3(16) ' * 3}conv3x3(16)\nexit at 3: b",
            id="not so far that a line gets too long",
        ),
        pytest.param(
            "stem a # one\nvertical b #two\nreduce at 3",
            "stem     a  # one\nvertical b  # two\nreduce at 3",
            id="comments",
        ),
        pytest.param(
            f"stem {'a' * 70} # one\nvertical b #{'x' * 40}",
            f"stem     {'a' * 70}  # one\nvertical b  # {'x' * 40}",
            id="comments that would get too far to the right",
        ),
        pytest.param("stem a\n\n\n\n  \n# c\n\n\n#d\nvertical b", "stem a\n\n# c\n\n# d\nvertical b", id="blank lines"),
        pytest.param("\n\nstem a\n\n", "stem a", id="blank lines at both ends"),
        pytest.param("stem (a # b\n# c\n)", "stem (a  # b\n    # c\n)", id="a comment before a bracket that closes"),
        pytest.param("\n\n# c\n\nstem a\n\n# d\n\n", "# c\n\nstem a\n\n# d", id="comments at both ends"),
        pytest.param("stem a;;; # c\n;;\n vertical b", "stem a  # c\n\nvertical b", id="semicolons"),
    ],
)
def test_lines(text: str, layout: str) -> None:
    assert statement(text) == layout
    assert statement(layout) == layout


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("", ""),
        ("\n\n", ""),
        ("#", "#\n"),
        ("#a\n#  b  \n#!c\n##d\n#---\n#\te", "# a\n#  b\n#!c\n##d\n#---\n#\te\n"),
        ("\ufefflet a = 1".removeprefix("\ufeff"), "let a = 1\n"),
        ("let a = 1\r\n\r\n# b\rlet b = 1", "let a = 1\n\n# b\nlet b = 1\n"),
        ('import   "a # b.msd" # c', 'import "a # b.msd"  # c\n'),
        (
            'import "a.msd"\nnetwork a { }\n# b\nnetwork b { }',
            'import "a.msd"\n\nnetwork a { }\n\n# b\nnetwork b { }\n',
        ),
        ("network a { }\n# of a\n\nnetwork b { }", "network a { }\n# of a\n\nnetwork b { }\n"),
        ("block a = bn\nblock b = bn", "block a = bn\nblock b = bn\n"),
        ("block a { out = bn }\nblock b = bn", "block a {\n  out = bn\n}\n\nblock b = bn\n"),
    ],
)
def test_files(text: str, layout: str) -> None:
    assert formatted(text) == layout


# Where lines are broken


@pytest.mark.parametrize(
    "layout",
    [
        # Behind a colon or an equals sign, if the rest then fits; else within the rest.
        """\
exits at 4..depth step 2:
    conv3x3(128)/2 bn relu  conv3x3(128)/2 bn relu  avgpool2x2/2 flatten linear(classes, nobias)""",
        """\
exit at end: mean(conv3x3(100), conv3x3(200), conv3x3(300), conv3x3(400), conv3x3(500),
    conv3x3(600), conv3x3(700), conv3x3(800), conv3x3(900))""",
        """\
exits at 4, 8, n*(n+1)/2 for n in 1..K, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46: gap linear(classes)""",
        # Behind a comma, `else` rather than `when`, `or` rather than `and`.
        """\
expect params <= 3M, macs at exit1 <= 10M, macs at exit2 <= 20M, macs at exit3 <= 30M,
    macs at exit4 <= 40M, macs at exit5 <= 50M""",
        """\
let a = first_of_the_numbers when first_of_the_numbers > second_of_the_numbers else
    second_of_the_numbers when n == 1 else 0""",
        """\
let a =
    1 when
    first_of_the_numbers == 1 and second_of_the_numbers == 2 and third_of_the_numbers == 3 or
    first_of_the_numbers == 4 else 2""",
        # Before an arrow.
        """\
stem in -> mean(conv3x3(16, groups = 4), conv5x5(16)) -> mean(conv3x3(16), conv5x5(16))
    -> mean(conv3x3(16), conv5x5(16))""",
        # Behind an operator, a sum before a product.
        """\
let a = 2*first_of_the_numbers + 3*second_of_the_numbers + 4*third_of_the_numbers -
    5*fourth_of_the_numbers""",
        # A chain can't go on over the end of a line,
        "stem conv3x3(16) bn relu  conv3x3(16) bn relu  conv3x3(16) bn relu  conv3x3(16) bn relu  conv3x3(16) bn relu",
        # but in brackets it can, between its groups; a bracket inside another line is indented from there.
        """\
stem (conv3x3(16) bn relu  conv3x3(16) bn relu  conv3x3(16) bn relu  conv3x3(16) bn relu
    conv3x3(16) bn relu)""",
        """\
let a = max(first_of_the_numbers, second_of_the_numbers, third_of_the_numbers,
    min(first_of_the_numbers, second_of_the_numbers, third_of_the_numbers, fourth_of_the_numbers,
        fifth_of_the_numbers))""",
    ],
)
def test_long_lines(layout: str) -> None:
    """What is written on one line is broken as it stands here."""
    assert statement(re.sub(r"\n\s*", " ", layout)) == layout


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("stem bn\n\n  ->\n relu", "stem bn -> relu"),
        (
            "stem conv3x3( # one\n init,\n # two\n bias # three\n ) # four\n\n # five\n -> bn # six",
            """\
stem conv3x3(  # one
    init,
    # two
    bias  # three
)         # four
    # five
    -> bn  # six""",
        ),
        ("exit at end: # one\n gap", "exit at end:  # one\n    gap"),
        ("exit at end:\n #one\n # two\n gap", "exit at end:\n    # one\n    # two\n    gap"),
    ],
)
def test_short_lines(text: str, layout: str) -> None:
    """What fits is not broken, but for the comments in it."""
    assert statement(text) == layout
    assert statement(layout) == layout


def test_parameters_of_a_network_are_broken() -> None:
    names = [f"parameter{number} = {number}" for number in range(8)]
    assert formatted(f"network n({','.join(names)}) {{ input 3 x 8 x 8 }}") == (
        f"network n({', '.join(names[:5])},\n    {', '.join(names[5:])}) {{\n  input 3 x 8 x 8\n}}\n"
    )


@pytest.mark.parametrize("path", WHOLES, ids=lambda path: path.stem)
def test_wholes(path: Path, golden) -> None:
    golden(formatted(path.read_text(encoding="utf-8")), path.with_suffix(".txt"))


# What holds for every text


def comments(text: str) -> list[str]:
    """The comments of a text, without their spaces."""
    return ["".join(comment.split()) for comment in COMMENT.findall(text) if comment]


def look_at(text: str) -> bool:
    """Whether a text has a layout; if so, it is its own, keeps every comment and is tidy."""
    try:
        layout = formatted(text)
    except SpecError:
        return False
    assert formatted(layout) == layout
    assert comments(layout) == comments(text)
    assert layout == "" or re.fullmatch(r"[^\n]([^\r]*[^\n])?\n", layout)
    assert "\n\n\n" not in layout
    assert not re.search(r"[ \t]\n", layout)
    return True


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_file_at_hand(path: Path) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert look_at(text) != has_errors(parse(Source("t", text))[1])


@pytest.mark.parametrize("example", [*examples()], ids=lambda example: f"line {example.line}")
def test_every_example_of_the_language(example: Example) -> None:
    assert look_at(example.text) != any(code == "MSD104" for _, code in example.expected)


@pytest.mark.parametrize(
    ("strategy", "number"),
    [
        pytest.param(texts(), 300, id="random text"),
        pytest.param(networks(), 100, id="random networks"),
        pytest.param(words_changed(), 300, id="specs with changed words"),
        pytest.param(characters_changed(), 300, id="specs with changed characters"),
    ],
)
def test_whatever_parses(strategy: st.SearchStrategy[str], number: int) -> None:
    @settings(laws, max_examples=number)
    @given(strategy)
    def run(text: str) -> None:
        look_at(text)

    run()


def test_a_text_with_syntax_errors_has_no_layout() -> None:
    with pytest.raises(SpecError) as caught:
        formatted("network n {\n stem conv3x3(\n}")
    assert [found.code for found in caught.value.diagnostics] == ["MSD105"]


def test_a_layout_is_no_larger_than_a_spec_may_be() -> None:
    with pytest.raises(SpecError) as caught:
        formatted("let a = f(" + "#\n" * 80_000 + "b)")
    assert [found.code for found in caught.value.diagnostics] == ["MSD103"]


def test_a_text_that_means_nothing_has_a_layout() -> None:
    assert statement("stem nosuch( x )") == "stem nosuch(x)"


@pytest.mark.parametrize("wrong", ["let a = 2\n# one\n", "let a = 1\n# two\n", "let a = 1\n"])
def test_a_layout_that_says_something_else_is_not_given_out(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatter, "lay_out", lambda items: wrong)
    with pytest.raises(Unfaithful):
        formatted("let a = 1\n# one\n")


# Of random networks


SPACES = ("", " ", "\t", "   ")
BREAKS = ("\n", "\r\n\t", " \n\n  ")
STATEMENT_ENDS = ("\n", "\r", "\r\n", ";", " ; ", ";\n", ";;")


def rewritten(text: str, data: st.DataObject, remarks: bool = False) -> str:
    """The tokens of a text, with other spaces, and other lines where the language lets them be.

    With `remarks` there are comments, and blank lines, too; each comment is another.
    """
    numbers = count()
    written, brackets = "", 0
    for before, token in pairwise(["\n", *TOKEN.findall(text)]):
        brackets += before in ("(", "[")
        brackets -= before in (")", "]")
        ends = token[0] in "\n;"
        if ends:
            between = data.draw(st.sampled_from(STATEMENT_ENDS))
        elif brackets or before in GOES_ON or token == "->":
            between = data.draw(st.sampled_from((*SPACES, *BREAKS)))
        else:
            between = data.draw(st.sampled_from(SPACES))
        if remarks and re.search(r"[\r\n]", between) and data.draw(st.booleans()):
            between = f" #{next(numbers)}{between}" + data.draw(st.sampled_from(["", f" # {next(numbers)}\n", "\n\n"]))
        written += between or " " * (is_word(before) and is_word(token))
        written += "" if ends else token
    return written


@laws
@given(SKETCHES, st.data())
def test_the_layout_is_that_of_the_tokens(sketch: Sketch, data: st.DataObject) -> None:
    """However a text is spaced and broken into lines: without comments and blank lines, its layout is the same."""
    plain = " ".join("\n" if token[0] in "\n;" else token for token in TOKEN.findall(sketch.text))
    assert formatted(rewritten(sketch.text, data)) == formatted(plain)


@laws
@given(SKETCHES, st.data())
def test_the_layout_means_the_same_graph(sketch: Sketch, data: st.DataObject) -> None:
    written = rewritten(sketch.text, data, remarks=True)
    before, after = (Compilation.of_text(text) for text in (written, formatted(written)))
    assert described(before.network) == described(after.network)
    assert before.costs == after.costs


@laws
@given(SKETCHES, st.data())
def test_comments_are_kept_in_their_order(sketch: Sketch, data: st.DataObject) -> None:
    assert look_at(rewritten(sketch.text, data, remarks=True))


@laws
@given(SKETCHES)
def test_lines_fit(sketch: Sketch) -> None:
    """None of these statements is a single long chain, which couldn't go on over the end of a line."""
    assert max(map(len, formatted(sketch.text).splitlines())) <= WIDTH
