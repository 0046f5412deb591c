"""`msdl diff`: compares two networks: parameters, costs, and whether weights still load."""

from __future__ import annotations

import click

from msdl.cli.options import (
    compilation,
    complete_spec,
    format_option,
    insist_on,
    read_stdin_once,
    set_option,
    settings_option,
)
from msdl.cli.output import FINE, INVALID, put
from msdl.cli.values import as_json


@click.command("diff")
@click.argument("old", metavar="OLD", shell_complete=complete_spec)
@click.argument("new", metavar="NEW", shell_complete=complete_spec)
@click.option("--all", "everything", is_flag=True, help="List every change rather than the first ones of each kind.")
@click.option("--exact", is_flag=True, help="Whole numbers rather than rounded ones; json always has them.")
@format_option("json")
@set_option
@settings_option("--set-old", "settings_old", "The same for OLD alone.")
@settings_option("--set-new", "settings_new", "The same for NEW alone.")
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

    OLD and NEW are SPECs. Nodes are compared by their ids, the keys of a checkpoint; exits by their cells. The exit
    code is 1 when a checkpoint of OLD would not load into NEW, or when one of them has mistakes.

    \b
    Examples:
      msdl diff before.msd after.msd
      msdl diff msdnet_imagenet msdnet_imagenet --set-new spacing=6
      msdl diff before.msd after.msd --set classes=10 --format json
    """
    read_stdin_once(old, new)
    before, after = compilation(old, settings | settings_old), compilation(new, settings | settings_new)
    insist_on(before, after)
    from msdl.cli.diff.differences import Comparison, data, lines

    comparison = Comparison.of(before, after)
    if format == "json":
        put(as_json(data(comparison)))
    else:
        put("\n".join(lines(comparison, everything, exact)))
    return FINE if comparison.difference.loads else INVALID
