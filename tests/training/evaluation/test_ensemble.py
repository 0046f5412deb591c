from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from msdl.runtime.budgeted import route
from msdl.runtime.policy import Policy
from msdl.training.evaluation.ensemble import ensemble
from msdl.training.evaluation.subject import Subject, subjects


def images(subject: Subject, pixels: torch.Tensor) -> torch.Tensor:
    return subject.data.preprocessing.normalised(pixels)


def test_it_averages_probabilities_in_ascending_cost(runs: tuple[Path, Path]) -> None:
    wide, narrow = subjects(runs)
    shifted = replace(wide.data.preprocessing, mean=(0.9,))
    wide = replace(wide, data=replace(wide.data, preprocessing=shifted))
    both = ensemble([wide, narrow])
    assert both is not None
    assert both.exits == ("narrow", "wide")
    assert both.macs == (narrow.macs[-1], narrow.macs[-1] + wide.macs[-1])
    pixels = torch.randint(256, (5, 1, 8, 8), dtype=torch.uint8)
    with torch.inference_mode():
        first, second = (each.model(images(each, pixels))[-1].softmax(-1) for each in (narrow, wide))
        answers = [logits.softmax(-1) for logits in both.model(images(both, pixels))]
    torch.testing.assert_close(answers, [first, (first + second) / 2])


def test_images_leave_it_early(runs: tuple[Path, Path]) -> None:
    both = ensemble(subjects(runs))
    assert both is not None
    image = images(both, torch.stack([both.data.test[number][0] for number in range(50)]))
    with torch.inference_mode():
        logits = torch.stack(both.model(image))
    policy = Policy(both.exits, (logits[0].softmax(-1).amax(-1).median().item(),))
    answers = route(both.model, image, policy)
    assert 0 < answers.exit.sum() < 50
    assert answers.index.tolist() == logits.argmax(-1)[answers.exit, torch.arange(50)].tolist()


def test_networks_that_keep_other_images_for_validation_make_none(subject: Subject) -> None:
    """Thresholds would be found on images that one of them was trained on."""
    data = subject.data
    swapped = replace(data, train=data.validation, validation=data.train)
    assert ensemble([subject, replace(subject, data=swapped)]) is None
    assert ensemble([subject, subject]) is not None


def test_networks_that_read_other_images_make_none(subject: Subject) -> None:
    larger = replace(subject.data.preprocessing, shape=(1, 16, 16))
    assert ensemble([subject, replace(subject, data=replace(subject.data, preprocessing=larger))]) is None
