"""Early exit is real: the answers of simulated early exit, and nobody is computed who has left."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import partial
from itertools import chain, islice, repeat
from pathlib import Path
from random import Random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from msdl.runtime.budgeted import AHEAD, Answer, classify, route, warm_up
from msdl.runtime.confidence import CONFIDENCES
from msdl.runtime.engines import Engine, eager
from msdl.runtime.errors import InputError
from msdl.runtime.intake import finite
from msdl.runtime.policy import Policy
from msdl.runtime.queues import Answers, Queues, nobody, size
from msdl.runtime.times import Times
from msdl.runtime.waiting import Waiting
from tests.runtime.folders import small
from tests.runtime.toy import Toy, expected


@st.composite
def situations(draw: st.DrawFn) -> tuple[Tensor, Policy]:
    """Images whose logits are small whole numbers, so that many tie, and thresholds that are some of theirs."""
    count, exits, classes = draw(st.integers(0, 40)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    seed = draw(st.integers(0, 2**31))
    images = torch.randint(-2, 3, (count, exits, classes), generator=torch.Generator().manual_seed(seed)).float()
    names = tuple(f"exit{number}" for number in range(1, exits + 1))
    temperatures = draw(st.sampled_from([(), (0.5, 1.0, 2.0, 3.0)[:exits]]))
    policy = Policy(names, (None,) * (exits - 1), draw(st.sampled_from([*CONFIDENCES])), temperatures)
    thresholds = []
    for exit in range(exits - 1):
        known = policy.confidences(images[:, exit], exit).tolist()
        thresholds.append(draw(st.sampled_from([None, 0.0, 2.0, *known])))
    return images, Policy(names, tuple(thresholds), policy.confidence, temperatures)


def routed(toy: Toy, policy: Policy, step: int, batch_size: int = 256, times: Times | None = None) -> Answers:
    """The answers to all images in their order."""
    queues = Queues(replace(eager(toy), step=step), policy, batch_size, toy.clock, times)
    left = [nobody(torch.device("cpu"))]
    batches = toy.numbered.split(batch_size), torch.arange(len(toy.numbered)).split(batch_size)
    for images, numbers in zip(*batches, strict=True):
        left += queues.push(images, numbers) if len(images) else ()
    left += queues.drain()
    columns = [torch.cat([getattr(answers, each.name) for answers in left]) for each in fields(Answers)]
    return Answers(*(column[columns[0].argsort()] for column in columns))


@given(situations(), st.sampled_from([1, 3, 8, 16]))
def test_the_answers_are_those_of_simulated_early_exit(situation: tuple[Tensor, Policy], step: int) -> None:
    images, policy = situation
    toy = Toy(images)
    answers = routed(toy, policy, step)
    classes, exits, confidences = expected(images, policy)
    assert answers.index.tolist() == classes
    assert answers.exit.tolist() == exits
    assert answers.confidence.tolist() == pytest.approx(confidences, abs=1e-12)


@given(situations())
def test_a_section_sees_exactly_the_images_that_stay(situation: tuple[Tensor, Policy]) -> None:
    images, policy = situation
    toy = Toy(images)
    exits = routed(toy, policy, step=1).exit.tolist()
    waiting = [[image for image, left in enumerate(exits) if left >= exit] for exit in range(len(policy.exits))]
    assert toy.seen == [images for images in waiting if images]


@given(situations(), st.sampled_from([3, 8, 16]))
def test_in_steps_an_image_that_stays_is_repeated(situation: tuple[Tensor, Policy], step: int) -> None:
    images, policy = situation
    toy = Toy(images)
    exits = routed(toy, policy, step).exit.tolist()
    waiting = [[image for image, left in enumerate(exits) if left >= exit] for exit in range(len(policy.exits))]
    assert [sorted(set(seen)) for seen in toy.seen] == [images for images in waiting if images]
    assert all(len(seen) == size(len(set(seen)), step) for seen in toy.seen)


def test_a_batch_is_padded_to_a_size_that_comes_again() -> None:
    images = torch.zeros(40, 4, 2)
    images[:3, 0, 0], images[:30, 2, 0] = 9, 9
    toy = Toy(images)
    routed(toy, Policy(toy.EXITS, (0.9, None, 0.9)), step=8)
    assert [len(seen) for seen in toy.seen] == [40, 40, 40, 16]
    assert toy.seen[1] == [*range(3, 40), 39, 39, 39]
    assert toy.seen[3] == [*range(30, 40), 39, 39, 39, 39, 39, 39]


@pytest.mark.parametrize(
    ("images", "step", "wanted"),
    [(1, 16, 1), (3, 16, 4), (9, 16, 16), (16, 16, 16), (17, 16, 32), (256, 16, 256), (5, 6, 6), (7, 6, 12), (7, 1, 7)],
)
def test_sizes(images: int, step: int, wanted: int) -> None:
    assert size(images, step) == wanted


@pytest.mark.parametrize("confidence", CONFIDENCES)
@pytest.mark.parametrize("count", [1, 2, 17, 33])
def test_a_generated_network_answers_as_simulated(count: int, confidence: str, tmp_path: Path) -> None:
    model = small(tmp_path).double()
    images = torch.randn(count, 3, 8, 8, dtype=torch.float64)
    with torch.inference_mode():
        logits = torch.stack(model(images))
    closed = Policy.to_the_last(model.EXITS)
    # Midway between two images' confidences: batches of other sizes round otherwise.
    middles = []
    for exit in (0, 1):
        known = CONFIDENCES[confidence](logits[exit]).sort().values
        middles.append((known[count // 2] + known[max(0, count // 2 - 1)]).item() / 2)
    for thresholds in ((middles[0], middles[1]), (None, middles[1]), (middles[0], None), (None, None), (0.0, None)):
        policy = Policy(closed.exits, thresholds, confidence)
        exits = policy.exits_of(logits)
        answers = [*classify(model, images, policy, batch_size=max(1, count - 3))]
        assert [answer.exit for answer in answers] == exits.tolist()
        assert [answer.index for answer in answers] == logits[exits, torch.arange(count)].argmax(1).tolist()


def test_batch_normalisation_uses_what_training_left(tmp_path: Path) -> None:
    model = small(tmp_path)
    images = torch.randn(5, 3, 8, 8)
    policy = Policy.to_the_last(model.EXITS)
    right = route(model, images, policy)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    model.train()
    model.stem.eval()
    assert torch.equal(route(model, images, policy).confidence, right.confidence)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert model.training and model.layer1.training and not model.stem.training
    model.training = False
    assert torch.equal(route(model, images, policy).confidence, right.confidence)
    assert model.layer1.training and not model.training


def test_a_warm_up_runs_all_that_will_be_run(tmp_path: Path) -> None:
    model, seen = small(tmp_path), []
    for number, section in enumerate(eager(model).sections, start=1):
        vars(model)[f"section{number}"] = lambda *state, run=section: seen.append(len(state[0])) or run(*state)
    warm_up(model, Policy(("exit1", "exit2"), (0.0,)))
    assert seen == [1, 1]


def test_a_policy_for_the_first_exits_ends_there() -> None:
    images = torch.randn(4, 3, 2)
    toy = Toy(images)
    answers = route(toy, toy.numbered, Policy.to_the_last(("exit1", "exit2")))
    assert answers.exit.tolist() == [1] * 4
    assert len(toy.seen) == 2


@pytest.mark.parametrize("exits", [("exit2",), ("exit1", "exit3"), ("exit1", "exit2", "exit3", "exit4")])
def test_a_policy_for_other_exits(exits: tuple[str, ...]) -> None:
    toy = Toy(torch.zeros(1, 3, 2))
    with pytest.raises(InputError, match="the network has exit1, exit2, exit3"):
        route(toy, toy.numbered, Policy.to_the_last(exits))
    assert not toy.seen


def test_maps_are_refused() -> None:
    def section(images: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        return images, ()

    queues = Queues(Engine("toy", ("exit1",), (3, 4, 4), (section,)), Policy.to_the_last(("exit1",)), 2)
    with pytest.raises(InputError, match=r"maps: \(2, 3, 4, 4\)"):
        [*queues.push(torch.zeros(2, 3, 4, 4), torch.arange(2))]


def test_the_seconds_of_a_batch_are_shared_among_the_images_that_took_them() -> None:
    images = torch.tensor([[[9.0, 0], [9, 0]], [[1, 0], [9, 0]], [[1, 0], [9, 0]], [[1, 0], [9, 0]]])
    toy = Toy(images, (8.0, 3.0))
    queues = Queues(replace(eager(toy), step=1), Policy(toy.EXITS, (0.9,)), 4, clock=toy.clock)
    answers = [*queues.push(toy.numbered, torch.arange(4)), *queues.drain()]
    assert [(each.numbers.tolist(), each.seconds.tolist()) for each in answers] == [([0], [2]), ([1, 2, 3], [3, 3, 3])]


def test_all_that_is_done_is_charged_to_somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeping those who go on, and taking up those who were kept, take time too."""
    images = torch.randn(100, 4, 3, generator=torch.Generator().manual_seed(0))
    toy = Toy(images, (8.0, 3.0, 1.0, 0.5))

    def slower(action: Callable[..., object]) -> Callable[..., object]:
        def slow(*arguments: object) -> object:
            toy.now += 7
            return action(*arguments)

        return slow

    for name in ("put", "take"):
        monkeypatch.setattr(Waiting, name, slower(getattr(Waiting, name)))
    answers = routed(toy, Policy(toy.EXITS, (0.6, 0.6, 0.6)), step=1, batch_size=16)
    assert len(set(answers.exit.tolist())) == 4
    assert answers.seconds.sum().item() == pytest.approx(toy.now)


