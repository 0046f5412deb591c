"""`msdl train`: trains a network into a run folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from msdl.cli.options import complete_spec, set_option, sound
from msdl.cli.output import FINE, is_terminal
from msdl.cli.train.options import Sectioned, training_options

if TYPE_CHECKING:
    from msdl.runtime.run import Run


@click.command("train", cls=Sectioned, params=training_options())
@click.argument("spec", metavar="[SPEC]", required=False, shell_complete=complete_spec)
@click.option("--data", metavar="DATA", help="What to train on, see above; digits or shapes by default.")
@click.option(
    "-o", "--output", metavar="RUN", type=click.Path(path_type=Path), help="The folder to train into, a new one."
)
@click.option(
    "--resume",
    metavar="RUN",
    type=click.Path(path_type=Path),
    help="Go on with a run, instead of SPEC; --data says where its images lie now, if not where they were.",
)
@set_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    spec: str | None,
    data: str | None,
    output: Path | None,
    resume: Path | None,
    settings: dict[str, str],
    **chosen: Any,
) -> int:
    """Train a network into a run folder.

    \b
    Examples:
      msdl train msdnet_digits -o runs/digits
      msdl train net.msd --data cifar10:data/cifar -o runs/net --epochs 100
      msdl train net.msd --data imagefolder:photos -o runs/photos --set classes=3
      msdl train msdnet_seg -o runs/shapes
      msdl train --resume runs/net

    \b
    DATA is
      digits             scikit-learn's handwritten digits; the default
      cifar10:PATH       the published archive, binary version; or cifar100:PATH
      imagefolder:PATH   a folder with a folder of images for every class
      hf:NAME_OR_PATH    a data set for Hugging Face's `datasets`
    and for exits that are maps, a class for every pixel,
      shapes             discs, squares and others, drawn here; the default
      maskfolder:PATH    a folder `images` and a folder `masks`, PNG files of class numbers
      hf:NAME_OR_PATH    a data set with a column of masks

    What DATA's networks are usually trained with is the default: digits 40 epochs of 64 images, with a cosine; CIFAR
    300 epochs of 64, the learning rate falling to a tenth after 50 % and 75 % of them; else 90 epochs of 256, after a
    third and two thirds; with masks 30 epochs of 16 for shapes, else 60, with a cosine. A run that was stopped,
    however, goes on after its last whole epoch, and ends as if it had not been.
    """
    if (spec is None) == (resume is None):
        raise click.UsageError("Give either a SPEC or --resume RUN.")
    if resume is not None:
        _insist_on_nothing_else(ctx)
        return _tell(_resumed(resume, data))
    if output is None:
        raise click.UsageError("-o RUN says into which folder to train.")
    assert spec is not None
    return _tell(
        _trained(spec, data, output, settings, {name: value for name, value in chosen.items() if value is not None})
    )


def _insist_on_nothing_else(ctx: click.Context) -> None:
    """A run goes on as it was started. Raises UsageError."""
    for parameter in ctx.command.params:
        if parameter.name not in ("resume", "data") and _is_given(ctx, parameter.name or ""):
            raise click.UsageError(f"--resume goes on as the run was started; leave out {parameter.opts[-1]}.")


def _is_given(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def _trained(spec: str, data: str | None, output: Path, settings: dict[str, str], chosen: Mapping[str, Any]) -> Run:
    from msdl.training import published
    from msdl.training.options import BadOption
    from msdl.training.process import is_first

    # Lightning starts the other processes with the same command; a spec from the standard input is gone by then.
    compilation = sound(spec, settings) if is_first() else spec
    try:
        from msdl.training.trainable import are_maps

        maps = not isinstance(compilation, str) and are_maps(compilation)
        data = published.source(maps) if data is None else data
        options = published.options(data, maps=maps, **chosen)
        from msdl.training.fit import train

        with _interruptible(output):
            return train(compilation, data, output, options, **_watching())
    except BadOption as error:
        raise click.UsageError(str(error)) from None


def _resumed(folder: Path, data: str | None) -> Run:
    from msdl.runtime.run import Run
    from msdl.training.fit import is_finished, restore, resume

    run = Run.read(folder)
    if is_finished(run):
        click.echo(f"'{folder}' is finished: all its epochs are through.", err=True)
        if restore(run):
            click.echo("What had been lost of it is written again, from its checkpoint.", err=True)
        return run
    with _interruptible(folder):
        return resume(folder, data, **_watching())


@contextmanager
def _interruptible(folder: Path) -> Iterator[None]:
    """Says how to go on where the user stops it."""
    from msdl.training.process import is_first

    try:
        yield
    except KeyboardInterrupt:
        if is_first() and folder.is_dir():
            click.echo(f"Interrupted; `msdl train --resume {folder}` goes on after the last whole epoch.", err=True)
        raise


def _watching() -> dict[str, Any]:
    """Lightning's bar for a person, a line an epoch for anything else."""
    from msdl.cli.train.progress import line

    return {"bar": True} if is_terminal(sys.stderr) else {"watch": lambda row: click.echo(line(row), err=True)}


def _tell(run: Run) -> int:
    from msdl.cli.output import put
    from msdl.cli.train.progress import table
    from msdl.training.process import is_first

    if is_first():
        put(table(run))
    return FINE
