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
    from msdl.runtime.policy import Policy

Named = Iterable[tuple[str, Any]]  # an image, or the sentence that says why it can't be read
Line = dict[str, Any]


def _seconds(ctx: click.Context, param: click.Parameter, given: float | None) -> float | None:
    if given is not None and not given > 0:
        raise click.BadParameter(f"{given} is not a positive number of seconds.", ctx, param)
    return given


@click.command("predict")
@click.argument("run", metavar="RUN")
@click.argument("images", metavar="IMAGES..", nargs=-1, required=True)
@click.option("--policy", metavar="F.json", help="When an image may stop; else RUN/policy.json, where it is there.")
@click.option("--exit", "exit_", metavar="K", help="Every image stops at this exit, a name or a number from 1.")
@click.option(
    "--deadline", metavar="S", type=float, callback=_seconds, help="Seconds an image may take; one after another."
)
@click.option("--batch-size", type=click.IntRange(min=1), default=256, show_default=True, help="Images read at once.")
def command(
    run: str, images: tuple[str, ...], policy: str | None, exit_: str | None, deadline: float | None, batch_size: int
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
      find . -name '*.png' | msdl predict runs/digits - --batch-size 32
    """
    _refuse_several(policy=policy, exit=exit_, deadline=deadline)
    from msdl.runtime.images import read_images
    from msdl.runtime.load import load

    model: Any = load(run)
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    named = read_images(images, stdin, model.preprocessing)
    if deadline is not None:
        lines = _in_time(model, named, deadline)
    else:
        lines = _budgeted(model, named, _policy(Path(run), model.EXITS, policy, exit_), batch_size)
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


def _policy(run: Path, exits: tuple[str, ...], file: str | None, exit: str | None) -> Policy:
    """The policy that was asked for, or the run's own, or none. Raises InputError and UsageError."""
    from msdl.runtime.policy import Policy
    from msdl.runtime.run import POLICY

    if exit is not None:
        return Policy.to_the_last(exits[: _ordinal(exits, exit)])
    path = run / POLICY if file is None else Path(file)
    if file is None and not path.exists():
        click.echo(f"'{run}' has no {POLICY}: every image goes to the last exit.", err=True)
        return Policy.to_the_last(exits)
    policy = Policy.read(path)
    policy.insist_on(exits, f"The policy '{path}'")
    return policy


def _ordinal(exits: tuple[str, ...], asked: str) -> int:
    """An exit's number, counted from 1. Raises UsageError."""
    numbers = {str(number): number for number in range(1, len(exits) + 1)}
    numbers |= {name: number for number, name in enumerate(exits, start=1)}
    if asked not in numbers:
        raise click.UsageError(f"The network has no exit '{asked}'; its exits are {', '.join(exits)}.")
    return numbers[asked]


def _budgeted(model: Any, named: Named, policy: Policy, batch_size: int) -> Iterator[Line]:
    """In the order in which they were named, as soon as all before have their answers."""
    from msdl.runtime.budgeted import classify, warm_up

    warm_up(model, policy)
    waiting: deque[tuple[str, Any]] = deque()

    def images() -> Iterator[Any]:
        for name, image in named:
            failed = isinstance(image, str)
            waiting.append((name, image if failed else None))
            yield None if failed else image

    for answer in classify(model, images(), policy, batch_size=batch_size):
        name, error = waiting.popleft()
        if answer is None:
            yield {"image": name, "error": error}
        else:
            yield _line(model, name, answer.index, answer.confidence, answer.exit, answer.seconds)


def _in_time(model: Any, named: Named, deadline: float) -> Iterator[Line]:
    """One image after another, each until its time is up."""
    from msdl.runtime import anytime

    times = anytime.section_times(model)  # which also keeps the first image from paying for what torch sets up
    for name, image in named:
        if isinstance(image, str):
            yield {"image": name, "error": image}
            continue
        answer = anytime.predict(model, image.unsqueeze(0), deadline, times=times)
        confidence, index = (value.item() for value in answer.probabilities[0].max(0))
        line = _line(model, name, int(index), confidence, answer.exit, answer.seconds)
        yield line | {"late": True} if answer.late else line


def _line(model: Any, name: str, index: int, confidence: float, exit: int, seconds: float) -> Line:
    if not math.isfinite(confidence):
        return {"image": name, "error": f"'{model.EXITS[exit]}' gives what is not a number."}
    return {
        "image": name,
        "class": model.class_names[index],
        "confidence": round(confidence, 6),
        "exit": model.EXITS[exit],
        "ms": round(seconds * 1000, 3),
    }
