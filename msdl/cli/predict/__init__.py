"""`msdl predict`: classifies images with real early exit."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import click

from msdl.cli.output import FINE, INVALID, put
from msdl.cli.predict.labels import Line

if TYPE_CHECKING:
    from msdl.runtime.opened import Opened
    from msdl.runtime.preprocessing import Preprocessing


def _seconds(ctx: click.Context, param: click.Parameter, given: float | None) -> float | None:
    if given is not None and not given > 0:
        raise click.BadParameter(f"{given} is not a positive number of seconds.", ctx, param)
    return given


@click.command("predict")
@click.argument("source", metavar="RUN|EXPORT")
@click.argument("images", metavar="IMAGES..", nargs=-1, required=True)
@click.option("--policy", metavar="F.json", help="When an image may stop; else as RUN/policy.json or EXPORT says.")
@click.option("--exit", "exit_", metavar="K", help="Every image stops at this exit, a name or a number from 1.")
@click.option(
    "--deadline", metavar="S", type=float, callback=_seconds, help="Seconds an image may take; one after another."
)
@click.option("-o", "--output", metavar="DIR", help="Where masks go, if exits tell a class for every pixel.")
@click.option("--batch-size", type=click.IntRange(min=1), default=256, show_default=True, help="Images read at once.")
@click.option("--engine", metavar="NAME", help="onnx, compiled or torch. By default the fastest that is installed.")
def command(
    source: str,
    images: tuple[str, ...],
    policy: str | None,
    exit_: str | None,
    deadline: float | None,
    output: str | None,
    batch_size: int,
    engine: str | None,
) -> int:
    """Classify images with real early exit: one that an exit is sure of is computed no further.

    IMAGES are files, folders, or '-': an image on the standard input, or paths, one a line. Every image gives a line
    of JSON, in order: image, class, confidence, exit and ms, its part of the computing of its batches in milliseconds;
    an image that can't be read has image and error instead, and the exit code is 1. With --deadline, ms is the time
    until the answer was there, and "late": true says that even the first exit took longer.

    Where exits tell a class for every pixel, -o writes the mask of every image, as large as that is, and a line has
    mask and shares, that of each class in the pixels, instead of class and confidence.

    \b
    Examples:
      msdl predict runs/digits photos/
      msdl predict runs/digits photos/ --policy half.json > answers.jsonl
      msdl predict runs/digits cat.png --deadline 0.02
      msdl predict exported photos/ --engine onnx
      msdl predict runs/shapes photos/ --exit 2 -o masks
      find . -name '*.png' | msdl predict runs/digits - --batch-size 32
    """
    _refuse_several(policy=policy, exit=exit_, deadline=deadline)
    chosen = any(way is not None for way in (policy, exit_, deadline))
    network = _opened(source, engine, policy=not chosen)
    exit = None if exit_ is None else _ordinal(network.engine.exits, exit_)
    if network.maps is not None:
        lines = _masks(network, images, policy, exit, deadline, output)
    elif output is not None:
        raise click.UsageError(f"'{source}' tells classes of images, not of pixels: -o is for masks.")
    else:
        lines = _classes(network, images, policy, exit, deadline, batch_size)
    failed = False
    for line in lines:
        failed |= "error" in line
        put(json.dumps(line))
    return INVALID if failed else FINE


def _refuse_several(**given: object) -> None:
    """Refuses more than one way to say when an image stops. Raises UsageError."""
    names = [f"--{name}" for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise click.UsageError(f"{' and '.join(names)} exclude each other: each says when an image stops.")


def _opened(source: str, engine: str | None, *, policy: bool) -> Opened:
    """A RUN or an EXPORT, ready to run, with a RUN's policy or without. Raises InputError."""
    from msdl import files
    from msdl.runtime.errors import InputError
    from msdl.runtime.manifest import MANIFEST
    from msdl.runtime.opened import opened
    from msdl.runtime.run import HELP, RECORD

    if not any(files.holds(source, name) for name in (RECORD, MANIFEST)):
        raise InputError(
            f"'{source}' is neither a run, which has a {RECORD}, nor an export, which has a {MANIFEST}.", HELP
        )
    return opened(source, engine, policy=policy)


def _preprocessing(network: Opened) -> Preprocessing:
    """From a picture to what the network reads. Raises InputError where nobody says how."""
    from msdl.runtime.errors import InputError

    if network.preprocessing is None:
        raise InputError(
            f"'{network.source}' was never trained, and nobody says how pictures are prepared for it.",
            "`msdl export RUN -o DIR` exports a network that was trained",
        )
    return network.preprocessing


def _ordinal(exits: tuple[str, ...], asked: str) -> int:
    """An exit's number, counted from 1. Raises UsageError."""
    numbers = {str(number): number for number in range(1, len(exits) + 1)}
    numbers |= {name: number for number, name in enumerate(exits, start=1)}
    if asked not in numbers:
        raise click.UsageError(f"The network has no exit '{asked}'; its exits are {', '.join(exits)}.")
    return numbers[asked]


def _classes(
    network: Opened,
    images: tuple[str, ...],
    policy: str | None,
    exit: int | None,
    deadline: float | None,
    batch_size: int,
) -> Iterator[Line]:
    from msdl.cli.predict.labels import budgeted, in_time, policy_of
    from msdl.runtime.images import read_images

    named = read_images(images, _stdin(), _preprocessing(network))
    if deadline is not None:
        return in_time(network, named, deadline)
    return budgeted(network, named, policy_of(network, policy, exit), batch_size)


def _masks(
    network: Opened,
    images: tuple[str, ...],
    policy: str | None,
    exit: int | None,
    deadline: float | None,
    output: str | None,
) -> Iterator[Line]:
    """Raises InputError."""
    from msdl.cli.predict.masks import masks
    from msdl.runtime.errors import InputError
    from msdl.runtime.images import read_pictures

    if policy is not None:
        raise InputError(f"'{network.source}' has no early exit: that needs a class from every exit, not maps.")
    preprocessing = _preprocessing(network)
    pictures = read_pictures(images, _stdin(), preprocessing.shape[0])
    return masks(network, preprocessing, pictures, exit, deadline, output)


def _stdin() -> BinaryIO | None:
    return sys.stdin.buffer if sys.stdin is not None else None
