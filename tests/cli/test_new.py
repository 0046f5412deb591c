"""`msdl new`."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from msdl import library
from msdl.cli.new.commentary import COLUMNS, PARAMETERS
from msdl.compilation import Compilation
from msdl.language import syntax as ast
from msdl.language.format import format_text
from msdl.source import Source

NETWORKS = [name for name in library.specs() if name != "blocks"]

# What the library's networks don't say.
UNUSUAL = """\
# All sorts
import "blocks.msd"
let wide = 8
network unusual(n = 2, odd = 1) {
  input 3 x 32 x 32; scales 2 { init wide, 2 * wide; other 1 }
  let twice = 2 * n
  default bn(eps = 0.001)
  block unit(c) = conv3x3(c)/stride bn relu
  stem unit(init)
  vertical unit(init)/2
  layers 1 on 2 residual {
    horizontal unit(init)
    diagonal up unit(init)
    join add
    then relu
  }
  repeat twice {
    layers 1 { from j where j == s: unit(init) }
  }
  transition at 2: unit(init)
  exit at end: gap linear(n * odd)
}
"""


@pytest.fixture
def started(folder: Path, msdl, request: pytest.FixtureRequest) -> str:
    """The text of `mine.msd`, started from a network of the library."""
    assert msdl("new", "mine", "--from", request.param).code == 0
    return (folder / "mine.msd").read_text(encoding="utf-8")


every_network = pytest.mark.parametrize("started", NETWORKS, indirect=True)


def nodes(network: Compilation) -> list[tuple[object, ...]]:
    return [(node.id, node.layer, node.inputs, node.shape) for node in network.network]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_copy_is_the_same_network(name: str, msdl) -> None:
    assert msdl("new", "mine", "--from", name).code == 0
    library_s, mine = Compilation.of(name), Compilation.of("mine.msd")
    assert mine.network.name == "mine"
    assert nodes(mine) == nodes(library_s)
    assert replace(mine.costs, network=name) == library_s.costs


@every_network
def test_the_copy_has_the_one_layout(started: str) -> None:
    assert format_text(Source("mine.msd", started)) == started
    assert all(len(line) <= 120 for line in started.splitlines() if line.lstrip().startswith("#"))


@every_network
def test_every_statement_has_a_comment(started: str) -> None:
    lines = ["", *started.splitlines()]
    document = Compilation.of("mine.msd").document
    assert document is not None
    (network,) = document.networks
    for item in network.items:
        assert lines[item.span.line - 1].startswith("  # "), item.span.text
        for part in (*getattr(item, "columns", ()), *getattr(item, "rules", ())):
            assert "#" in lines[part.span.line] or part.span.line == item.span.line, part.span.text


@every_network
def test_every_parameter_and_column_is_explained(started: str) -> None:
    spec = Compilation.of("mine.msd").spec
    assert spec is not None
    assert {*spec.parameters} <= {*PARAMETERS}
    columns = [column for item in spec.statement.items if isinstance(item, ast.Scales) for column in item.columns]
    assert {column.name.text for column in columns} <= {*COLUMNS}
    for name in spec.parameters:
        assert re.search(rf"^#   {name} +{re.escape(PARAMETERS[name])}$", started, re.MULTILINE)


def test_nothing_is_explained_that_no_network_has() -> None:
    specs = [spec for name in NETWORKS if (spec := Compilation.of(name).spec)]
    scales = [item for spec in specs for item in spec.statement.items if isinstance(item, ast.Scales)]
    assert {*PARAMETERS} == {name for spec in specs for name in spec.parameters}
    assert {*COLUMNS} == {column.name.text for item in scales for column in item.columns}


@every_network
def test_the_head_says_what_it_is_and_what_comes_next(started: str, folder: Path, msdl) -> None:
    spec = Compilation.of("mine.msd").spec
    assert spec is not None
    origin = re.match(r"# mine: started from the library's (\w+)\n", started)
    assert origin is not None
    assert started.splitlines()[1] == library.specs()[origin[1]].read_text(encoding="utf-8").splitlines()[0]
    commands = re.findall(r"^#   msdl (.*?) +# ", started, re.MULTILINE)
    assert [command.split()[0] for command in commands] == ["check", "cost", "compile"]
    for command in commands:
        assert msdl(*shlex.split(command)).code == 0, command


@every_network
def test_blocks_can_be_copied_as_the_comment_says(started: str, folder: Path) -> None:
    before = nodes(Compilation.of("mine.msd"))
    text, count = re.subn(r"^#  (?=\S| {2,}\S)", "", started, flags=re.MULTILINE)
    copied = re.sub(r"^import .*$", "", text, flags=re.MULTILINE)
    (folder / "mine.msd").write_text(copied, encoding="utf-8")
    assert (count > 0) == ("import" in started)
    assert nodes(Compilation.of("mine.msd")) == before


@every_network
def test_the_exits_that_comments_propose_compile(started: str, folder: Path) -> None:
    text = re.sub(r"^  expect .*$", "", started, flags=re.MULTILINE)
    for further, exits in re.findall(r"(A further )?`(exits at [^`]*): \.\.`", text):
        again = rf"  {exits}:\1" + (r"\n\g<0>" if further else "")
        changed, count = re.subn(r"^  exits? at [^:]*:(.*)$", again, text, flags=re.MULTILINE)
        (folder / "mine.msd").write_text(changed, encoding="utf-8")
        assert count == 1
        assert Compilation.of("mine.msd").valid


def test_other_statements_have_comments_too(folder: Path, msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = library.specs()["blocks"].read_text(encoding="utf-8")
    (folder / "library").mkdir()
    (folder / "library" / "unusual.msd").write_text(UNUSUAL)
    (folder / "library" / "blocks.msd").write_text(blocks)
    monkeypatch.setattr(library, "SPECS", folder / "library")
    text = msdl("new", "mine", "--from", "unusual", "-o", "-").out
    assert nodes(Compilation.of_text(text)) == nodes(Compilation.of("unusual"))
    for words in (
        "# The image: channels x height x width. Scale 1 is the finest;", "`init`: feature maps of the first layer.",
        "# A number with a name.", "# What this op is given", "# A chain with a name", "`residual`: what a layer makes",
        "# from the next coarser scale", "# how the paths are joined", "# what the joined paths go through",
        "# What stands inside, several times.", "`from`: from every scale that passes the test.", "# A transition: ",
    ):  # fmt: skip
        assert words in text
    assert "Blocks of the library" not in text
    assert "#   odd" not in text


def test_parameters_that_are_set_become_defaults(msdl) -> None:
    settings = ["--set", "K=5", "--set", "classes=20/2"]
    assert msdl("new", "mine", "--from", "msdnet_cifar_budgeted", *settings).code == 0
    text = Path("mine.msd").read_text()
    mine, library_s = Compilation.of("mine.msd"), Compilation.of("msdnet_cifar_budgeted", K=5, classes=10)
    assert nodes(mine) == nodes(library_s)
    assert "network mine(classes = 10, K = 5, size = 32) {" in text
    assert "# mine: started from the library's msdnet_cifar_budgeted with classes = 10, K = 5\n" in text
    assert f"  expect params {library_s.costs.parameters:_}, macs {library_s.costs.macs:_}\n" in text
    assert mine.spec is not None and not mine.spec.set_by_user and mine.valid


def test_parameters_that_make_no_network(folder: Path, msdl) -> None:
    result = msdl("new", "mine", "--set", "depth=3")
    assert result.code == 1
    assert "error[MSD" in result.err
    assert not (folder / "mine.msd").exists()


def test_where_it_is_written(folder: Path, msdl) -> None:
    result = msdl("new", "mine")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("mine.msd: written, from msdnet_cifar_anytime. Next:\n  msdl check mine.msd ")
    text = (folder / "mine.msd").read_text()
    assert msdl("new", "mine", "-o", "-").out == text
    (folder / "nets").mkdir()
    assert "msdl check 'nets/my net.msd'" in msdl("new", "mine", "-o", "nets/my net.msd").out
    assert "\n#   msdl check 'my net.msd' " in (folder / "nets" / "my net.msd").read_text()


def test_a_file_that_is_there_stays(folder: Path, msdl) -> None:
    (folder / "mine.msd").write_text("mine")
    result = msdl("new", "mine")
    assert result.code == 2
    assert "'mine.msd' is there already; --force overwrites it" in result.err
    assert (folder / "mine.msd").read_text() == "mine"
    assert msdl("new", "mine", "--force").code == 0
    assert msdl("check", "mine.msd").code == 0


@pytest.mark.parametrize("output", ["nosuch/mine.msd", ".", "", "x" * 300, "nul\0l"])
def test_an_output_that_cannot_be_written(output: str, msdl) -> None:
    result = msdl("new", "mine", "-o", output)
    assert (result.code, result.out) == (2, "")
    assert "error[MSD110]" in result.err


@pytest.mark.parametrize("output", ["blocks.msd", "nets/mine.msd"])
def test_an_import_must_lead_to_the_library(output: str, folder: Path, msdl) -> None:
    (folder / "nets").mkdir()
    (folder / "nets" / "blocks.msd").write_text("block h(c, w) = conv3x3(c)\n")
    result = msdl("new", "mine", "-o", output)
    assert result.code == 2
    assert "imports 'blocks.msd' of the library, but would find" in result.err
    assert not Path(output).exists()


def test_a_file_name_cannot_end_its_comment(folder: Path, msdl) -> None:
    msdl("new", "mine", "-o", "a\nnetwork b {.msd")
    assert msdl("check", "a\nnetwork b {.msd").code == 0


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("my-net", "my_net"),
        ("my net.msd", "my_net"),
        ("3scales", "my_3scales"),
        ("été", "t"),
        ("-", "net"),
        ("", "net"),
        ("in", "my_in"),
        ("stages", "my_stages"),
        ("msdnet_imagenet", "my_msdnet_imagenet"),
        ("blocks", "my_blocks"),
    ],
)
def test_names_that_no_network_can_have(name: str, better: str, folder: Path, msdl) -> None:
    result = msdl("new", "--", name)
    assert (result.code, result.out) == (2, "")
    assert f"A network can't be called '{name}'" in result.err
    assert f"Try '{better}'." in result.err
    assert [path.name for path in folder.iterdir()] == ["tiny.msd"]
    assert msdl("new", better).code == 0


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("msdnet_imagnet", "did you mean 'msdnet_imagenet'?"),
        ("transformer", "the library has ablation_full, "),
        ("tiny.msd", "the library has ablation_full, "),
        ("", "the library has ablation_full, "),
    ],
)
def test_an_origin_that_is_not_in_the_library(origin: str, words: str, msdl) -> None:
    result = msdl("new", "mine", "--from", origin)
    assert result.code == 2
    assert f"The library has no network '{origin}'; {words}" in result.err


def test_blocks_are_no_origin(msdl) -> None:
    assert "The library has no network 'blocks'" in msdl("new", "mine", "--from", "blocks").err
