"""`msdl cost`: says what every exit of a network costs."""

from __future__ import annotations

import click

from msdl.cli.options import format_option, set_option, sound, spec_argument
from msdl.cli.output import FINE, put


@click.command("cost")
@spec_argument
@format_option("json", "csv", "markdown", "latex")
@click.option("--exact", is_flag=True, help="Whole numbers rather than rounded ones; json and csv always have them.")
@set_option
def command(spec: str, format: str, exact: bool, settings: dict[str, str]) -> int:
    """Say what every exit of a network costs, before it is trained.

    \b
    Examples:
      msdl cost net.msd
      msdl cost msdnet_imagenet --set spacing=6 --exact
      msdl cost msdnet_cifar_anytime --format csv > costs.csv
    """
    network = sound(spec, settings)
    from msdl.cli.cost.tables import FORMATS

    put(FORMATS[format](network.costs, exact))
    return FINE
