"""What a run keeps after every epoch, besides the checkpoint: metrics.csv and the weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from safetensors.torch import save

from msdl import files
from msdl.runtime.run import METRICS, WEIGHTS
from msdl.training.folder import writing
from msdl.training.metrics import Row, as_csv
from msdl.training.task import Task

Watch = Callable[[Row], None]


class Recorder(Callback):
    """Its rows are part of the checkpoint: a resumed run has those of one that was never interrupted.

    The weights come first: `msdl.load` works after the first row. They are the last epoch's, not the best's: the
    validation images, which are to certify a risk, must have no say in them.
    """

    def __init__(self, folder: Path, watch: Watch | None) -> None:
        self.folder = folder
        self.watch = watch
        self.rows: list[Row] = []

    def state_dict(self) -> dict[str, Any]:
        return {"rows": [dict(row) for row in self.rows]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.rows = list(state_dict["rows"])

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        assert isinstance(pl_module, Task)
        self.rows.append(pl_module.row)
        if trainer.is_global_zero:
            keep_weights(self.folder, pl_module)
            keep_metrics(self.folder, self.rows)
            if self.watch is not None:
                self.watch(self.rows[-1])


def keep_weights(folder: Path, task: Task) -> None:
    """Raises InputError."""
    weights = {name: value.detach().cpu().contiguous() for name, value in task.network.state_dict().items()}
    with writing(folder / WEIGHTS):
        files.write(folder / WEIGHTS, save(weights))


def keep_metrics(folder: Path, rows: Sequence[Row]) -> None:
    """Raises InputError."""
    with writing(folder / METRICS):
        files.write(folder / METRICS, as_csv(rows))
