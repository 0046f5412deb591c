"""Networks judged on test images: accuracy, lazy MACs and measured time of exits and of budgets.

run folders -subjects-> networks with their data -plan-> thresholds found on the validation part
            -measured-> answers and seconds on the test part -> Evaluation
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.training.calibration import budgets as evenly_spaced
from msdl.training.calibration import sweep
from msdl.training.evaluation.latency import (
    AT_ONCE,
    Timed,
    Timing,
    early_exit,
    every_exit,
    interleaved,
    passes_for,
    together,
)
from msdl.training.evaluation.results import Evaluation, ExitResult, Measuring, PolicyResult
from msdl.training.evaluation.subject import Subject
from msdl.training.scores import Scores, batches, scores

Plan = tuple[tuple[float | None, Policy], ...]


def evaluate(
    subjects: Sequence[Subject], *, budgets: int = 20, batch_size: int = 256, policy: Policy | None = None
) -> tuple[Evaluation, ...]:
    """Evaluates networks side by side on the test images that they share.

    For `budgets` budgets between the first exit and the last, thresholds are found on the validation part; a network
    with a single exit has none. A `policy` is tried as well. Raises InputError, also where exits are maps:
    `evaluation.maps` is for these.
    """
    for subject in subjects:
        if subject.views is not None:
            raise InputError(f"The exits of '{subject.name}' are maps: no image can stop early at one.")
    images = len(subjects[0].data.test)
    measuring = Measuring(images, batch_size, passes_for(images), torch.get_num_threads())
    plans = [_plan(subject, budgets, batch_size, policy) for subject in subjects]
    timings = [
        [every_exit(subject.model, batch_size), *(early_exit(subject.model, each, batch_size) for _, each in plan)]
        for subject, plan in zip(subjects, plans, strict=True)
    ]
    labels, timed = _measured(subjects, timings, measuring)
    return tuple(
        _evaluation(subject, plan, measuring, labels, found)
        for subject, plan, found in zip(subjects, plans, timed, strict=True)
    )


def _plan(subject: Subject, budgets: int, batch_size: int, policy: Policy | None) -> Plan:
    """The policies to be tried, each with the budget it was made for."""
    given: Plan = () if policy is None else ((None, policy),)
    if len(subject.exits) == 1:
        return given
    asked = evenly_spaced(subject.macs, budgets)
    known = scores(subject.model, subject.data.validation, subject.data.preprocessing, batch_size)
    return (*zip(asked, sweep(known, subject.exits, subject.macs, asked), strict=True), *given)


def _measured(
    subjects: Sequence[Subject], timings: Sequence[Sequence[Timing]], measuring: Measuring
) -> tuple[Tensor, list[list[Timed]]]:
    """The labels of the test images, and for each subject's timings what they found on all of them."""
    labels: list[Tensor] = []
    found: list[list[Timed]] = []
    for pixels, right in _shared_batches(subjects, AT_ONCE * measuring.batch_size):
        pairs = [(timing, batch) for row, batch in zip(timings, pixels, strict=True) for timing in row]
        found.append(interleaved(pairs, measuring.passes, warm_up=not labels))
        labels.append(right)
    of_timings = iter([together(of_batches) for of_batches in zip(*found, strict=True)])
    return torch.cat(labels), [[next(of_timings) for _ in row] for row in timings]


def _shared_batches(subjects: Sequence[Subject], size: int) -> Iterator[tuple[list[Tensor], Tensor]]:
    """The same images as each subject reads them, normalised, and their labels."""
    for rows in zip(*(batches(subject.data.test, size) for subject in subjects), strict=True):
        pairs = zip(subjects, rows, strict=True)
        yield [subject.data.preprocessing.normalised(pixels) for subject, (pixels, _) in pairs], rows[0][1]


def _evaluation(
    subject: Subject, plan: Plan, measuring: Measuring, labels: Tensor, timed: Sequence[Timed]
) -> Evaluation:
    whole, *early = timed
    per_image = 1000 / measuring.images
    found = Scores(torch.stack(whole.results).float(), labels)
    columns = zip(subject.exits, found.accuracies, subject.macs, whole.seconds, strict=True)
    exits = tuple(ExitResult(name, right, macs, seconds * per_image) for name, right, macs, seconds in columns)
    macs = torch.tensor(subject.macs, dtype=torch.float64)
    results = [_result(macs, labels, per_image, *pair) for pair in zip(plan, early, strict=True)]
    budgets = tuple(result for result in results if result.asked is not None)
    given = next((result for result in results if result.asked is None), None)
    return Evaluation(subject, measuring, found, exits, budgets, given)


def _result(
    macs: Tensor, labels: Tensor, per_image: float, planned: tuple[float | None, Policy], timed: Timed
) -> PolicyResult:
    (asked, policy), (classes, exits) = planned, timed.results
    accuracy = (classes == labels).double().mean().item()
    return PolicyResult(
        policy, asked, macs[exits].mean().item(), accuracy, timed.seconds[0] * per_image, classes, exits
    )