def test_those_that_go_on_wait_until_they_fill_a_batch() -> None:
    """Of every four images one goes on; the second section is run once there are four, and at the end."""
    images = torch.zeros(20, 2, 2)
    images[torch.arange(20) % 4 > 0, 0, 0] = 9
    toy = Toy(images)
    answers = routed(toy, Policy(toy.EXITS, (0.9,)), step=1, batch_size=4)
    assert answers.exit.tolist() == [1, 0, 0, 0] * 5
    assert toy.seen == [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9, 10, 11],
        [12, 13, 14, 15],
        [0, 4, 8, 12],
        [16, 17, 18, 19],
        [16],
    ]


def test_images_are_read_a_batch_at_a_time() -> None:
    images = torch.full((10, 2, 3), 9.0)
    images[:, :, 1:] = 0
    toy, read = Toy(images), []
    answers = classify(toy, counted(toy.numbered, read), Policy(toy.EXITS, (0.5,)), batch_size=4)
    assert read == []
    next(answers)
    assert len(read) == 4
    assert len([*answers]) == 9
    assert len(read) == 10


def test_an_image_that_waits_alone_holds_the_others_up_no_longer_than_is_said() -> None:
    """Of an endless stream the first image alone goes on: nothing ever fills a batch with it."""
    images = torch.zeros(40 * 3, 2, 2)
    images[1:, 0, 0] = 9
    toy, read = Toy(images), []
    answers = classify(toy, counted(toy.numbered, read), Policy(toy.EXITS, (0.9,)), batch_size=3)
    assert next(answers).exit == 1
    assert len(read) == 3 * (AHEAD + 1)
    assert [next(answers).exit for _ in range(60)] == [0] * 60
    assert len(read) <= 3 * (AHEAD + 1) + 60


