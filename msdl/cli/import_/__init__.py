"""`msdl import`: brings networks and weights over from elsewhere, one command a source."""

from __future__ import annotations

import click

from msdl.cli.lazy import LazyGroup

# A source is a file of its name beside this one.
SOURCES = {
    "msdnet-pytorch": "The PyTorch port of MSDNet: its flags become a spec, its checkpoints weights.",
    "torchvision": "torchvision's checkpoints become weights of the library's networks.",
}


@click.command(
    "import",
    cls=LazyGroup,
    table=SOURCES,
    package="msdl.cli.import_",
    noun="source",
    invoke_without_command=True,
    subcommand_metavar="SOURCE ..",
)
@click.pass_context
def command(ctx: click.Context) -> int:
    """Bring networks and weights over from elsewhere.

    \b
    Examples:
      msdl import msdnet-pytorch --nBlocks 7 --stepmode even --step 2 -o net.msd
      msdl import torchvision --checkpoint resnet50.pth --network resnet50 -o resnet50.safetensors
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0
