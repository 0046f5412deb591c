"""`msdl import msdnet-pytorch`: the flags of MSDNet's PyTorch port as a spec, its checkpoints as weights."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from msdl.cli.import_.arguments import keep_apart
from msdl.cli.options import completions, insist_on_library, output_option
from msdl.cli.output import FINE, INVALID, STANDARD_OUTPUT, deliver, report, report_problems, write
from msdl.diagnostics import Mistake, SpecError
from msdl.interop.msdnet_pytorch.flags import FLAGS, Flag

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from msdl.compilation import Compilation

NAME = "msdnet_pytorch"
BLOCKS = "blocks.msd"

Command = TypeVar("Command", bound=Callable[..., Any])


def _flags(command: Command) -> Command:
    """The port's flags as options; what they take, the importer itself says, with all that is wrong in one run."""
    for flag in reversed(FLAGS):
        about = f"{flag.about} [{flag.default}]" if flag.default else flag.about
        command = click.option(
            f"--{flag.name}", flag.field, metavar=flag.kind.metavar, help=about, shell_complete=_choices(flag)
        )(command)
    return command


def _choices(flag: Flag) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    return lambda ctx, param, incomplete: completions(flag.kind.choices, incomplete)


@click.command("msdnet-pytorch")
@_flags
@output_option("F.msd", "The spec; else standard output.")
@click.option("--name", metavar="NAME", help=f"The network's name; else that of the file, or {NAME}.")
@click.option("--checkpoint", metavar="F.pth.tar", help="The port's checkpoint, or the same as safetensors.")
@click.option("--weights", metavar="F.safetensors", help="Where the checkpoint's weights go, with the spec's keys.")
def command(output: str, name: str | None, checkpoint: str | None, weights: str | None, **flags: str | None) -> int:
    """Write a spec that means what the flags of kalviny/MSDNet-PyTorch mean, and convert its checkpoints.

    The flags are the port's own, with its defaults; --image-size is added, and --stepmode has a default.

    \b
    Examples:
      msdl import msdnet-pytorch --data cifar100 --nBlocks 7 --stepmode even --step 2 --nChannels 16 -o net.msd
      msdl import msdnet-pytorch ... --checkpoint model.pth.tar --weights net.safetensors -o net.msd

    The port reads every text behind --bottleneck as True, 'False' too: a network that it built with
    `--bottleneck False` has bottlenecks.
    """
    _check_usage(output, checkpoint, weights)
    try:
        network = _network(flags, output, name)
        data = b"" if checkpoint is None else _weights(checkpoint, network)
    except SpecError as found:
        report_problems(found.diagnostics)
        return INVALID
    except Mistake as found:
        report([found.diagnostic])
        return INVALID
    if weights is not None:
        write(weights, data)
    assert network.text is not None
    deliver(network.text.text, output)
    return FINE


def _check_usage(output: str, checkpoint: str | None, weights: str | None) -> None:
    if (checkpoint is None) != (weights is None):
        raise click.UsageError("--checkpoint and --weights belong together: what is read, and where it goes.")
    keep_apart("-o, --checkpoint and --weights", checkpoint, weights, output)
    if output != STANDARD_OUTPUT:
        with suppress(OSError, ValueError):  # no file can have this name: writing it says so
            insist_on_library(Path(output), [BLOCKS])


def _network(flags: dict[str, str | None], output: str, name: str | None) -> Compilation:
    """The network of the flags that were given. Raises SpecError."""
    from msdl.interop.msdnet_pytorch.translate import translate

    given = {flag.name: flags[flag.field] for flag in FLAGS if flags[flag.field] is not None}
    file = "<stdout>" if output == STANDARD_OUTPUT else output
    return translate(given, name=_name(name, file), file=file)


def _name(wanted: str | None, file: str) -> str:
    """The name asked for, or that of the file where a network can have it. Raises UsageError."""
    from msdl.language.keywords import is_name

    if wanted is None:
        stem = Path(file).stem
        return stem if is_name(stem) else NAME
    if not is_name(wanted):
        raise click.UsageError(f"'{wanted}' can't name a network: letters, digits and '_' make a name, keywords don't.")
    return wanted


def _weights(checkpoint: str, network: Compilation) -> bytes:
    """The checkpoint's weights as a file for this network. Raises Mistake."""
    from msdl.interop.fit import Misfitting
    from msdl.interop.msdnet_pytorch.checkpoint import read_checkpoint
    from msdl.interop.msdnet_pytorch.convert import convert
    from msdl.interop.weights import encoded

    try:
        return encoded(convert(read_checkpoint(checkpoint), network), network)
    except Misfitting as found:
        raise Mistake(found.diagnostic) from None