def counted(images: Tensor, read: list[int]) -> Iterator[Tensor]:
    """The images, one by one; `read` gets the number of each that is asked for."""
    for number, image in enumerate(images):
        read.append(number)
        yield image


@given(situations(), st.integers(1, 9))
def test_any_stream_is_answered_in_order(situation: tuple[Tensor, Policy], batch_size: int) -> None:
    images, policy = situation
    toy = Toy(images)
    answers = [*classify(toy, toy.numbered, policy, batch_size=batch_size)]
    classes, exits, _ = expected(images, policy)
    assert [answer.index for answer in answers] == classes
    assert [answer.exit for answer in answers] == exits


@given(situations(), st.integers(1, 9))
def test_nobody_is_computed_who_has_left(situation: tuple[Tensor, Policy], batch_size: int) -> None:
    images, policy = situation
    toy = Toy(images)
    exits = routed(toy, policy, step=1, batch_size=batch_size).exit.tolist()
    assert exits == expected(images, policy)[1]
    assert sum(map(len, toy.seen)) == sum(exit + 1 for exit in exits)


@given(situations(), st.integers(1, 9), st.randoms(use_true_random=False))
def test_what_is_no_image_has_its_place(situation: tuple[Tensor, Policy], batch_size: int, random: Random) -> None:
    images, policy = situation
    toy = Toy(images)
    stream = [(image, "") for image in toy.numbered]
    for _ in range(random.randrange(30)):
        bad, words = random.choice(BAD)
        stream.insert(random.randrange(len(stream) + 1), (bad(toy.INPUT), words))
    answers = [*classify(toy, (image for image, _ in stream), policy, batch_size=batch_size)]
    assert [answer.exit for answer in answers if isinstance(answer, Answer)] == expected(images, policy)[1]
    for answer, (_, words) in zip(answers, stream, strict=True):
        assert isinstance(answer, InputError) == bool(words)
        assert not words or re.search(words, str(answer))


