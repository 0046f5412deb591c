"""Document -> NetworkSpec: follows imports, picks the network, applies its parameters, sorts its statements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from msdl.diagnostics import Diagnostic, Findings, Label, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import Known, exactly, number, whole
from msdl.language.imports import declare, file_scope
from msdl.language.numbers import UNKNOWN, Number, simplest
from msdl.language.parse import parse_expression
from msdl.language.scales import read_scales
from msdl.language.spec import Definition, FileScope, NetworkSpec, sweep_names
from msdl.language.suggest import did_you_mean
from msdl.source import Source, Span

LARGEST_EXTENT = 100_000

Setting = int | float | str
# What ids of nodes begin with, and what the methods of a module are called that lead from exit to exit.
OWN_IDS = re.compile(r"image|stem|exits|(layer|sweep|between|leave|section)\d*(_\d+)?")

Statement = TypeVar("Statement", bound=ast.Item)


def resolve(
    document: ast.Document, folder: Path, network: str | None, settings: Mapping[str, Setting]
) -> tuple[NetworkSpec | None, tuple[Diagnostic, ...]]:
    """The network of a file with its parameters applied; None where there is no such network.

    `folder` is where imports are looked for first; `settings` override parameters by name.
    """
    findings = Findings()
    root = Path(document.span.source.name).resolve()
    file = file_scope(document, folder, findings, (root,))
    chosen = findings.attempt(_chosen, document, network)
    spec = None if chosen is None else _network(chosen, file, settings, findings)
    return spec, tuple(findings)


def _chosen(document: ast.Document, wanted: str | None) -> ast.Network:
    """The network asked for, or the only one. Raises Mistake."""
    file = document.span.source.name
    networks: dict[str, ast.Network] = {}
    for network in document.networks:
        first = networks.setdefault(network.name.text, network)
        if first is not network:
            label = Label(first.name.span, "first declared here")
            message = f"Two networks are called '{network.name.text}'."
            raise mistake("MSD205", message, network.name.span, "again here", "", label)
    if wanted is not None and wanted not in networks:
        raise mistake("MSD109", f"'{file}' has no network '{wanted}'.", None, help=did_you_mean(wanted, networks))
    if wanted is not None:
        return networks[wanted]
    if not networks:
        raise mistake("MSD109", f"'{file}' holds no network.", None, help="a network is `network name { .. }`")
    if len(networks) > 1:
        spec = f"-- -:{next(iter(networks))}" if file == "<stdin>" else f"{file}:{next(iter(networks))}"
        hint = f"pick one: `{spec}`"
        raise mistake("MSD109", f"'{file}' holds several networks: {', '.join(networks)}.", None, "", hint)
    return document.networks[0]


def _network(network: ast.Network, file: FileScope, settings: Mapping[str, Setting], findings: Findings) -> NetworkSpec:
    items = network.items
    places: dict[str, Span] = {}
    parameters = _parameters(network, file, settings, places, findings)
    numbers = {**file.lets, **parameters}
    for let in _all(items, ast.Let):
        findings.attempt(declare, let.name, places)
        value = findings.attempt(number, let.value, Known(numbers))
        numbers[let.name.text] = UNKNOWN if value is None else value
    image = _only(items, ast.Image, "input", findings)
    scales = read_scales(_only(items, ast.Scales, "scales", findings), numbers, places, network.name.span, findings)
    blocks = dict(file.blocks)
    for block in _all(items, ast.Block):
        findings.attempt(declare, block.name, places)
        blocks[block.name.text] = Definition(block, file, local=True)
    for name in sweep_names(items):
        findings.attempt(_declare_sweep, name, places)
    _require(network, items, findings)
    program = (ast.Layers, ast.Stages, ast.Sweep, ast.Repeat)
    return NetworkSpec(
        name=network.name,
        file=file,
        parameters=parameters,
        set_by_user=frozenset(settings),
        numbers=numbers,
        image=None if image is None else _image(image, numbers, findings),
        image_span=network.name.span if image is None else image.span,
        scales=scales,
        blocks=blocks,
        defaults={**file.defaults, **{default.op.text: default for default in _all(items, ast.Default)}},
        stem=_only(items, ast.Stem, "stem", findings),
        vertical=_only(items, ast.Vertical, "vertical", findings),
        program=tuple(item for item in items if isinstance(item, program)),
        reductions=tuple(item for item in items if isinstance(item, ast.ReduceIn | ast.ReduceAt)),
        transitions=tuple(_all(items, ast.Transition)),
        exits=tuple(_all(items, ast.Exit)),
        expectations=tuple(claim for expect in _all(items, ast.Expect) for claim in expect.claims),
        statement=network,
    )


def _declare_sweep(name: ast.Name, places: dict[str, Span]) -> None:
    """A sweep's name begins the ids of its nodes. Raises Mistake."""
    if OWN_IDS.fullmatch(name.text):
        message = f"'{name.text}' is a name that msdl gives to parts of a network itself."
        raise mistake("MSD208", message, name.span, "", "take a name that says more")
    declare(name, places)


