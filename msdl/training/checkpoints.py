"""Checkpoints: what `--resume` goes on from, written whole or not at all, and read as data only."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch
from lightning.fabric.plugins import CheckpointIO
from lightning.pytorch import LightningModule

from msdl import files
from msdl.runtime.errors import InputError
from msdl.runtime.run import CHECKPOINTS, Run
from msdl.training.folder import writing
from msdl.training.metrics import Row

NAME = "last"
ANEW = "remove it, and --resume trains from the start"


class WholeCheckpoints(CheckpointIO):
    """Lightning's own writes to the system's temporary folder first, from where no file takes a place at one stroke."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None) -> None:
        content = io.BytesIO()
        torch.save(checkpoint, content)
        with writing(Path(path)):
            Path(path).parent.mkdir(exist_ok=True)
            files.write(Path(path), content.getvalue())

    def load_checkpoint(
        self, path: Any, map_location: Any | None = None, weights_only: bool | None = None
    ) -> dict[str, Any]:
        return load(Path(path))

    def remove_checkpoint(self, path: Any) -> None:
        Path(path).unlink(missing_ok=True)


def last(run: Run) -> Path | None:
    """A run's checkpoint; None before the first epoch ends."""
    path = run.path(CHECKPOINTS) / f"{NAME}.ckpt"
    return path if path.exists() else None


def load(path: Path) -> dict[str, Any]:
    """Raises InputError where it can't be read, or holds more than data."""
    try:
        checkpoint: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever unpickling may raise
        reason = (error.strerror if isinstance(error, OSError) else None) or "it is damaged, or holds more than data"
        raise InputError(f"'{path}' can't be used as a checkpoint: {reason}.", ANEW) from None
    return checkpoint


def rows(run: Run) -> list[Row]:
    """The epochs behind a run's checkpoint. Raises InputError."""
    path = last(run)
    if path is None:
        return []
    try:
        found: list[Row] = load(path)["callbacks"]["Recorder"]["rows"]
    except (KeyError, TypeError):
        raise InputError(f"'{path}' is not a checkpoint of msdl.", ANEW) from None
    return found


def fill(task: LightningModule, path: Path) -> None:
    """Gives a network the checkpoint's weights. Raises InputError where it isn't of this network."""
    try:
        task.load_state_dict(load(path)["state_dict"])
    except (KeyError, TypeError, RuntimeError):
        raise InputError(f"'{path}' is not a checkpoint of the network beside it.") from None