def spoilt(shape: tuple[int, ...], value: float) -> Tensor:
    """An image of which one number is another."""
    image = torch.zeros(shape)
    image[0, -1, -1] = value
    return image


# What is no image for a network that reads such a shape, and what is said of it.
BAD: list[tuple[Callable[[tuple[int, ...]], object], str]] = [
    (lambda shape: InputError("It was never taken."), "^It was never taken.$"),
    (lambda shape: torch.zeros(3, *shape[1:]), r"^An image is 1 x \d+ x \d+, and this one 3 x \d+ x \d+\.$"),
    (lambda shape: torch.zeros(1, *shape), r"and this one 1 x 1 x \d+ x \d+\.$"),
    (lambda shape: torch.tensor(0.0), r"and this one a single number\.$"),
    (lambda shape: torch.zeros(shape, dtype=torch.float64), r"^An image is of float32, and this one of float64\.$"),
    (lambda shape: torch.zeros(shape, dtype=torch.uint8), r"and this one of uint8\.$"),
    (lambda shape: [[0.0]], r"^An image is a tensor, not of the type 'list'\.$"),
    (lambda shape: None, r"not of the type 'NoneType'\.$"),
    (lambda shape: torch.zeros(shape, device="meta"), r"^The network is on 'cpu', and the image on 'meta'\.$"),
    (lambda shape: spoilt(shape, math.nan), "not a finite number"),
    (lambda shape: spoilt(shape, math.inf), "not a finite number"),
    (lambda shape: spoilt(shape, -math.inf), "not a finite number"),
]


def test_a_sum_that_overflows_is_no_reason_to_refuse_an_image() -> None:
    images = torch.tensor([[3e38, 3e38], [3e38, math.inf], [1, 2]])
    assert finite(images).tolist() == [True, False, True]


def test_an_answer_that_is_not_a_number_has_its_place() -> None:
    images = torch.zeros(5, 2, 2)
    images[1] = torch.tensor([[3e38, -3e38], [0, 0]])
    images[3] = torch.tensor([[0, 0], [3e38, 3e38]])
    toy = Toy(images)
    policy = Policy(toy.EXITS, (None,), temperatures=(1.0, 1e-300))
    answers = [*classify(toy, toy.numbered, policy, batch_size=2)]
    assert [isinstance(answer, InputError) for answer in answers] == [False, False, False, True, False]
    assert str(answers[3]) == "'exit2' gives what is not a number."


@pytest.mark.parametrize("first", [[], [torch.zeros(1, 2, 2)]])
def test_nothing_but_what_is_no_image_is_passed_on_without_end(first: list[Tensor]) -> None:
    """Even where an image before it waits for others to fill its batch."""
    toy = Toy(torch.zeros(1, 2, 1))
    none = InputError("It is none.")
    answers = classify(toy, chain(first, repeat(none)), Policy(toy.EXITS, (2.0,)), batch_size=4)
    found = [*islice(answers, 100)]
    assert [answer.exit for answer in found if isinstance(answer, Answer)] == [1] * len(first)
    assert found[len(first) :] == [none] * (100 - len(first))


@st.composite
def tables(draw: st.DrawFn) -> Times:
    """Times of four sections, of whatever kind."""
    seconds = st.floats(0.1, 10)
    sections = tuple(tuple(sorted(draw(st.tuples(seconds, seconds)))) for _ in range(4))
    return Times("torch", 1, "", (1, 8), sections, tuple(draw(st.lists(st.floats(0, 10), min_size=4, max_size=4))))


