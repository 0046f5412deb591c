"""Lightning's trainer, as a run needs it: whole checkpoints in the run's folder, and no word that nobody asked for."""

from __future__ import annotations

import errno
import logging
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.accelerators import CPUAccelerator
from lightning.pytorch.callbacks import ModelCheckpoint, RichProgressBar
from lightning.pytorch.loggers import CSVLogger, Logger, MLFlowLogger, TensorBoardLogger, WandbLogger
from lightning.pytorch.trainer.states import TrainerStatus

from msdl.runtime.errors import InputError
from msdl.runtime.run import CHECKPOINTS
from msdl.training.checkpoints import NAME, WholeCheckpoints
from msdl.training.data.augmentation import AUGMENTATIONS
from msdl.training.options import PRECISIONS, Options

LOGS = "logs"
PROCESSES_A_CORE = 4
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
LOGGERS: Mapping[str, Callable[[Path], Logger]] = MappingProxyType(
    {
        "csv": lambda folder: CSVLogger(folder / LOGS, name="csv"),
        "tensorboard": lambda folder: TensorBoardLogger(folder / LOGS, name="tensorboard"),
        "wandb": lambda folder: WandbLogger(name=folder.name, save_dir=folder / LOGS),
        "mlflow": lambda folder: MLFlowLogger(run_name=folder.name, save_dir=str(folder / LOGS)),
    }
)


def trainer(folder: Path, options: Options, recorder: Callback, bar: bool) -> Trainer:
    """Raises InputError where this machine can't do what the options ask for."""
    bars = [RichProgressBar(console_kwargs={"stderr": True})] if bar else []
    try:
        with quiet():
            trainer = Trainer(
                accelerator=options.accelerator,
                devices=options.devices,
                strategy=options.strategy,
                precision=PRECISIONS[options.precision],  # type: ignore[arg-type]
                max_epochs=options.epochs,
                default_root_dir=folder,
                logger=[_logger(name, folder) for name in options.loggers],
                callbacks=[recorder, _checkpoints(folder), *bars],
                plugins=[WholeCheckpoints()],
                # Random crops are cut when images are decoded, anew for every epoch.
                reload_dataloaders_every_n_epochs=int(AUGMENTATIONS[options.augment].crops),
                num_sanity_val_steps=0,
                enable_progress_bar=bar,
                enable_model_summary=False,
                use_distributed_sampler=False,
            )
    except (MisconfigurationException, ValueError, RuntimeError, TypeError) as error:
        raise InputError(f"Lightning can't train like that: {error}") from None
    _insist_on_cores(trainer)
    return trainer


def _insist_on_cores(trainer: Trainer) -> None:
    """Refuses processes on the CPU that it could never serve. Raises InputError."""
    most = PROCESSES_A_CORE * (os.cpu_count() or 1)
    if isinstance(trainer.accelerator, CPUAccelerator) and trainer.num_devices > most:
        raise InputError(f"On this CPU --devices can be {most} at most, {PROCESSES_A_CORE} a core.")


def _logger(name: str, folder: Path) -> Logger:
    try:
        return LOGGERS[name](folder)
    except ModuleNotFoundError as error:
        raise InputError(f"Lightning can't log to {name} here: {error}") from None


def _checkpoints(folder: Path) -> ModelCheckpoint:
    """One, behind every epoch, that takes the place of the one before."""
    return ModelCheckpoint(
        folder / CHECKPOINTS, NAME, every_n_epochs=1, save_on_train_epoch_end=True, enable_version_counter=False
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Keeps Lightning's tips, and its advice on workers and loggers, from the user."""
    loggers = [logging.getLogger(name) for name in ("lightning.pytorch", "lightning.fabric")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"lightning\.")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def interruptible(trainer: Trainer) -> Iterator[None]:
    """Makes a KeyboardInterrupt again of what Lightning makes of it, or of SIGTERM: an exit without a word.

    Raises InputError where the disk is full.
    """
    at_first = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    except OSError as error:  # Lightning's loggers write, too
        if error.errno not in FULL:
            raise
        raise InputError(f"'{trainer.default_root_dir}' can't be written: {error.strerror}.") from None
    except SystemExit:
        if trainer.state.status == TrainerStatus.INTERRUPTED:
            raise KeyboardInterrupt from None
        raise
    finally:
        if at_first:
            signal.signal(signal.SIGINT, handler)
