"""Ops of a cell -> stacks: `conv bn relu` stand close, one upon the other, as a spec writes them in a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msdl.network.graph import Node
from msdl.network.layers import Activation, Affine, BatchNorm, Dropout, Flatten, Pad, Shuffle

# Ops that go with a convolution, a pool or a join, before it or behind it.
LIGHT = (BatchNorm, Activation, Affine, Dropout, Flatten, Pad, Shuffle)

Stack = tuple[str, ...]


def stacks(nodes: Iterable[Node], readers: Mapping[str, Sequence[Node]]) -> tuple[Stack, ...]:
    """The stacks of one cell, in the order of their first ops.

    What is inside a stack is read by the next op of it alone, so lines start at a stack's foot and end at its head.
    """
    return tuple(tuple(node.id for node in stack) for chain in _chains(nodes, readers) for stack in _parted(chain))


def _chains(nodes: Iterable[Node], readers: Mapping[str, Sequence[Node]]) -> Iterable[list[Node]]:
    """Runs of nodes that were written in one chain, each the one reader of the one before."""
    chains: dict[str, list[Node]] = {}
    for node in nodes:
        before = chains.get(node.inputs[0]) if len(node.inputs) == 1 else None
        if before and _trail(before[-1]) == _trail(node) and len(readers[before[-1].id]) == 1:
            del chains[before[-1].id]
            chains[node.id] = [*before, node]
        else:
            chains[node.id] = [node]
    return chains.values()


def _trail(node: Node) -> str:
    return node.id.rpartition(".")[0]


def _parted(chain: list[Node]) -> Iterator[list[Node]]:
    """`conv bn relu | conv bn relu`, and in a chain that starts with a light op `bn relu conv | bn relu conv`."""
    ahead = isinstance(chain[0].layer, LIGHT)
    stack: list[Node] = []
    for node in chain:
        light = isinstance(node.layer, LIGHT)
        if stack and not (isinstance(stack[-1].layer, LIGHT) if ahead else light):
            yield stack
            stack = []
        stack.append(node)
    yield stack
