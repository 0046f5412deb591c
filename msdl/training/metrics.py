"""What was measured after every epoch: the rows of metrics.csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from msdl.runtime.errors import InputError
from msdl.runtime.run import METRICS, Run

Row = Mapping[str, int | float]
# What is found for an exit on the validation images; with maps, accuracy is that of pixels.
LOSS, ACCURACY, MIOU = "_loss", "_accuracy", "_miou"


def row(epoch: int, lr: float, loss: float, measured: Mapping[str, Mapping[str, float]]) -> Row:
    """One epoch, counted from 1: the learning rate it began with, the mean training loss, and the validation's.

    `measured` holds, by kind, what was found for each exit. Numbers have the digits that a float32 has.
    """
    exits = {exit + kind: of[exit] for exit in measured[LOSS] for kind, of in measured.items()}
    return {"epoch": epoch} | {
        name: float(f"{value:.7g}") for name, value in ({"lr": lr, "train_loss": loss} | exits).items()
    }


def accuracies(row: Row) -> dict[str, float]:
    """The validation accuracy by exit."""
    return _of(ACCURACY, row)


def mious(row: Row) -> dict[str, float]:
    """The mean IoU on the validation images by exit; none where exits are no maps."""
    return _of(MIOU, row)


def _of(kind: str, row: Row) -> dict[str, float]:
    return {name.removesuffix(kind): value for name, value in row.items() if name.endswith(kind)}


def as_csv(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys() if rows else (), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def read(run: Run) -> list[Row]:
    """The rows of a run's metrics.csv; none before the first epoch ends. Raises InputError."""
    path = run.path(METRICS)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return [{name: _number(text) for name, text in row.items()} for row in csv.DictReader(file)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"'{path}' can't be read: {error}.") from None


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() else float(text)
