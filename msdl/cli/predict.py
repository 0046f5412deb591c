"""`msdl predict`: classifies images with real early exit."""

from __future__ import annotations

import json
import math
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from msdl.cli.output import FINE, INVALID, put

if TYPE_CHECKING:
    from msdl.runtime.opened import Opened
    from msdl.runtime.policy import Policy
    from msdl.runtime.preprocessing import Preprocessing

Named = Iterable[tuple[str, Any]]  # an image, or the sentence that says why it can't be read
Line = dict[str, Any]


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
@click.option("--batch-size", type=click.IntRange(min=1), default=256, show_default=True, help="Images read at once.")
@click.option("--engine", metavar="NAME", help="onnx, compiled or torch. By default the fastest that is installed.")
def command(
    source: str,
    images: tuple[str, ...],
    policy: str | None,
    exit_: str | None,
    deadline: float | None,
    batch_size: int,
    engine: str | None,
) -> int:
    """Classify images with real early exit: one that an exit is sure of is computed no further.

    IMAGES are files, folders, or '-': an image on the standard input, or paths, one a line. Every image gives a line
    of JSON, in order: image, class, confidence, exit and ms, its part of the computing of its batches in milliseconds;
    an image that can't be read has image and error instead, and the exit code is 1. With --deadline, ms is the time
    until the answer was there, and "late": true says that even the first exit took longer.

    \b
    Examples:
      msdl predict runs/digits photos/
      msdl predict runs/digits photos/ --policy half.json > answers.jsonl
      msdl predict runs/digits cat.png --deadline 0.02
      msdl predict exported photos/ --engine onnx
      find . -name '*.png' | msdl predict runs/digits - --batch-size 32
    """
    _refuse_several(policy=policy, exit=exit_, deadline=deadline)
    from msdl.runtime.images import read_images

    chosen = any(way is not None for way in (policy, exit_, deadline))
    network = _opened(source, engine, policy=not chosen)
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    named = read_images(images, stdin, _preprocessing(network))
    if deadline is not None:
        lines = _in_time(network, named, deadline)
    else:
        lines = _budgeted(network, named, _policy(network, policy, exit_), batch_size)
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


def _policy(network: Opened, file: str | None, exit: str | None) -> Policy:
    """The policy that was asked for, or the network's own, or none. Raises InputError and UsageError."""
    from msdl.runtime.policy import Policy

    exits = network.engine.exits
    if exit is not None:
        return Policy.to_the_last(exits[: _ordinal(exits, exit)])
    if file is not None:
        policy = Policy.read(Path(file))
        policy.insist_on(exits, f"The policy '{file}'")
        return policy
    if network.policy is None:
        click.echo(f"'{network.source}' has no policy: every image goes to the last exit.", err=True)
        return Policy.to_the_last(exits)
    return network.policy


def _ordinal(exits: tuple[str, ...], asked: str) -> int:
    """An exit's number, counted from 1. Raises UsageError."""
    numbers = {str(number): number for number in range(1, len(exits) + 1)}
    numbers |= {name: number for number, name in enumerate(exits, start=1)}
    if asked not in numbers:
        raise click.UsageError(f"The network has no exit '{asked}'; its exits are {', '.join(exits)}.")
    return numbers[asked]


def _budgeted(network: Opened, named: Named, policy: Policy, batch_size: int) -> Iterator[Line]:
    """In the order in which they were named, as soon as all before have their answers."""
    from msdl.runtime.budgeted import classify, warm_up
    from msdl.runtime.errors import InputError

    warm_up(network.engine, policy)
    names: deque[str] = deque()

    def images() -> Iterator[Any]:
        for name, image in named:
            names.append(name)
            yield InputError(image) if isinstance(image, str) else image

    for answer in classify(network.engine, images(), policy, batch_size=batch_size, times=network.times):
        name = names.popleft()
        if isinstance(answer, InputError):
            yield {"image": name, "error": str(answer)}
        else:
            yield _line(network, name, answer.index, answer.confidence, answer.exit, answer.seconds)


def _in_time(network: Opened, named: Named, deadline: float) -> Iterator[Line]:
    """One image after another, each until its time is up."""
    from msdl.runtime import anytime

    engine = network.engine
    times = network.times or anytime.section_times(engine)
    for seconds in (math.inf, deadline):  # or the first image would pay for what is set up for either
        anytime.predict(engine, engine.blank(), seconds, times=times)
    for name, image in named:
        if isinstance(image, str):
            yield {"image": name, "error": image}
            continue
        answer = anytime.predict(engine, image.unsqueeze(0), deadline, times=times)
        confidence, index = (value.item() for value in answer.probabilities[0].max(0))
        line = _line(network, name, int(index), confidence, answer.exit, answer.seconds)
        yield line | {"late": True} if answer.late else line


def _line(network: Opened, name: str, index: int, confidence: float, exit: int, seconds: float) -> Line:
    said_by = network.engine.exits[exit]
    if not math.isfinite(confidence):
        return {"image": name, "error": f"'{said_by}' gives what is not a number."}
    return {
        "image": name,
        "class": str(index) if network.classes is None else network.classes[index],
        "confidence": round(confidence, 6),
        "exit": said_by,
        "ms": round(seconds * 1000, 3),
    }