@given(situations(), st.integers(1, 9), st.sampled_from([1, 4]), tables())
def test_the_answers_are_the_same_whoever_is_gathered(
    situation: tuple[Tensor, Policy], batch_size: int, step: int, times: Times
) -> None:
    images, policy = situation
    toy = Toy(images)
    answers = routed(toy, policy, step, batch_size, times)
    classes, exits, confidences = expected(images, policy)
    assert (answers.index.tolist(), answers.exit.tolist()) == (classes, exits)
    assert answers.confidence.tolist() == pytest.approx(confidences, abs=1e-12)
    assert answers.seconds.sum().item() == pytest.approx(toy.now)


# Of each batch some leave; the others go on to a section that takes 8 s for 4 images and 5 s for one, and keeping an
# image takes so many seconds.
A, B = [0, 1, 2, 3], [4, 5, 6, 7]


@pytest.mark.parametrize(
    ("leaving", "gather", "seen"),
    [
        (0, 9.0, [A, A, B, B]),
        (0, 0.0, [A, A, B, B]),
        (1, 0.6, [A, B, [1, 2, 3, 5], [6, 7]]),  # 8 s > 3 * 0.6 s + 8 s * 3 / 4
        (1, 0.7, [A, A, B, B]),
        (2, 1.9, [A, B, [2, 3, 6, 7]]),
        (2, 2.0, [A, A, B, B]),
        (4, 9.0, [A, B]),
    ],
)
def test_images_are_gathered_where_it_pays(leaving: int, gather: float, seen: list[list[int]]) -> None:
    images = torch.zeros(8, 2, 2)
    images[torch.arange(8) % 4 < leaving, 0, 0] = 9
    toy = Toy(images)
    times = Times("torch", 1, "", (1, 4), ((5.0, 8.0),) * 2, (0.0, gather))
    routed(toy, Policy(toy.EXITS, (0.9,)), 1, 4, times)
    assert toy.seen == seen


