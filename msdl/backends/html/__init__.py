"""Picture -> one HTML file that shows it at work: cells light up, exits are chosen, the lazy order is walked through.

The file needs nothing else: style, script and facts stand in it, and its content security policy allows only these.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from jinja2 import Environment

from msdl import templates
from msdl.backends.html.facts import facts
from msdl.backends.html.inks import ink, inks
from msdl.backends.html.inline import inlined
from msdl.backends.html.legend import legend
from msdl.backends.html.spec import file_name, remarks
from msdl.diagnostics import Diagnostic
from msdl.drawing.failures import failures
from msdl.drawing.picture import Picture
from msdl.language import highlight
from msdl.network.cost import Costs
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule
from msdl.quantities import amount, memory
from msdl.source import Source
from msdl.version import VERSION


class Compiled(Protocol):
    """What the page shows of a `msdl.compilation.Compilation`, which stands above the backends."""

    @property
    def text(self) -> Source | None: ...
    @property
    def valid(self) -> bool: ...
    @property
    def diagnostics(self) -> Sequence[Diagnostic]: ...
    @property
    def graph(self) -> Graph | None: ...
    @property
    def network(self) -> Graph: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def costs(self) -> Costs: ...
    @property
    def digest(self) -> str: ...


def page(compilation: Compiled, picture: Picture, svg: str) -> str:
    """The page of a picture and of what Graphviz made of it.

    A spec with errors has no costs and no lazy order; its page lists what is wrong instead.
    """
    valid, source = compilation.valid, compilation.text or Source("", "")
    graph = compilation.network if valid else compilation.graph
    assert graph is not None, "a picture is drawn from a graph"
    schedule = compilation.schedule if valid else None
    drawing, explained = inlined(svg, picture), legend(picture)
    colors = {*drawing.colors}.union(*(entry.colors for entry in explained))
    style = "\n".join([_part("page.css"), inks(sorted(colors)), highlight.css()])
    return (
        _templates()
        .get_template("page.html.jinja")
        .render(
            name=picture.name,
            caption=drawing.caption,
            file=file_name(source),
            digest=compilation.digest,
            version=VERSION,
            drawing=drawing.markup,
            legend=explained,
            costs=compilation.costs if valid else None,
            spec=highlight.html(source.text, prefix="line"),
            remarks=remarks(compilation.diagnostics, source),
            facts=facts(picture, graph, schedule, failures(graph, compilation.diagnostics), source),
            style=style,
            style_hash=templates.policy_hash(style),
            script=_part("page.js"),
            script_hash=templates.policy_hash(_part("page.js")),
        )
    )


@cache
def _templates() -> Environment:
    environment = templates.environment("msdl.backends.html", html=True)
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "sort_keys": True}
    environment.filters |= {"amount": amount, "memory": memory, "ink": ink}
    return environment


def _part(name: str) -> str:
    return templates.part(_templates(), name)
