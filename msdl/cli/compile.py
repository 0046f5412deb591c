"""`msdl compile`: writes a network as a PyTorch module."""

from __future__ import annotations

import click

from msdl.cli.options import keep_spec, output_option, set_option, sound, spec_argument
from msdl.cli.output import FINE, deliver


@click.command("compile")
@spec_argument
@output_option("F.py", "The file; else standard output.")
@click.option("--exit", "exit_", metavar="K", help="Only this exit, by its name or its number, counted from 1.")
@click.option("--optimize", is_flag=True, help="For inference: batch norms folded, ReLU in place, channels last.")
@set_option
def command(spec: str, output: str, exit_: str | None, optimize: bool, settings: dict[str, str]) -> int:
    """Write a network as a PyTorch module: readable source that needs torch alone.

    \b
    Examples:
      msdl compile net.msd -o net.py
      msdl compile msdnet_cifar_anytime --exit 3 -o third.py
      msdl compile msdnet_cifar_budgeted --set K=5
      msdl compile net.msd --optimize -o fast.py

    What --optimize writes takes the weights of the ordinary module: load_state_dict folds them.
    """
    keep_spec(spec, output)
    deliver(sound(spec, settings, exit_).emit("inference" if optimize else "torch"), output)
    return FINE
