"""`msdl bench`: says how fast a network answers, exit by exit, and whether the MACs that it saves are time saved."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from msdl.cli.bench.options import each_once, insist_on_place, named_mixes, sizes
from msdl.cli.options import format_option, from_stdin, set_option, sound
from msdl.cli.output import FINE, is_terminal, put, write

MANY = click.IntRange(min=1)


@click.command("bench")
@click.argument("source", metavar="SPEC|RUN|EXPORT")
@click.option(
    "--engine",
    "engines",
    multiple=True,
    callback=each_once,
    metavar="NAME",
    help="onnx, compiled or torch; several are measured side by side. By default the fastest that is installed.",
)
@click.option(
    "--batch",
    callback=sizes,
    metavar="N,..",
    help="Sizes of batches: 1,8,64,256, or the first of them for a network that is slow.",
)
@click.option("--images", type=MANY, help="Images of a mix: 2,048, or fewer for a network that is slow.")
@click.option("--runs", type=MANY, help="Runs of each exit: 200, or fewer in batches that are slow.")
@click.option("--threads", type=MANY, help="Threads on the CPU; by default those of torch.")
@click.option(
    "--mix",
    "mixes",
    multiple=True,
    callback=named_mixes,
    metavar="MIX",
    help="all-last, all-first, own, or the shares that stop at each exit: .5/.2/.2/.1. By default several.",
)
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True, help="What computes.")
@set_option
@click.option("--data", metavar="DATA", help="Where test images lie: for an export, or if not where a run's were.")
@click.option("--report", metavar="F.html", help="Write a report with plots.")
@format_option("json")
def command(
    source: str,
    engines: tuple[str, ...],
    batch: tuple[int, ...],
    images: int | None,
    runs: int | None,
    threads: int | None,
    mixes: tuple[str, ...] | None,
    device: str,
    settings: dict[str, str],
    data: str | None,
    report: str | None,
    format: str,
) -> int:
    """Say how fast a network answers, exit by exit, and whether the MACs it saves are time saved.

    The time until every exit has answered, in batches of several sizes; the time of many images whose exits are mixed,
    with real early exit; and eta, the share of the time over the share of the MACs, which is 1 where all that is saved
    is saved. A mix is forced on the images, whatever they are; a run's own mix comes from its policy and its test
    images. The times of an export's sections are kept in EXPORT/times.json.

    \b
    Examples:
      msdl bench msdnet_cifar_anytime --engine onnx --engine torch
      msdl bench runs/digits --batch 1,64 --threads 1 --report speed.html
      msdl bench exported --mix .7/.2/.1 --format json
    """
    if report is not None:
        insist_on_place(report, source)
        _insist_on_drawing()
    _insist_on_sound(source, settings)
    from msdl.deployment.bench import Plan, bench

    plan = Plan(engines or (None,), batch, images, runs, threads, mixes, device, settings, data)
    found = bench(source, plan, said=_say)
    if report is not None:
        from msdl.deployment.bench.report import page

        write(report, page(found))
    from msdl.cli.bench.findings import FORMATS

    put(FORMATS[format](found))
    return FINE


def _insist_on_sound(source: str, settings: dict[str, str]) -> None:
    """Refuses a SPEC with mistakes, which are told; a folder is for the engines to read. Raises Exit, UsageError."""
    from msdl import files

    if files.is_folder(source):
        return
    if from_stdin(source):
        raise click.UsageError("A network on the standard input can't be measured; put it into a file.")
    sound(source, settings)


def _insist_on_drawing() -> None:
    """Says now, not minutes later, that a package is missing. Raises InputError."""
    from msdl.deployment.images import TRAIN
    from msdl.runtime.errors import InputError

    try:
        import_module("msdl.deployment.bench.report")
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        raise InputError(f"The package '{package}' is missing, which a report is made with.", TRAIN) from None


def _say(what: str) -> None:
    """Tells somebody who waits what is being measured."""
    if is_terminal(sys.stderr):
        click.echo(f"measuring {what}", err=True)
