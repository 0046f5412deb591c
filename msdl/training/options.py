"""How a network is trained: every choice with its value, checked, and kept in the run's run.json."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from msdl.training.data.augmentation import AUGMENTATIONS
from msdl.training.data.request import IGNORED

SCHEDULES = ("cosine", "multistep")
ACCELERATORS = ("auto", "cpu", "cuda", "mps")
PRECISIONS = {"32": "32-true", "bf16": "bf16-mixed", "16": "16-mixed"}
LOGGERS = ("csv", "tensorboard", "wandb", "mlflow")


class BadOption(ValueError):
    """Names the option and says what it can be."""


@dataclass(frozen=True)
class Options:
    """A training's configuration. Raises BadOption.

    `batch_size` and `workers` count for each device; `warmup` and `milestones` are epochs; no `exit_weights` means 1
    for every exit, no `mean` and `std` those of the training images; `mixup` is its alpha, 0 for none; `distil` the
    weight of the last exit's answers, softened by `distil_temperature`, against the labels', 0 for none. `seed` decides
    all that is left to chance, but not the split where there is a `split_seed`. `ignore_index` marks the pixels of
    masks that don't count; `image_column` and `mask_column` are for tables, empty for those that are found.
    """

    epochs: int = 40
    batch_size: int = 64
    lr: float = 0.1
    momentum: float = 0.9
    weight_decay: float = 1e-4
    schedule: str = "cosine"
    milestones: tuple[int, ...] = ()
    warmup: int = 0
    exit_weights: tuple[float, ...] = ()
    label_smoothing: float = 0.0
    mixup: float = 0.0
    gradient_equilibrium: bool = False
    distil: float = 0.0
    distil_temperature: float = 3.0
    augment: str = "none"
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    validation: float | None = None
    seed: int = 0
    split_seed: int | None = None
    ignore_index: int = IGNORED
    image_column: str = ""
    mask_column: str = ""
    accelerator: str = "auto"
    devices: str = "1"
    strategy: str = "auto"
    precision: str = "32"
    workers: int = 0
    compile: bool = False
    memory_efficient: bool = False
    loggers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, law in LAWS.items():
            value = getattr(self, name)
            if not all(map(law.holds, value if isinstance(value, tuple) else (value,))):
                raise BadOption(f"{flag(name)} {_shown(value)}: {law.says}.")
        for breach in _disagreements(self):
            raise BadOption(breach)

    def weights(self, exits: int) -> tuple[float, ...]:
        """What each exit's loss counts. Raises BadOption where there are not as many as exits."""
        if self.exit_weights and len(self.exit_weights) != exits:
            raise BadOption(f"--exit-weights has {len(self.exit_weights)} numbers, and the network {exits} exits.")
        return self.exit_weights or (1.0,) * exits

    def as_json(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Options:
        """Raises BadOption."""
        for name in data.keys() - {field.name for field in fields(cls)}:
            raise BadOption(f"There is no option '{name}'.")
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
        }
        kinds = get_type_hints(cls)
        for name, value in values.items():
            if not _is_of(kinds[name], value):
                raise BadOption(f"'{name}' can't be {json.dumps(value)}.")
        return cls(**values)


def _is_of(kind: Any, value: object) -> bool:
    """Whether a value is of a field's kind; whole numbers are of the others', truth values are no numbers."""
    if get_origin(kind) is UnionType:
        return any(_is_of(one, value) for one in get_args(kind))
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(_is_of(get_args(kind)[0], item) for item in value)
    return type(value) in ((int, float) if kind is float else (kind,))


def flag(name: str) -> str:
    """How the command line spells an option."""
    return "--" + SPELT.get(name, name).replace("_", "-")


SPELT = {"loggers": "logger"}


def _shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class Law:
    """What a value must be, or each value of several."""

    holds: Callable[[Any], bool]
    says: str


def _is_one_of(*words: str) -> Law:
    return Law(lambda value: value in words, f"it has to be one of {', '.join(words)}")


def _is_from(least: int, most: int, says: str) -> Law:
    return Law(lambda value: isinstance(value, int) and least <= value <= most, says)


MOST = 2**31 - 1
MOST_WORKERS = 1024
_WHOLE = _is_from(0, MOST, "it has to be a whole number from 0 to 2^31 - 1")
_COUNT = _is_from(1, MOST, "it has to be a whole number from 1 to 2^31 - 1")
_POSITIVE = Law(lambda value: 0 < value < math.inf, "it has to be larger than 0")
_NOT_NEGATIVE = Law(lambda value: 0 <= value < math.inf, "it has to be 0 or larger")
_SEED = _is_from(0, 2**32 - 1, "it has to be a whole number from 0 to 2^32 - 1")
_SHARE = Law(lambda value: 0 <= value < 1, "it has to be from 0 to less than 1")

LAWS = {
    "epochs": _COUNT,
    "batch_size": _is_from(2, MOST, "it has to be from 2, for batch norm, to 2^31 - 1"),
    "lr": _POSITIVE,
    "momentum": _SHARE,
    "weight_decay": _NOT_NEGATIVE,
    "schedule": _is_one_of(*SCHEDULES),
    "milestones": _COUNT,
    "warmup": _WHOLE,
    "exit_weights": _NOT_NEGATIVE,
    "label_smoothing": _SHARE,
    "mixup": _NOT_NEGATIVE,
    "distil": _SHARE,
    "distil_temperature": _POSITIVE,
    "mean": Law(lambda value: value is None or 0 <= value <= 1, "the mean of a channel has to be from 0 to 1"),
    "std": Law(
        lambda value: value is None or 0 < value <= 1,
        "the deviation of a channel has to be from 0 to 1, and not 0",
    ),
    "validation": Law(
        lambda value: value is None or 0 < value < 1, "it has to be a share of the images, between 0 and 1"
    ),
    "augment": _is_one_of(*AUGMENTATIONS),
    "seed": _SEED,
    "split_seed": Law(lambda value: value is None or _SEED.holds(value), _SEED.says),
    "ignore_index": _is_from(0, 255, "it has to be a whole number from 0 to 255"),
    "accelerator": _is_one_of(*ACCELERATORS),
    "devices": Law(
        lambda value: bool(re.fullmatch(r"auto|[1-9]\d{0,5}|\d{1,5}(,\d{1,5})+|\d{1,5},", value)),
        "it has to be a count, a list such as 0,1, or auto",
    ),
    "precision": _is_one_of(*PRECISIONS),
    "workers": _is_from(0, MOST_WORKERS, f"it has to be a whole number from 0 to {MOST_WORKERS}"),
    "loggers": _is_one_of(*LOGGERS),
}


def _disagreements(options: Options) -> list[str]:
    """What options are one by one, but not together."""
    milestones = options.milestones
    laws = {
        "--warmup leaves no epoch to train in.": options.warmup >= options.epochs,
        "--milestones belong to --schedule multistep.": bool(milestones) and options.schedule != "multistep",
        "--schedule multistep needs --milestones.": not milestones and options.schedule == "multistep",
        "--milestones must rise.": list(milestones) != sorted(set(milestones)),
        "--exit-weights can't all be 0.": bool(options.exit_weights) and not any(options.exit_weights),
        "--mean and --std go together.": (options.mean is None) != (options.std is None),
        "--compile and --memory-efficient exclude each other.": options.compile and options.memory_efficient,
    }
    return [message for message, broken in laws.items() if broken]
