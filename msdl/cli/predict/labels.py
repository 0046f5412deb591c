"""Classes of images, with real early exit."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from msdl.runtime.opened import Opened
    from msdl.runtime.policy import Policy

Named = Iterable[tuple[str, Any]]  # an image, or the sentence that says why it can't be read
Line = dict[str, Any]


def policy_of(network: Opened, file: str | None, exit: int | None) -> Policy:
    """The policy that was asked for, or the network's own, or none. Raises InputError."""
    from msdl.runtime.policy import Policy

    exits = network.engine.exits
    if exit is not None:
        return Policy.to_the_last(exits[:exit])
    if file is not None:
        policy = Policy.read(Path(file))
        policy.insist_on(exits, f"The policy '{file}'")
        return policy
    if network.policy is None:
        click.echo(f"'{network.source}' has no policy: every image goes to the last exit.", err=True)
        return Policy.to_the_last(exits)
    return network.policy


def budgeted(network: Opened, named: Named, policy: Policy, batch_size: int) -> Iterator[Line]:
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


def in_time(network: Opened, named: Named, deadline: float) -> Iterator[Line]:
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
