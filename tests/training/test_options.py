"""The options of a training: their laws, their defaults, and their JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from msdl.training import published
from msdl.training.options import BadOption, Options

ALL = Options(
    epochs=9,
    schedule="multistep",
    milestones=(3, 6),
    warmup=2,
    exit_weights=(0.5, 1.0),
    mean=(0.1,),
    std=(0.2,),
    validation=0.25,
    loggers=("csv",),
    gradient_equilibrium=True,
)


@pytest.mark.parametrize("options", [Options(), ALL], ids=["defaults", "all"])
def test_json_gives_the_options_back(options: Options) -> None:
    assert Options.of_json(json.loads(json.dumps(options.as_json()))) == options


@pytest.mark.parametrize("data", [{"epoch": 3}, {"epochs": "3"}, {"lr": None}, {"milestones": 3}])
def test_other_json_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(BadOption):
        Options.of_json(data)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("exit_weights", "1,1", '"1,1"'),
        ("exit_weights", [1, "1"], '[1, "1"]'),
        ("compile", "yes", '"yes"'),
        ("epochs", True, "true"),
        ("epochs", 2.0, "2.0"),
        ("mean", 0.5, "0.5"),
        ("devices", 2, "2"),
    ],
)
def test_json_of_another_kind_is_refused(name: str, value: Any, shown: str) -> None:
    with pytest.raises(BadOption) as found:
        Options.of_json({name: value})
    assert str(found.value) == f"'{name}' can't be {shown}."


def test_whole_numbers_will_do_for_others() -> None:
    assert Options.of_json({"lr": 1, "exit_weights": [1, 2]}).weights(2) == (1, 2)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"epochs": 0}, "--epochs 0: it has to be a whole number from 1 to 2^31 - 1."),
        ({"epochs": 2**31}, f"--epochs {2**31}: it has to be a whole number from 1 to 2^31 - 1."),
        ({"batch_size": 1}, "--batch-size 1: it has to be from 2, for batch norm, to 2^31 - 1."),
        ({"batch_size": 2**31}, f"--batch-size {2**31}: it has to be from 2, for batch norm, to 2^31 - 1."),
        ({"workers": 100_000}, "--workers 100000: it has to be a whole number from 0 to 1024."),
        ({"lr": 0.0}, "--lr 0.0: it has to be larger than 0."),
        ({"lr": float("nan")}, "--lr nan: it has to be larger than 0."),
        ({"lr": float("inf")}, "--lr inf: it has to be larger than 0."),
        ({"momentum": 1.0}, "--momentum 1.0: it has to be from 0 to less than 1."),
        ({"weight_decay": -1.0}, "--weight-decay -1.0: it has to be 0 or larger."),
        ({"schedule": "linear"}, "--schedule linear: it has to be one of cosine, multistep."),
        ({"warmup": 40}, "--warmup leaves no epoch to train in."),
        ({"milestones": (3,)}, "--milestones belong to --schedule multistep."),
        ({"schedule": "multistep"}, "--schedule multistep needs --milestones."),
        ({"schedule": "multistep", "milestones": (6, 3)}, "--milestones must rise."),
        ({"exit_weights": (0.0, 0.0)}, "--exit-weights can't all be 0."),
        ({"exit_weights": (1.0, -1.0)}, "--exit-weights 1.0,-1.0: it has to be 0 or larger."),
        ({"label_smoothing": 1.0}, "--label-smoothing 1.0: it has to be from 0 to less than 1."),
        ({"mixup": -0.1}, "--mixup -0.1: it has to be 0 or larger."),
        ({"distil": 1.5}, "--distil 1.5: it has to be from 0 to less than 1."),
        ({"distil_temperature": 0.0}, "--distil-temperature 0.0: it has to be larger than 0."),
        ({"augment": "blur"}, "--augment blur: it has to be one of none, digits, cifar, imagenet, flip, scale."),
        ({"ignore_index": 256}, "--ignore-index 256: it has to be a whole number from 0 to 255."),
        ({"mean": (0.5,)}, "--mean and --std go together."),
        (
            {"mean": (0.5,), "std": (0.0,)},
            "--std 0.0: the deviation of a channel has to be from 0 to 1, and not 0.",
        ),
        ({"validation": 1.0}, "--validation 1.0: it has to be a share of the images, between 0 and 1."),
        ({"seed": -1}, "--seed -1: it has to be a whole number from 0 to 2^32 - 1."),
        ({"devices": "two"}, "--devices two: it has to be a count, a list such as 0,1, or auto."),
        ({"devices": "0"}, "--devices 0: it has to be a count, a list such as 0,1, or auto."),
        ({"loggers": ("csv", "paper")}, "--logger csv,paper: it has to be one of csv, tensorboard, wandb, mlflow."),
        ({"compile": True, "memory_efficient": True}, "--compile and --memory-efficient exclude each other."),
    ],
)
def test_what_an_option_cannot_be(values: dict[str, Any], says: str) -> None:
    with pytest.raises(BadOption) as found:
        Options(**values)
    assert str(found.value) == says


def test_there_is_a_weight_for_every_exit() -> None:
    assert Options().weights(3) == (1.0, 1.0, 1.0)
    assert Options(exit_weights=(1.0, 2.0)).weights(2) == (1.0, 2.0)
    with pytest.raises(BadOption, match="has 2 numbers, and the network 3 exits"):
        Options(exit_weights=(1.0, 2.0)).weights(3)


@pytest.mark.parametrize(
    ("data", "epochs", "batch_size", "milestones", "augment"),
    [
        ("digits", 40, 64, (), "digits"),
        ("cifar10:x", 300, 64, (150, 225), "cifar"),
        ("cifar100:x", 300, 64, (150, 225), "cifar"),
        ("imagefolder:x", 90, 256, (30, 60), "imagenet"),
        ("hf:x", 90, 256, (30, 60), "imagenet"),
    ],
)
def test_the_published_defaults(
    data: str, epochs: int, batch_size: int, milestones: tuple[int, ...], augment: str
) -> None:
    options = published.options(data)
    assert (options.epochs, options.batch_size, options.milestones, options.augment) == (
        epochs, batch_size, milestones, augment,
    )  # fmt: skip
    assert (options.lr, options.momentum, options.weight_decay) == (0.1, 0.9, 1e-4)


@pytest.mark.parametrize(
    ("data", "chosen", "milestones"),
    [
        ("cifar10:x", {"epochs": 20}, (10, 15)),
        ("imagefolder:x", {"epochs": 9}, (3, 6)),
        ("cifar10:x", {"epochs": 1}, (1,)),
        ("cifar10:x", {"milestones": (7,)}, (7,)),
        ("cifar10:x", {"schedule": "cosine"}, ()),
        ("digits", {"schedule": "multistep"}, (20, 30)),
    ],
)
def test_milestones_follow_the_epochs(data: str, chosen: dict[str, Any], milestones: tuple[int, ...]) -> None:
    assert published.options(data, **chosen).milestones == milestones
