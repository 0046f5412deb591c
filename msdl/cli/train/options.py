"""The options of `msdl train`, in the sections of its help."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import click


class Numbers(click.ParamType[Any]):
    """Numbers with commas between them: `0.5,1,1`."""

    name = "numbers"

    def __init__(self, kind: type[int] | type[float]) -> None:
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int | float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return tuple(self.kind(part) for part in value.split(","))
        except ValueError:
            what = "whole numbers" if self.kind is int else "numbers"
            self.fail(f"'{value}' is not {what} with commas between them.", param, ctx)


def _option(
    flag: str, about: str, type: Any, metavar: str | None = None, name: str | None = None, **more: Any
) -> click.Option:
    return click.Option(
        [flag, flag[2:].replace("-", "_") if name is None else name], help=about, type=type, metavar=metavar, **more
    )


def _flag(flag: str, about: str) -> click.Option:
    return click.Option([flag], is_flag=True, default=None, help=about)


SECTIONS: Mapping[str, tuple[click.Option, ...]] = MappingProxyType(
    {
        "How long and how fast": (
            _option("--epochs", "How often every image is seen.", int, "N"),
            _option("--batch-size", "Images a step, on each device.", int, "N"),
            _option("--lr", "The learning rate, 0.1 by default.", float, "RATE"),
            _option("--schedule", "How the learning rate falls.", click.Choice(["cosine", "multistep"])),
            _option("--milestones", "For multistep: behind which epochs it falls to a tenth.", Numbers(int), "E,E,.."),
            _option("--warmup", "Over how many epochs it rises at first, 0 by default.", int, "N"),
            _option("--momentum", "Nesterov's, 0.9 by default.", float, "M"),
            _option("--weight-decay", "1e-4 by default.", float, "D"),
        ),
        "The loss": (
            _option("--exit-weights", "What each exit's loss counts, 1 by default.", Numbers(float), "W,W,.."),
            _option("--label-smoothing", "The share of the label that goes to all classes.", float, "SHARE"),
            _option("--mixup", "Mix images and labels by Beta(ALPHA, ALPHA) (Zhang et al. 2018).", float, "ALPHA"),
            _flag("--gradient-equilibrium", "Scale the gradients of exits against one another (Li et al. 2019)."),
            _option(
                "--distil",
                "Let exits learn from the last one, with this weight (Phuong and Lampert 2019).",
                float,
                "WEIGHT",
            ),
            _option(
                "--distil-temperature", "What softens the last exit's answers for --distil, 3 by default.", float, "T"
            ),
        ),
        "The images": (
            _option(
                "--augment",
                "none, digits (shift), cifar (shift, flip), imagenet (crop, flip), flip or, with masks, scale.",
                str,
                "HOW",
            ),
            _option(
                "--mean", "Of every channel, from 0 to 1, in place of the training images'.", Numbers(float), "M,M,.."
            ),
            _option("--std", "Likewise the deviation.", Numbers(float), "S,S,.."),
            _option(
                "--validation", "The share that is kept for validation where the data has no such part.", float, "SHARE"
            ),
            _option("--ignore-index", "The number in masks of pixels that don't count, 255 by default.", int, "N"),
            _option("--image-column", "The column of images in what hf: reads.", str, "NAME"),
            _option("--mask-column", "Likewise the column of masks.", str, "NAME"),
            _option("--seed", "Decides all that is left to chance, 0 by default.", int, "N"),
            _option("--split-seed", "Decides alone which images train, validate and test.", int, "N"),
        ),
        "The machine": (
            _option("--accelerator", "By default the best there is.", click.Choice(["auto", "cpu", "cuda", "mps"])),
            _option("--devices", "How many, or which: 2, or 0,3; 1 by default.", str, "N"),
            _option("--strategy", "How several devices share the work, as Lightning calls it.", str, "NAME"),
            _option("--precision", "bf16 and 16 are mixed with 32.", click.Choice(["32", "bf16", "16"])),
            _option("--workers", "Processes that load images, 0 by default.", int, "N"),
            _flag("--compile", "Train with torch.compile: minutes to start, then faster."),
            _flag("--memory-efficient", "Compute again in the backward pass what takes memory (Pleiss et al. 2017)."),
            _option(
                "--logger",
                "One of Lightning's, besides metrics.csv; can be repeated.",
                click.Choice(["csv", "tensorboard", "wandb", "mlflow"]),
                multiple=True,
                name="loggers",
                callback=lambda ctx, param, value: value or None,
            ),
        ),
    }
)


def training_options() -> list[click.Parameter]:
    """All of them; those that aren't given are None."""
    return [option for section in SECTIONS.values() for option in section]


class Sectioned(click.Command):
    """A command whose help has its options in sections."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        told = training_options()
        own = [param for param in self.get_params(ctx) if isinstance(param, click.Option) and param not in told]
        for title, parameters in {"Options": own, **SECTIONS}.items():
            records = [record for parameter in parameters if (record := parameter.get_help_record(ctx))]
            with formatter.section(title):
                formatter.write_dl(records)
