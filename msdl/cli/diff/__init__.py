"""`msdl diff`: compares two networks: parameters, costs, and whether weights still load."""

from __future__ import annotations

import json

import click

from msdl.cli.options import compilation, complete_spec, set_option, settings_of
from msdl.cli.output import FINE, INVALID, put, report_grave

FORMAT_VERSION = 1


@click.command("diff")
@click.argument("old", metavar="OLD", shell_complete=complete_spec)
@click.argument("new", metavar="NEW", shell_complete=complete_spec)
@click.option("--all", "everything", is_flag=True, help="List every change rather than the first ones of each kind.")
@click.option("--exact", is_flag=True, help="Whole numbers rather than rounded ones; json always has them.")
@click.option("--format", type=click.Choice(["human", "json"]), default="human")
@set_option
@click.option(
    "--set-old", "settings_old", metavar="NAME=VALUE", multiple=True, callback=settings_of,
    help="The same for OLD alone.",
)  # fmt: skip
@click.option(
    "--set-new", "settings_new", metavar="NAME=VALUE", multiple=True, callback=settings_of,
    help="The same for NEW alone.",
)  # fmt: skip
def command(
    old: str,
    new: str,
    everything: bool,
    exact: bool,
    format: str,
    settings: dict[str, str],
    settings_old: dict[str, str],
    settings_new: dict[str, str],
) -> int:
    """Compare two networks: parameters, costs, and whether weights still load.

    OLD and NEW are SPECs. Nodes are compared by their ids, the keys of a checkpoint; exits by their places. The exit
    code is 1 when a checkpoint of OLD would not load into NEW, or when one of them has mistakes.

    \b
    Examples:
      msdl diff before.msd after.msd
      msdl diff msdnet_imagenet msdnet_imagenet --set-new spacing=6
      msdl diff before.msd after.msd --set classes=10 --format json
    """
    if old == new == "-":
        raise click.UsageError("The standard input can be read once.")
    before, after = compilation(old, settings | settings_old), compilation(new, settings | settings_new)
    report_grave(dict.fromkeys((*before.diagnostics, *after.diagnostics)))
    if not (before.valid and after.valid):
        return INVALID
    from msdl.cli.diff.differences import Comparison, data, lines

    comparison = Comparison.of(before, after)
    if format == "json":
        put(json.dumps({"format_version": FORMAT_VERSION, **data(comparison)}, indent=2))
    else:
        put("\n".join(lines(comparison, everything, exact)))
    return FINE if comparison.difference.loads else INVALID
