"""Pages in a real browser: hovering, clicking, the slider and the keys do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from msdl import Compilation
from msdl.analysis.connections import connections
from msdl.drawing.picture import View
from msdl.network.schedule import needed_by
from tests.browser.conftest import Open

SCREENSHOTS = Path(__file__).parents[2] / "build" / "drawing"

TINY = """\
network tiny {
  input 3 x 8 x 8
  scales 2 { g 4 * s }
  stem     conv3x3(4)
  vertical conv3x3(8)/2
  layers 3 dense(g) {
    diagonal   conv3x3(share)/2
    horizontal conv3x3(share)
  }
  exits at 1, 3: gap linear(2)
}
"""
BROKEN = TINY.replace("conv3x3(8)/2", "conv3x3(8, groups = 3)/2")
ORDER = [
    "stem", "layer0.scale2", "layer1.scale2", "exits.layer1",
    "layer1.scale1", "layer2.scale2", "layer2.scale1", "layer3.scale2", "exits.layer3",
]  # fmt: skip


def cell(page: Page, id: str) -> str:
    return f'#view [id="{id}"]'


def with_class(page: Page, name: str) -> set[str]:
    return set(page.eval_on_selector_all(f"#view .node.{name}", "nodes => nodes.map(node => node.id)"))


def in_state(page: Page, *states: str) -> set[str]:
    which = ", ".join(f'#view .node[data-state="{state}"]' for state in states)
    return set(page.eval_on_selector_all(which, "nodes => nodes.map(node => node.id)"))


def marked(page: Page) -> list[str]:
    return page.eval_on_selector_all("#source .marked", "lines => lines.map(line => line.id)")


def slide(page: Page, step: int) -> None:
    page.locator("#steps").fill(str(step))


@pytest.mark.parametrize("view", [View(), View(dense="fold"), View(cost=True, order=True)], ids=["all", "fold", "cost"])
@pytest.mark.parametrize("id", ["stem", "layer2.scale2", "layer9.scale3", "exits.layer8"])
def test_a_cell_that_is_pointed_at_is_told_of(opened: Open, id: str, view: View) -> None:
    compilation = Compilation.of("msdnet_cifar_anytime")
    page = opened(compilation, view)
    page.locator(cell(page, id)).hover()
    expect(page.locator("#panel .id")).to_contain_text(id)
    nodes = [node for node in compilation.network.layers if node.cell.id == id]
    value = compilation.network[compilation.network.outputs.get(id, nodes[-1].id)]
    expect(page.locator("#panel")).to_contain_text(f"{value.size.channels:,}")
    pairs = [each for each in connections(compilation.network) if each.kind != "exit" or each.near]
    dense = {each.source for each in connections(compilation.network) if each.target == id}
    inputs = with_class(page, "input")
    assert {each.source for each in pairs if each.target == id} <= inputs <= dense
    readers = with_class(page, "reader")
    assert {each.target for each in pairs if each.source == id} <= readers
    assert with_class(page, "shown") == {id}
    span = nodes[0].cell.span
    first, last = span.line, span.source.position(span.end - 1)[0]
    assert marked(page) == [f"line-{number}" for number in range(first, last + 1)]
    page.mouse.move(1, 1)
    assert with_class(page, "shown") == set()
    assert marked(page) == []


def test_the_lines_of_what_is_pointed_at_light_up(opened: Open) -> None:
    page = opened(Compilation.of_text(TINY))
    page.locator(cell(page, "layer2.scale2")).hover()
    lit = page.eval_on_selector_all("#view .edge.lit", "edges => edges.map(edge => edge.id)")
    assert set(lit) == {
        "layer1.scale1--diagonal--layer2.scale2",
        "stem--diagonal--layer2.scale2",
        "layer1.scale2--horizontal--layer2.scale2",
        "layer0.scale2--horizontal--layer2.scale2",
        "layer2.scale2--horizontal--layer3.scale2",
    }
    words = page.locator("#panel dd ul").all_inner_texts()
    assert "diagonal: stem; scale 1, layer 1" in words[0]
    assert "horizontal: scale 2, layers 0\u20131" in words[0]
    assert words[1] == "horizontal: scale 2, layer 3"


def test_the_slider_computes_cell_by_cell(opened: Open) -> None:
    page = opened(Compilation.of_text(TINY))
    expect(page.locator("#steps")).to_have_value(str(len(ORDER)))
    assert in_state(page, "done", "now", "waiting", "spare", "skipped", "later") == set()
    for step in range(len(ORDER) + 1):
        slide(page, step)
        assert in_state(page, "done", "now", "spare") == set(ORDER[:step])
        # Where an exit is reached, it is the exit that is looked at.
        assert in_state(page, "now") == ({ORDER[step - 1]} if step not in (0, 4, 9) else set())
    slide(page, 2)
    assert in_state(page, "waiting") == {"layer1.scale2", "exits.layer1"}
    assert in_state(page, "skipped") == {"layer1.scale1"}
    assert in_state(page, "later") == {"layer2.scale1", "layer2.scale2", "layer3.scale2", "exits.layer3"}
    expect(page.locator("#said")).to_contain_text("Step 2 of 9, for exit1: layer0.scale2.")
    expect(page.locator("#steps")).to_have_attribute("aria-valuetext", page.locator("#said").inner_text())


@pytest.mark.parametrize("way", ["drawing", "table", "tick"])
def test_an_exit_that_is_clicked_moves_the_slider_to_its_last_step(opened: Open, way: str) -> None:
    compilation = Compilation.of("msdnet_cifar_anytime")
    page = opened(compilation)
    number, exit = 3, compilation.network.exits[3]
    targets = {
        "drawing": cell(page, exit.cell.id),
        "table": f'tr[data-exit="{number}"]',
        "tick": f'#ticks [data-exit="{number}"]',
    }
    page.locator(targets[way]).click()
    computed = {
        compilation.network[id].cell.id
        for section in compilation.schedule.sections[: number + 1]
        for id in section.nodes
    }
    needs = needed_by(compilation.network)
    needed = {node.cell.id for node in compilation.network.layers if needs[node.id] >> number & 1}
    expect(page.locator("#steps")).to_have_value(str(len(computed)))
    assert in_state(page, "done") == needed
    assert in_state(page, "spare") == computed - needed
    assert in_state(page, "skipped") == {"layer10.scale2"}
    expect(page.locator('tr[data-state="chosen"] th')).to_have_text(exit.name)
    expect(page.locator("#said")).to_contain_text("50.57M of 134.10M MACs")
    expect(page.locator(cell(page, exit.cell.id))).to_have_attribute("aria-selected", "true")
    page.mouse.move(1, 1)
    assert with_class(page, "shown") == set()


def test_a_cell_that_is_clicked_stays_until_it_is_clicked_again(opened: Open) -> None:
    page = opened(Compilation.of_text(TINY))
    page.locator(cell(page, "layer1.scale2")).click()
    page.mouse.move(1, 1)
    assert with_class(page, "shown") == {"layer1.scale2"}
    page.locator(cell(page, "stem")).hover()
    assert with_class(page, "shown") == {"stem"}
    page.locator(cell(page, "layer1.scale2")).click()
    page.mouse.move(1, 1)
    assert with_class(page, "shown") == set()


def test_the_whole_network_is_one_click_away(opened: Open) -> None:
    page = opened(Compilation.of_text(TINY))
    expect(page.locator("#whole")).to_be_disabled()
    slide(page, 3)
    page.locator("#whole").click()
    expect(page.locator("#steps")).to_have_value("9")
    assert in_state(page, "done", "now", "waiting", "spare", "skipped", "later") == set()
    page.locator("#back").click()
    expect(page.locator("#steps")).to_have_value("4")
    page.locator("#back").click()
    expect(page.locator("#steps")).to_have_value("0")
    page.locator("#onwards").click()
    page.locator("#onwards").click()
    expect(page.locator("#steps")).to_have_value("9")


def test_play_goes_through_all_steps_and_stops(opened: Open) -> None:
    page = opened(Compilation.of_text(TINY))
    page.locator("#play").click()
    expect(page.locator("#play")).to_have_text("Pause")
    expect(page.locator("#steps")).to_have_value("9", timeout=10_000)
    expect(page.locator("#play")).to_have_text("Play")
    assert in_state(page, "done", "spare") == set(ORDER)


def test_all_of_it_is_reached_without_a_mouse(opened: Open) -> None:
    page = opened(Compilation.of_text(TINY))

    def focused() -> str:
        return page.evaluate("document.activeElement.id")

    def tab_to(selector: str) -> None:
        for _ in range(20):  # a pane that scrolls is a stop of its own
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"Tab doesn't reach {selector}")

    tab_to("#stem")
    expect(page.locator("#panel .id")).to_contain_text("stem")
    way = {
        "ArrowRight": "layer1.scale1",
        "ArrowDown": "layer1.scale2",
        "End": "layer3.scale2",
        "ArrowLeft": "layer2.scale2",
        "Home": "layer0.scale2",
        "ArrowUp": "stem",
    }
    for key, id in way.items():
        page.keyboard.press(key)
        assert focused() == id, key
    page.keyboard.press("Enter")
    expect(page.locator(cell(page, "stem"))).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator(cell(page, "stem"))).to_have_attribute("aria-selected", "false")
    tab_to("#steps")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert in_state(page, "now") == {"stem"}
    tab_to('tr[data-exit="0"] button')
    page.keyboard.press("Enter")
    expect(page.locator("#steps")).to_have_value("4")
    expect(page.locator('tr[data-exit="0"] button')).to_have_attribute("aria-pressed", "true")


def test_cells_have_names_and_there_is_one_stop_for_tab_among_them(opened: Open) -> None:
    page = opened(Compilation.of_text(TINY))
    drawing = page.get_by_role("listbox")
    assert drawing.get_by_role("option").count() == len(ORDER)
    expect(drawing.get_by_role("option", name="layer2.scale2: 24 x 4 x 4, 864 parameters, 13.8K MACs")).to_be_visible()
    assert page.locator('#view [tabindex="0"]').count() == 1
    expect(page.get_by_role("slider", name="Steps of the lazy order")).to_be_visible()


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_the_screen_s_wish_holds_until_the_button_is_pressed(opened: Open, scheme: str, other: str) -> None:
    page = opened(Compilation.of_text(TINY), color_scheme=scheme)

    def colors() -> list[str]:
        looks = "element => getComputedStyle(element)"
        return [
            page.locator("body").evaluate(f"{looks}.backgroundColor"),
            page.locator("#source .kd").first.evaluate(f"{looks}.color"),
            page.locator(f"{cell(page, 'stem')} > polygon").evaluate(f"{looks}.fill"),
        ]

    def is_dark(color: str) -> bool:
        red, green, blue = (int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(","))
        return red + green + blue < 300

    before = colors()
    assert is_dark(before[0]) == is_dark(before[2]) == (scheme == "dark")
    page.locator("#theme").click()
    after = colors()
    assert is_dark(after[0]) == is_dark(after[2]) == (other == "dark")
    assert before[1] != after[1]
    expect(page.locator("#theme")).to_have_attribute("aria-pressed", str(other == "dark").lower())


def test_zoom_keeps_the_place_under_the_pointer(opened: Open) -> None:
    page = opened(Compilation.of("msdnet_cifar_anytime"))
    place = page.locator(cell(page, "layer12.scale2"))

    def middle() -> tuple[float, float]:
        box = place.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    before, width = middle(), page.locator("#view > svg").evaluate("svg => svg.clientWidth")
    page.mouse.move(*before)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -400)
    page.keyboard.up("Control")
    page.wait_for_function(f"document.querySelector('#view > svg').clientWidth > {width * 2}")
    assert middle()[0] == pytest.approx(before[0], abs=2)
    page.locator("#actual").click()
    drawn = page.locator("#view > svg")
    assert drawn.evaluate("svg => svg.clientWidth / svg.viewBox.baseVal.width") == pytest.approx(1, abs=0.01)
    page.locator("#fit").click()
    assert page.locator("#view").evaluate("view => view.scrollWidth <= view.clientWidth")


def test_the_current_cell_is_scrolled_to(opened: Open) -> None:
    page = opened(Compilation.of("msdnet_cifar_anytime"), viewport={"width": 1100, "height": 700})
    page.locator("#actual").click()
    page.locator('tr[data-exit="10"]').click()
    expect(page.locator(cell(page, "exits.layer24"))).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("width", [360, 800, 1920])
def test_no_screen_is_too_narrow(opened: Open, width: int) -> None:
    page = opened(Compilation.of("msdnet_imagenet"), viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_spec_with_errors_is_shown_with_what_is_wrong(opened: Open) -> None:
    compilation = Compilation.of_text(BROKEN)
    page = opened(compilation)
    assert page.locator("#steps").count() == 0
    expect(page.locator(".remarks .error")).to_contain_text(compilation.diagnostics[0].message)
    expect(page.locator("#line-5")).to_have_class("error")
    page.locator(".remarks button").first.click()
    assert marked(page) == ["line-5"]
    page.locator(cell(page, "layer0.scale2")).hover()
    expect(page.locator("#panel .mistake")).to_have_text(compilation.diagnostics[0].message)


def test_what_stands_in_a_spec_is_never_run(opened: Open) -> None:
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    for text in (TINY, BROKEN):
        page = opened(Compilation.of_text(f"# {attack}\n{text}", name=f"{attack}.msd"))
        expect(page.locator("#line-1")).to_have_text(f"# {attack}")
        page.locator(cell(page, "stem")).hover()
        assert page.locator("img").count() == 0


@pytest.mark.parametrize("view", [View(), View(dense="fold")], ids=["all", "fold"])
@pytest.mark.parametrize("name", ["resnet18", "densenet_mc", "densenet121"])
def test_networks_that_are_no_grid(opened: Open, name: str, view: View) -> None:
    compilation = Compilation.of(name)
    page = opened(compilation, view)
    slide(page, 3)
    assert len(in_state(page, "done", "now")) == 3
    page.locator(cell(page, "layer2.scale1")).hover()
    assert with_class(page, "input") and with_class(page, "reader")


def test_ops_are_told_of_as_cells_are(opened: Open) -> None:
    compilation = Compilation.of("resnet18")
    page = opened(compilation, View(detail="ops"))
    page.locator(cell(page, "layer3.scale2.main.0")).hover()
    expect(page.locator("#panel")).to_contain_text("conv3x3")
    assert with_class(page, "input") == {"layer2.scale1.out.0"}
    assert with_class(page, "reader") == {"layer3.scale2.main.1"}
    order = [id for section in compilation.schedule.sections for id in section.nodes]
    slide(page, 5)
    assert in_state(page, "done", "now") == {"image", *order[:5]}
    page.locator(cell(page, compilation.network.exits[0].cell.id)).click()
    assert in_state(page, "done") == {"image", *order, compilation.network.exits[0].cell.id}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_of_it_is_kept(opened: Open, scheme: str) -> None:
    page = opened(Compilation.of("msdnet_cifar_anytime"), color_scheme=scheme)
    slide(page, 24)
    page.locator(cell(page, "layer6.scale2")).hover()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    kept = SCREENSHOTS / f"page_{scheme}.png"
    page.screenshot(path=kept)
    assert kept.stat().st_size > 50_000
