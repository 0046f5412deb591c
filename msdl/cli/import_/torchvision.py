"""`msdl import torchvision`: torchvision's checkpoints as weights of the library's networks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from msdl import library
from msdl.cli.import_.arguments import keep_apart
from msdl.cli.options import completions, set_option, sound
from msdl.cli.output import FINE, INVALID, STANDARD_OUTPUT, put, report, write
from msdl.diagnostics import Mistake

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from msdl.compilation import Compilation


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from msdl.interop.torchvision.tables import TABLES

    return completions(TABLES, incomplete)


@click.command("torchvision")
@click.option("--checkpoint", metavar="F.pth", required=True, help="torchvision's checkpoint, or one as safetensors.")
@click.option(
    "--network", metavar="NAME", required=True, shell_complete=_complete, help="Which network it is, as in the library."
)
@click.option("-o", "--output", metavar="F.safetensors", required=True, help="Where the weights go, with msdl's keys.")
@click.option("--exit", "exit_", metavar="K", help="Only what this exit needs, by its name or its number, from 1.")
@set_option
def command(checkpoint: str, network: str, output: str, exit_: str | None, settings: dict[str, str]) -> int:
    """Write the weights of a network that torchvision has too, for the module that msdl compiles.

    A checkpoint is a state_dict, alone or as training scripts save it, with or without what wraps the network. Code in
    it never runs. When keys or shapes differ from the network's, what differs is told, and nothing is written.

    \b
    Examples:
      msdl import torchvision --checkpoint resnet50-11ad3fa6.pth --network resnet50 -o resnet50.safetensors
      msdl import torchvision --checkpoint mine.pth --network mobilenet_v2 --set classes=10 -o mine.safetensors
    """
    keep_apart("-o and --checkpoint", output, checkpoint)
    compilation = _compilation(network, settings, exit_)
    try:
        data, left = _weights(checkpoint, compilation)
    except Mistake as found:
        report([found.diagnostic])
        return INVALID
    if output == STANDARD_OUTPUT:
        put(data)
    else:
        write(output, data)
    for finding in _findings(compilation, left):
        click.echo(finding, err=True)
    return FINE


def _compilation(network: str, settings: dict[str, str], exit: str | None) -> Compilation:
    """The library's network, whatever lies in the working folder. Raises UsageError; errors of it end the command."""
    from msdl.interop.torchvision.tables import ALSO_CALLED, TABLES
    from msdl.language.suggest import did_you_mean

    name = ALSO_CALLED.get(network, network)
    if name not in TABLES:
        hint = did_you_mean(name, [*TABLES, *ALSO_CALLED]) or "the networks are " + ", ".join(TABLES)
        raise click.UsageError(f"No weights of torchvision are known for '{network}'; {hint}")
    return sound(str(library.specs()[name]), settings, exit)


def _weights(checkpoint: str, compilation: Compilation) -> tuple[bytes, Sequence[str]]:
    """The checkpoint's weights as a file for this network, and the keys that it does without. Raises Mistake."""
    from msdl.interop.torchvision import Misfitting, convert, left_out
    from msdl.interop.torchvision.checkpoint import read_checkpoint
    from msdl.interop.torchvision.keys import table
    from msdl.interop.weights import encoded

    theirs = read_checkpoint(checkpoint)
    try:
        weights = encoded(convert(theirs, compilation), compilation, table(compilation).pixels)
        return weights, left_out(theirs, compilation)
    except Misfitting as found:
        raise Mistake(found.diagnostic) from None


def _findings(compilation: Compilation, left: Sequence[str]) -> Iterator[str]:
    """What was left out, and what has to be known of the weights."""
    from msdl.cli.wording import enumeration
    from msdl.interop.torchvision.keys import table

    if left:
        modules = enumeration([*dict.fromkeys(key.partition(".")[0] for key in left)])
        yield f"Note: left out are the {len(left)} tensors of {modules}, which no exit of the network reads."
    if remark := table(compilation).remark:
        yield f"Note: {remark}"
