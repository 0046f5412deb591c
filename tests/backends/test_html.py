"""Pages: they need nothing else, tell the truth about the network, and take nothing from a spec for markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from msdl import Compilation
from msdl.analysis.connections import connections, is_first_value
from msdl.backends.dot import dot
from msdl.backends.html import page
from msdl.backends.html.inks import night
from msdl.backends.html.legend import legend
from msdl.drawing.draw import PLAIN, draw
from msdl.drawing.ops import draw_ops
from msdl.drawing.picture import Picture, View
from msdl.drawing.render import render
from msdl.network.schedule import needed_by
from tests.drawing.sweeps import U

TINY = """\
# two exits
network tiny {
  input 3 x 8 x 8
  scales 2 { g 4 * s }
  stem     conv3x3(4)
  vertical conv3x3(8)/2
  layers 3 dense(g) { diagonal conv3x3(share)/2; horizontal conv3x3(share) }
  exits at 1, 3: gap linear(2)
}
"""
BROKEN = TINY.replace("conv3x3(8)/2", "conv3x3(8, groups = 3)/2")
ALONE = TINY.replace("exits at 1, 3", "exit own at 1: identity\n  exit at 3")
ATTACK = "</script><script>alert(1)</script><img src=x onerror=alert(2)><!-- <b>&amp;\"' "
NETWORKS = ["msdnet_cifar_anytime", "msdnet_imagenet", "densenet_mc", "resnet18", "segnet", "fpn_resnet50"]
VIEWS = {"plain": View(), "exit": View(exit=0), "cost": View(cost=True, order=True), "fold": View(dense="fold")}


def picture_of(compilation: Compilation, view: View = PLAIN) -> Picture:
    graph = compilation.network if compilation.valid else compilation.graph
    assert graph is not None
    drawn = draw_ops if view.detail == "ops" else draw
    return drawn(graph, view, compilation.schedule if compilation.valid else None, compilation.diagnostics)


def page_of(compilation: Compilation, view: View = PLAIN) -> str:
    picture = picture_of(compilation, view)
    return page(compilation, picture, render(dot(picture), "svg").decode())


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text in each style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"style": [], "script": []}
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.open.append(tag)
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.texts:
            self.texts[self.open[-1]][-1] += data


def facts_of(text: str) -> Any:
    return json.loads(Elements(text).texts["script"][0])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_box_and_line_is_in_the_page_and_told_of(name: str, view: str) -> None:
    compilation = Compilation.of(name)
    picture = picture_of(compilation, VIEWS[view])
    text = page_of(compilation, VIEWS[view])
    ids = [attributes["id"] for tag, attributes in Elements(text).found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {box.id for box in picture} | {line.id for line in picture.lines} <= set(ids)
    facts = facts_of(text)
    assert [box["id"] for box in facts["boxes"]] == [box.id for box in picture]
    assert [line["id"] for line in facts["lines"]] == [line.id for line in picture.lines]


@pytest.mark.parametrize("view", ["plain", "fold"])
@pytest.mark.parametrize("name", NETWORKS)
def test_what_a_cell_reads_is_what_it_is_connected_with(name: str, view: str) -> None:
    compilation = Compilation.of(name)
    facts = facts_of(page_of(compilation, VIEWS[view]))
    ids = [box["id"] for box in facts["boxes"]]
    told = {(ids[source], ids[line["target"]]) for line in facts["lines"] for source in line["sources"]}
    # What an exit reads is one value; the features that came along in it are no lines of their own in a folded drawing.
    meant = {(each.source, each.target) for each in connections(compilation.network) if each.kind != "exit"}
    assert {pair for pair in told if not pair[1].startswith("exits.")} == meant


@pytest.mark.parametrize("name", NETWORKS)
def test_the_steps_are_the_lazy_order_and_cost_what_the_exits_cost(name: str) -> None:
    compilation = Compilation.of(name)
    facts = facts_of(page_of(compilation))
    cells = [
        dict.fromkeys(compilation.network[id].cell.id for id in section.nodes)
        for section in compilation.schedule.sections
    ]
    meant = [(cell, number) for number, section in enumerate(cells) for cell in section]
    assert [(facts["boxes"][box]["id"], section) for box, section, _ in facts["steps"]] == meant
    costs = list(accumulate(macs for _, _, macs in facts["steps"]))
    ends = accumulate(map(len, cells))
    assert [costs[end - 1] for end in ends] == [exit.macs.lazy for exit in compilation.costs.exits]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_cells_that_an_exit_needs_are_known(name: str) -> None:
    compilation = Compilation.of(name)
    graph, facts = compilation.network, facts_of(page_of(compilation))
    needs = needed_by(graph)
    for number in range(len(graph.exits)):
        told = {box["id"] for box in facts["boxes"] if number in facts["needs"][box["needs"]]}
        drawn = graph if is_first_value(graph) else graph.layers
        meant = {node.cell.id for node in drawn if needs[node.id] >> number & 1}
        assert told == meant | {graph.exits[number].cell.id}


@pytest.mark.parametrize("name", ["msdnet_cifar_budgeted", "resnet18"])
def test_with_ops_opened_every_node_is_a_step(name: str) -> None:
    compilation = Compilation.of(name)
    facts = facts_of(page_of(compilation, View(detail="ops")))
    steps = [facts["boxes"][box]["id"] for box, _, _ in facts["steps"]]
    assert steps == [id for section in compilation.schedule.sections for id in section.nodes]
    assert sum(macs for _, _, macs in facts["steps"]) == compilation.costs.macs
    nodes = compilation.network.nodes
    assert all(box["op"] for box in facts["boxes"] if box["id"] in nodes)


def test_an_op_is_written_where_its_word_stands() -> None:
    facts = facts_of(page_of(Compilation.of_text(TINY), View(detail="ops")))
    op = next(box for box in facts["boxes"] if box["id"] == "layer0.scale2.vertical.0")
    assert facts["statements"][op["statement"]] == {"place": "<text>:6", "text": "conv3x3(8)", "lines": [6, 6]}


def test_the_facts_of_a_cell() -> None:
    facts = facts_of(page_of(Compilation.of_text(TINY, name="tiny.msd")))
    cell = next(box for box in facts["boxes"] if box["id"] == "layer2.scale2")
    assert (cell["layer"], cell["scale"], cell["shape"], cell["parameters"]) == (2, 2, [24, 4, 4], 864)
    assert facts["statements"][cell["statement"]] == {
        "place": "tiny.msd:7",
        "text": "layers 3 dense(g) { diagonal conv3x3(share)/2; horizontal conv3x3(share) }",
        "lines": [7, 7],
    }
    assert facts["exits"] == [{"name": "exit1", "layer": 1}, {"name": "exit2", "layer": 3}]


def test_the_place_of_a_cell_of_a_sweep_is_said_in_the_language_s_words() -> None:
    facts = facts_of(page_of(Compilation.of_text(U)))
    places = {box["id"]: box["place"] for box in facts["boxes"]}
    assert places["enc.scale2"] == "sweep enc at scale 2 (layer 1)"
    assert places["exits.end_scale1"] == "layer 2, scale 1"


def test_the_legend_of_the_page_explains_maps() -> None:
    explained = {entry.said: entry for entry in legend(picture_of(Compilation.of_text(U)))}
    assert (explained["an exit that is a map"].sign, explained["an exit that is a map"].fills) == ("#cc79a7", ())
    assert {said: entry.sign for said, entry in explained.items() if said != "an exit that is a map"} == dict.fromkeys(
        ("horizontal", "vertical", "exit"), ""
    )
    text = page_of(Compilation.of_text(U))
    assert 'id="exits.end_scale1.map"' in text and 'id="legend.map"' not in text


def test_a_head_without_a_node_of_its_own_is_needed_by_its_exit() -> None:
    facts = facts_of(page_of(Compilation.of_text(ALONE)))
    head = next(box for box in facts["boxes"] if box["id"] == "exits.own")
    assert (head["exit"], facts["needs"][head["needs"]], head["macs"]) == (0, [0], 0)


def test_the_policy_allows_the_page_s_own_style_and_script_alone() -> None:
    elements = Elements(page_of(Compilation.of_text(TINY)))
    policy = next(each["content"] for _, each in elements.found if each.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    digests = [
        "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (elements.texts["style"][0], elements.texts["script"][1])
    ]
    assert policy == (
        f"default-src 'none'; img-src data:; style-src '{digests[0]}'; script-src '{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("text", [TINY, BROKEN], ids=["fine", "broken"])
def test_nothing_is_loaded(text: str) -> None:
    made = page_of(Compilation.of_text(text))
    addresses = [value for _, each in Elements(made).found for key, value in each.items() if key in ("src", "href")]
    assert addresses == ["data:,"]
    assert not re.search(r"https?:|@import|url\(|\beval\b|innerHTML", made)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"# {ATTACK}\n{TINY}", "net.msd"),
        (TINY, f"{ATTACK}.msd"),
        (f"# {ATTACK}\n{BROKEN}", f"{ATTACK}.msd"),
        (f'import "{ATTACK.replace(chr(34), "")}.msd"\n{TINY}', "net.msd"),
        (f"{TINY}# \x00 \u2028 {{{{ 7 * 7 }}}} {{% raw %}}\n", "net.msd"),
    ],
    ids=["a comment", "the file's name", "both, and an error", "an import that isn't there", "other languages"],
)
def test_a_spec_is_text_and_never_markup(text: str, name: str) -> None:
    elements = Elements(page_of(Compilation.of_text(text, name=name)))
    tags = [tag for tag, _ in elements.found]
    assert tags.count("script") == 2
    assert "img" not in tags and "b" not in tags
    keys = {key for _, attributes in elements.found for key in attributes}
    assert not any(key.startswith("on") or key == "style" for key in keys)


def test_a_page_does_not_tell_where_it_was_made(tmp_path: Path) -> None:
    made = []
    for folder in ("here", "there"):
        path = tmp_path / folder / "tiny.msd"
        path.parent.mkdir()
        path.write_text(TINY)
        made.append(page_of(Compilation.of(path)))
    assert made[0] == made[1]
    assert str(tmp_path) not in made[0]


@pytest.mark.parametrize("name", ["msdnet_cifar_anytime", "segnet"])
@pytest.mark.parametrize("view", VIEWS)
def test_every_colour_of_the_drawing_has_one_for_the_night(view: str, name: str) -> None:
    made = page_of(Compilation.of(name), VIEWS[view])
    paints = {
        each[key] for tag, each in Elements(made).found for key in ("fill", "stroke") if tag != "html" and key in each
    }
    assert all(paint == "none" or re.fullmatch(r"var\(--ink-[0-9a-f]{6}\)", paint or "") for paint in paints), paints
    for paint in paints - {"none"}:
        assert made.count(f"{(paint or '')[4:-1]}: #") == 2, paint


@pytest.mark.parametrize(
    ("light", "dark"),
    [("#ffffff", "#1f1f1f"), ("#000000", "#e0e0e0"), ("#0072b2", "#44b6f6"), ("#808080", "#7f7f7f")],
)
def test_the_night_turns_light_into_dark_and_keeps_the_hue(light: str, dark: str) -> None:
    assert night(light) == dark


def test_a_spec_with_errors_has_a_page_too() -> None:
    compilation = Compilation.of_text(BROKEN, name="broken.msd")
    made = page_of(compilation)
    ids = [each.get("id") for _, each in Elements(made).found]
    assert "steps" not in ids and "layer1.scale2" in ids
    assert facts_of(made)["steps"] is None
    for diagnostic in compilation.diagnostics:
        assert diagnostic.code in made
    failed = next(box for box in facts_of(made)["boxes"] if box["id"] == "layer0.scale2")
    assert failed["mistake"] == compilation.diagnostics[0].message


def test_imagenet_fits_into_a_megabyte() -> None:
    assert len(page_of(Compilation.of("msdnet_imagenet", spacing=7)).encode()) < 1_000_000
