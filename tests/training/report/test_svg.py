from __future__ import annotations

from xml.etree import ElementTree

from msdl.training.report.style import SERIES, plot
from msdl.training.report.svg import Plot, inline


def drawn(name: str = "one") -> Plot:
    with plot((200, 100)) as (figure, axes):
        axes.plot([0, 1], [1, 3], color=SERIES[0], marker="o")
        axes.set_xlabel("a < b")
        return inline(figure, name, "What is seen")


def test_no_style_is_left_that_a_content_policy_would_refuse() -> None:
    root = ElementTree.fromstring(drawn().markup)
    assert not [element for element in root.iter() if element.tag == "style" or "style" in element.attrib]
    assert {element.get("stroke") for element in root.iter("path")} >= {f"var(--ink-{SERIES[0].lstrip('#')})"}
    assert set(drawn().colors) >= {SERIES[0]}


def test_words_stay_words_and_what_is_seen_is_said() -> None:
    root = ElementTree.fromstring(drawn().markup)
    assert "a < b" in [element.text for element in root.iter("text")]
    assert (root.tag, root.get("role"), root.get("aria-label")) == ("svg", "img", "What is seen")


def test_ids_are_the_plots_own_and_lead_somewhere() -> None:
    root = ElementTree.fromstring(drawn("one").markup)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    links = {element.get("href") for element in root.iter("use")}
    clips = {element.get("clip-path") for element in root.iter() if element.get("clip-path")}
    assert links | clips and len(ids) == len(set(ids))
    assert links | {clip[4:-1] for clip in clips} == {f"#{id}" for id in ids}
    assert all(id.startswith("one-") for id in ids)


def test_the_same_plot_is_the_same_text() -> None:
    assert drawn() == drawn()
