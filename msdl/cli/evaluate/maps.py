"""What an evaluation of networks whose exits are maps says: as tables for a person, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msdl.cli import values
from msdl.cli.evaluate.labels import BUSY, costs, ms, times
from msdl.cli.wording import percent, table
from msdl.quantities import amount

if TYPE_CHECKING:
    from msdl.training.evaluation.maps import MapEvaluation, MapResult

EXITS = ("exit", "mIoU", "accuracy", "MACs lazy", "ms/image", "speed-up")
SIDES = "<>>>>>"
MOST_CLASSES, MOST_EXITS = 24, 5


def as_json(found: Sequence[MapEvaluation]) -> str:
    if len(found) == 1:
        return values.as_json(found[0].as_json())
    return values.as_json({"runs": [evaluation.as_json() for evaluation in found], "ensemble": None})


def human(found: Sequence[MapEvaluation]) -> str:
    parts = [part for evaluation in found for part in _of_one(evaluation)]
    convention = (
        "mIoU: intersection over union, the mean over the classes that are told or true.\n"
        "accuracy: the share of pixels that are right.\n"
        f"{costs(found[0].measuring)}\n"
        "Speed-up: against running every exit." + BUSY * (found[0].measuring.threads > 1)
    )
    return "\n\n".join([*parts, convention]) + "\n"


def _of_one(evaluation: MapEvaluation) -> list[str]:
    rows = [_row(exit, evaluation.last) for exit in evaluation.exits]
    heading = f"{evaluation.name}: {evaluation.measuring.images:,} test images with masks"
    return [heading, table(EXITS, rows, SIDES), *_by_class(evaluation)]


def _row(exit: MapResult, last: MapResult) -> list[str]:
    shares = percent(exit.miou), percent(exit.accuracy)
    return [exit.name, *shares, amount(exit.macs), ms(exit.ms), times(last.ms / exit.ms)]


def _by_class(evaluation: MapEvaluation) -> list[str]:
    """The IoU of every class at every exit; of many classes those that the last exit tells worst, of many exits few."""
    last = len(evaluation.exits) - 1
    few = sorted({round(last * number / (MOST_EXITS - 1)) for number in range(MOST_EXITS)})
    exits = [evaluation.exits[number] for number in few]
    classes = evaluation.subject.data.classes
    worst = sorted(range(len(classes)), key=lambda number: evaluation.last.ious[number] or 0.0)[:MOST_CLASSES]
    rows = [[classes[number], *(_share(exit.ious[number]) for exit in exits)] for number in sorted(worst)]
    shown = table(("IoU", *(exit.name for exit in exits)), rows, "<" + ">" * len(exits))
    more = len(classes) - len(worst)
    return [shown, *([f".. and {more:,} classes that are told better; --format json has all."] if more else [])]


def _share(iou: float | None) -> str:
    return "-" if iou is None else percent(iou)


FORMATS = {"human": human, "json": as_json}
