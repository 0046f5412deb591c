"""Networks whose exits are maps, judged on the images that `shapes` keeps for the test."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from msdl.runtime.errors import InputError
from msdl.runtime.run import Run
from msdl.training.evaluation import evaluate
from msdl.training.evaluation.map_examples import contrasts
from msdl.training.evaluation.maps import MapEvaluation, answers, evaluate_maps
from msdl.training.evaluation.subject import Subject, subjects
from msdl.training.overlap import overlaps
from tests.training.runs import made


@pytest.fixture(scope="module")
def subject(shapes_run: Run) -> Subject:
    return subjects([shapes_run.folder])[0]


@pytest.fixture(scope="module")
def evaluation(subject: Subject) -> MapEvaluation:
    return evaluate_maps([subject], batch_size=64)[0]


def test_exits_have_their_quality_and_their_cost(evaluation: MapEvaluation, shapes_run: Run) -> None:
    assert [exit.name for exit in evaluation.exits] == ["exit1", "exit2"]
    assert tuple(exit.macs for exit in evaluation.exits) == shapes_run.macs
    assert evaluation.overlaps.shape == (2, 200, 3, 2)
    first, last = evaluation.exits
    assert first.ms < last.ms and 0.8 < last.miou < 1 and last.accuracy > 0.9
    for exit in evaluation.exits:
        known = [iou for iou in exit.ious if iou is not None]
        assert exit.miou == pytest.approx(sum(known) / len(known))


def test_the_batch_size_makes_no_difference(subject: Subject, evaluation: MapEvaluation) -> None:
    (other,) = evaluate_maps([subject], batch_size=33)
    agreed = (other.overlaps == evaluation.overlaps).all(-1).all(-1).double().mean()
    assert agreed > 0.98  # sums of floats in another order may turn a pixel over


def test_as_json_names_the_classes(evaluation: MapEvaluation) -> None:
    data = evaluation.as_json()
    assert (data["run"], data["images"], data["batch_size"]) == ("shapes", 200, 64)
    assert [*data["exits"][0]] == ["name", "miou", "accuracy", "ious", "macs", "ms"]
    assert [*data["exits"][1]["ious"]] == ["ground", "disc"]


def test_answers_are_what_was_counted(subject: Subject, evaluation: MapEvaluation) -> None:
    _, mask = subject.data.test[7]
    assert isinstance(mask, torch.Tensor)
    for exit, answer in enumerate(answers(subject, 7)):
        assert answer.shape == mask.shape and answer.dtype == torch.uint8
        found = overlaps(answer[None], mask[None], 2, 255)[0]
        assert (found - evaluation.overlaps[exit, 7]).abs().max() <= 2


def test_beyond_a_view_nothing_is_answered(subject: Subject) -> None:
    small = replace(subject, views=((10, 12), (16, 16)))
    first, last = answers(small, 3)
    assert (first[:3] == 255).all() and (first[:, :2] == 255).all() and (first[3:13, 2:14] != 255).all()
    assert (last != 255).all()
    (evaluation,) = evaluate_maps([small], batch_size=64)
    assert evaluation.overlaps[0, :, 2].sum(-1).unique().tolist() == [120]


def test_examples_are_the_best_the_worst_and_those_that_gain(evaluation: MapEvaluation) -> None:
    easiest, hardest, gained = contrasts(evaluation, 4)
    assert [each.name for each in (easiest, hardest, gained)] == ["easiest", "hardest", "gained"]
    images = [one.image for each in (easiest, hardest, gained) for one in each.examples]
    assert len({*images}) == 12
    assert min(one.mious[-1] for one in easiest.examples) >= max(one.mious[-1] for one in hardest.examples)


def test_a_network_with_one_exit_gains_nothing(evaluation: MapEvaluation) -> None:
    single = replace(evaluation, overlaps=evaluation.overlaps[-1:], exits=evaluation.exits[-1:])
    assert [each.name for each in contrasts(single, 2)] == ["easiest", "hardest"]


def test_images_that_do_not_count_are_not_shown(evaluation: MapEvaluation) -> None:
    counts = evaluation.overlaps.clone()
    counts[:, 5:] = 0
    shown = [one.image for each in contrasts(replace(evaluation, overlaps=counts), 4) for one in each.examples]
    assert sorted(shown) == [0, 1, 2, 3, 4]


def mixed_with_labels(shapes: Path, labels: Path) -> object:
    return subjects([shapes, labels])


def other_pixels(shapes: Path, labels: Path) -> object:
    other = shutil.copytree(shapes, labels.with_name("other"))
    record = json.loads((other / "run.json").read_text())
    record["data"]["masks"]["ignore_index"] = 0
    (other / "run.json").write_text(json.dumps(record))
    return subjects([shapes, other])


def budgets(shapes: Path, labels: Path) -> object:
    return evaluate(subjects([shapes]))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (mixed_with_labels, "'shapes' and 'digits' can't be compared: the exits of one of them are maps."),
        (other_pixels, "'shapes' and 'other' can't be compared: each ignores other pixels of the masks."),
        (budgets, "The exits of 'shapes' are maps: no image can stop early at one."),
    ],
)
def test_what_cannot_be_evaluated(
    call: Callable[[Path, Path], object], says: str, shapes_run: Run, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as found:
        call(shapes_run.folder, made(tmp_path / "digits"))
    assert str(found.value) == says