def _all(items: Iterable[ast.Item], kind: type[Statement]) -> list[Statement]:
    return [item for item in items if isinstance(item, kind)]


def _only(items: Sequence[ast.Item], kind: type[Statement], word: str, findings: Findings) -> Statement | None:
    """The one statement of its kind."""
    found = _all(items, kind)
    for again in found[1:]:
        label = Label(found[0].span, "the first one")
        findings.error("MSD205", f"A network has one `{word}`.", again.span, "a second one", "", label)
    return found[0] if found else None


def _require(network: ast.Network, items: Sequence[ast.Item], findings: Findings) -> None:
    name = network.name
    if not _all(items, ast.Image):
        message = f"Network '{name.text}' has no `input`."
        findings.error("MSD210", message, name.span, "", "say what arrives: `input 3 x 32 x 32`")
    if not _all(items, ast.Exit):
        message = f"Network '{name.text}' has no exit, so nothing of it is ever needed."
        findings.error("MSD212", message, name.span, "", "add one: `exit at end: gap linear(10)`")


# Parameters


def _parameters(
    network: ast.Network,
    file: FileScope,
    settings: Mapping[str, Setting],
    places: dict[str, Span],
    findings: Findings,
) -> dict[str, Number]:
    """The parameters' values: what was set, else their defaults, which see the parameters before them."""
    declared = {parameter.name.text: parameter for parameter in network.params}
    for name in settings:
        if name not in declared:
            message = f"Network '{network.name.text}' has no parameter '{name}'."
            hint = did_you_mean(name, declared) or f"it has {', '.join(declared) or 'none'}"
            findings.error("MSD206", message, network.name.span, "declared here", hint)
    values: dict[str, Number] = {}
    for parameter in network.params:
        findings.attempt(declare, parameter.name, places)
        name = parameter.name.text
        if name in settings:
            value = findings.attempt(_setting, name, settings[name])
        else:
            value = findings.attempt(_default, parameter, Known({**file.lets, **values}))
        values[name] = UNKNOWN if value is None else value
    return values


def _default(parameter: ast.Parameter, known: Known) -> Number:
    if parameter.default is None:
        name = parameter.name.text
        message = f"Parameter '{name}' has no value."
        raise mistake("MSD207", message, parameter.span, "it has no default", f"give one: `--set {name}=..`")
    return number(parameter.default, known)


def _setting(name: str, value: Setting) -> Number:
    """A value from `--set name=value` or a keyword argument, validated as the source is. Raises Mistake."""
    source = Source(f"--set {name}", str(value))
    if isinstance(value, str):
        return number(parse_expression(source), Known({}))
    try:
        exact = Fraction(int(value) if isinstance(value, bool) else Decimal(str(value)))
    except (ArithmeticError, ValueError):  # nan, infinity, or no number at all
        raise mistake("MSD303", f"Parameter '{name}' can't be {value}.", None) from None
    return exactly(lambda: simplest(exact), Span(source, 0, len(source.text)))


def _image(statement: ast.Image, numbers: Mapping[str, Number], findings: Findings) -> tuple[int, int, int] | None:
    """The image's channels, height and width."""
    found = [
        findings.attempt(_extent, extent, f"The input's {what}", numbers)
        for extent, what in zip(statement.extents, ("channels", "height", "width"), strict=True)
    ]
    extents = [extent for extent in found if isinstance(extent, int)]
    return (extents[0], extents[1], extents[2]) if len(extents) == 3 else None


def _extent(extent: ast.Expression, what: str, numbers: Mapping[str, Number]) -> object:
    return whole(number(extent, Known(numbers)), extent.span, what, most=LARGEST_EXTENT)
