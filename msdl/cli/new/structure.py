"""How a network of the library is built, as far as its comments tell: read off the syntax alone."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from math import inf

from msdl.language import syntax as ast


def in_stages(network: ast.Network) -> bool:
    """Whether the network goes through its scales one after the other, as a ResNet does."""
    return any(isinstance(item, ast.Stages) for item in network.items)


def puts_out_maps(network: ast.Network) -> bool:
    """Whether it is for dense prediction: in the library the images of such networks have rows and columns."""
    return any(parameter.name.text == "rows" for parameter in network.params)


def further_exits(network: ast.Network) -> str | None:
    """What a network with one exit can say to have earlier ones too, where it surely has layers enough."""
    if sum(isinstance(item, ast.Exit) for item in network.items) > 1:
        return None
    if in_stages(network):
        columns = [column for item in network.items if isinstance(item, ast.Scales) for column in item.columns]
        depth = column(columns, "depth")
        ends_at_once = depth is not None and _literal(depth.values[-1]) == 1
        return None if ends_at_once else "exits at 1 in each stage"
    return "exits at 4, 8" if sum(map(_layers, network.items)) > 8 else None


def column(columns: Iterable[ast.Column], name: str) -> ast.Column | None:
    return next((found for found in columns if found.name.text == name), None)


def _layers(item: ast.Item) -> float:
    """How many layers a statement makes; where it is not written as a number, as many as may be."""
    match item:
        case ast.Layers(count=count):
            return inf if (number := _literal(count)) is None else float(number)
        case ast.Repeat():
            return inf
        case _:
            return isinstance(item, ast.Sweep)


def _literal(value: ast.Expression) -> Decimal | None:
    return value.value if isinstance(value, ast.Number) else None
