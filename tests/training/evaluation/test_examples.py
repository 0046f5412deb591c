from __future__ import annotations

from dataclasses import replace

import torch

from msdl.runtime.policy import Policy
from msdl.training.evaluation.examples import by_class, by_exit
from msdl.training.evaluation.results import Evaluation, PolicyResult
from msdl.training.scores import Scores

# For every image what exits 1, 2 and 3 answer, and how strongly; all images show a 3.
ANSWERS = [
    ((3, 1.0), (3, 1.0), (3, 5.0)),
    ((3, 9.0), (7, 1.0), (3, 1.0)),
    ((7, 2.0), (3, 1.0), (3, 9.0)),
    ((7, 2.0), (7, 1.0), (3, 3.0)),
    ((7, 2.0), (7, 1.0), (3, 6.0)),
    ((7, 1.0), (3, 1.0), (8, 1.0)),
]


def told(evaluation: Evaluation) -> Evaluation:
    logits = torch.zeros(3, len(ANSWERS), 10)
    for image, answers in enumerate(ANSWERS):
        for exit, (answer, strength) in enumerate(answers):
            logits[exit, image, answer] = strength
    return replace(evaluation, scores=Scores(logits, torch.full((len(ANSWERS),), 3)))


def test_hard_images_need_the_last_exit(evaluation: Evaluation) -> None:
    first, *others = by_class(told(evaluation), 4)
    assert first.name == "3"
    assert [example.image for example in first.easy] == [1, 0]
    assert [example.image for example in first.hard] == [4, 3, 2]
    assert {example.exit for example in first.easy} == {0} and {example.exit for example in first.hard} == {2}
    assert not any(contrast.easy or contrast.hard for contrast in others)


def test_of_an_exit_the_surest_and_the_least_sure_are_shown(evaluation: Evaluation) -> None:
    stops = torch.tensor([0, 0, 0, 1, 2, 2])
    policy = Policy(evaluation.subject.exits, (0.5, 0.5))
    first, second, last = by_exit(told(evaluation), PolicyResult(policy, 1.0, 1.0, 1.0, 1.0, stops, stops), 1)
    assert [example.image for example in (*first.easy, *first.hard)] == [1, 0]
    assert [example.image for example in second.easy] == [3] and second.hard == ()
    (wrong,) = last.hard
    assert (wrong.image, wrong.truth, wrong.answer, wrong.right) == (5, "3", "8", False)
    assert 0.1 < wrong.confidence < 0.5