@pytest.mark.parametrize("count", [1, 3, 4])
def test_where_nobody_leaves_hardly_anything_is_copied(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody leaves, whole batches go through; fewer images wait once, for others that may come."""
    puts: list[int] = []
    put = Waiting.put
    monkeypatch.setattr(Waiting, "put", lambda waiting, group: puts.append(len(group.numbers)) or put(waiting, group))
    toy = Toy(torch.zeros(8 + count, 4, 2))
    routed(toy, Policy(toy.EXITS, (2.0, None, None)), step=1, batch_size=4)
    assert len(toy.seen) == 4 * 3
    assert puts == ([] if count == 4 else [count])


def overwriting(toy: Toy, passing: bool) -> Engine:
    """The toy with sections that write their state where they wrote it before, and are given none of it again.

    With `passing` they hand on the first tensor that they are given, as it is.
    """
    memory: dict[int, list[Tensor]] = {}

    def section(number: int, *state: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        logits, new = getattr(toy, f"section{number}")(*(tensor.clone() for tensor in state))
        rooms = memory.setdefault(number, [torch.empty(16, *value.shape[1:]) for value in new])
        for room, value in zip(rooms, new, strict=True):
            room[:] = math.nan
            room[: len(value)] = value
        left = tuple(room[: len(logits)] for room in rooms)
        return logits.clone(), (state[0], *left[1:]) if passing else left

    numbers = range(1, len(toy.EXITS) + 1)
    return replace(eager(toy), sections=tuple(partial(section, number) for number in numbers))


@given(situations(), st.integers(1, 9), st.sampled_from([1, 4]), st.none() | tables(), st.booleans())
def test_what_an_engine_writes_over_is_not_read_later(
    situation: tuple[Tensor, Policy], batch_size: int, step: int, times: Times | None, passing: bool
) -> None:
    """Nor what the images came in, which those who send them may write over."""
    images, policy = situation
    toy = Toy(images)
    queues = Queues(replace(overwriting(toy, passing), step=step), policy, batch_size, times=times)
    found, pixels = [], torch.empty(batch_size, *toy.INPUT)
    for start in range(0, len(images), batch_size):
        given = toy.numbered[start : start + batch_size]
        pixels[: len(given)] = given
        found += queues.push(pixels[: len(given)], torch.arange(start, start + len(given)))
        pixels[:] = math.nan
    found += queues.drain()
    rows = [row for left in found for row in zip(*(getattr(left, name).tolist() for name in COLUMNS), strict=True)]
    classes, exits, _ = expected(images, policy)
    assert sorted(rows) == [*zip(range(len(images)), classes, exits, strict=True)]


COLUMNS = ("numbers", "index", "exit")


def test_images_that_find_no_room_are_waited_for() -> None:
    """The second section lets 9, 10 and 11 go on, and there is room for one: the others may fill up later batches."""
    images = torch.zeros(12, 4, 2)
    for exit, leaving in enumerate([[0, 5, 6, 7, 8], [1], [2, 11]]):
        images[leaving, exit, 0] = 9
    toy = Toy(images)
    routed(toy, Policy(toy.EXITS, (0.9, 0.9, 0.9)), step=4, batch_size=4)
    assert toy.seen[4:] == [[9, 10, 11, 11], [2, 3, 4, 9], [10, 11], [3, 4, 9, 10]]


def test_a_section_that_raises_loses_the_images_on_their_way_alone() -> None:
    images = torch.zeros(12, 2, 2)
    images[torch.tensor([0, 1, 4]), 0, 0] = 9
    toy = Toy(images)
    run = toy.section2

    def once(*state: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        toy.section2 = run
        raise InputError("No memory.")

    engine = replace(eager(toy), step=1, sections=(toy.section1, lambda *state: toy.section2(*state)))
    toy.section2 = once
    queues = Queues(engine, Policy(toy.EXITS, (0.9,)), 4)
    numbers = torch.arange(12)
    found = [*queues.push(toy.numbered[:4], numbers[:4])]
    with pytest.raises(InputError, match="No memory"):
        found.extend(queues.push(toy.numbered[4:8], numbers[4:8]))
    found += queues.push(toy.numbered[8:], numbers[8:])
    found += queues.drain()
    assert [left.numbers.tolist() for left in found] == [[0, 1], [4], [], [8, 9, 10, 11]]


STREAM = """
import itertools, re, torch
from msdl.runtime.budgeted import classify
from msdl.runtime.engines import Engine
from msdl.runtime.policy import Policy

def section(images):
    return images.flatten(1)[:, :2], (images,)

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])

shape = (1, 128, 128)
engine = Engine("toy", ("exit1", "exit2"), shape, (section, lambda images: (section(images)[0], ())))
images = (torch.randn(shape) * 3 for _ in itertools.count())
answers = classify(engine, images, Policy(engine.exits, (0.9,)), batch_size=16)
exits = [next(answers).exit for _ in range(600)]
before = peak()
exits += [next(answers).exit for _ in range(6000)]
print(peak() - before, *sorted(set(exits)))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs to know how much memory was used")
def test_an_endless_stream_is_held_in_little_memory() -> None:
    """Ten times as many images, of 64 KiB each, 375 MiB in all, need hardly more than before."""
    found = subprocess.run([sys.executable, "-c", STREAM], capture_output=True, text=True, check=True).stdout.split()
    assert found[1:] == ["0", "1"]
    assert int(found[0]) < 16 * 1024


def test_no_images() -> None:
    toy = Toy(torch.zeros(0, 2, 3))
    assert [*classify(toy, [], Policy.to_the_last(toy.EXITS))] == []
    assert len(route(toy, toy.numbered, Policy.to_the_last(toy.EXITS)).numbers) == 0
    assert not toy.seen


@pytest.mark.parametrize("batch_size", [0, -1])
def test_batches_that_make_no_sense(batch_size: int) -> None:
    toy = Toy(torch.zeros(1, 2, 3))
    with pytest.raises(ValueError, match="at least 1"):
        next(classify(toy, toy.numbered, Policy.to_the_last(toy.EXITS), batch_size=batch_size))


def test_steps_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Queues(Engine("toy", ("exit1",), (1, 1, 1), (), step=0), Policy.to_the_last(("exit1",)), 4)
