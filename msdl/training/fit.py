"""Training: a spec and data -> a run folder with a trained network, on Lightning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from torch import nn

from msdl.compilation import Compilation
from msdl.runtime.errors import InputError
from msdl.runtime.load import module
from msdl.runtime.run import METRICS, Run
from msdl.training import checkpoints, published
from msdl.training.classification import OfImages
from msdl.training.data import open_data, reopened, verify
from msdl.training.data.dataset import Dataset
from msdl.training.datamodule import DataModule
from msdl.training.folder import create, insist_on_new
from msdl.training.lock import locked
from msdl.training.options import BadOption, Options
from msdl.training.process import is_first
from msdl.training.recorder import Recorder, Watch, keep_metrics, keep_weights
from msdl.training.seeds import seed_torch
from msdl.training.segmentation import OfPixels
from msdl.training.task import Task
from msdl.training.trainable import heads, insist_on_options, masking
from msdl.training.trainer import interruptible, quiet, trainer


def train(
    spec: str | Path | Compilation,
    data: str | None = None,
    folder: str | Path = "run",
    options: Options | None = None,
    settings: Mapping[str, int | float | str] | None = None,
    *,
    watch: Watch | None = None,
    bar: bool = False,
) -> Run:
    """Trains a network into a folder of its own; without options, with those that are usual for the data.

    Without `data`, what comes along is trained on: `digits`, or `shapes` where exits are maps.

    `watch` is given the row of every epoch; with `bar` Lightning shows its progress on the standard error. What was
    learned by the last whole epoch is in the folder when this is interrupted, and `resume` goes on. Raises SpecError,
    InputError, BadOption, and KeyboardInterrupt.
    """
    folder = Path(folder)
    if not is_first():
        return resume(folder)
    compilation = spec if isinstance(spec, Compilation) else Compilation.of(spec)
    compilation = replace(compilation, settings={**compilation.settings, **(settings or {})})
    exits = heads(compilation)
    maps = exits.views is not None
    data = published.source(maps) if data is None else data
    options = options or published.options(data, maps=maps)
    options.weights(len(compilation.network.exits))
    insist_on_options(options, exits)
    insist_on_new(folder)
    fit = Fit(folder, options, watch, bar)
    channels, height, width = compilation.network.image.extents
    opened = open_data(
        data,
        (channels, height, width),
        exits.classes,
        seed=options.seed if options.split_seed is None else options.split_seed,
        validation=options.validation,
        mean=options.mean,
        std=options.std,
        masking=masking(options, exits),
        image_column=options.image_column,
    )
    verify(opened)
    run = create(folder, compilation, opened, options, exits.views)
    fit(run, opened)
    return run


def resume(folder: str | Path, data: str | None = None, *, watch: Watch | None = None, bar: bool = False) -> Run:
    """Goes on with a run after its last whole epoch, as if it had never stopped.

    `data` says where its images lie by now. Raises InputError and KeyboardInterrupt.
    """
    run = Run.read(folder)
    fit = Fit(run.folder, _options(run), watch, bar)
    fit(run, reopened(run, data))
    return run


def is_finished(run: Run) -> bool:
    """Whether all epochs are through. Raises InputError."""
    return len(checkpoints.rows(run)) >= _options(run).epochs


def restore(run: Run) -> bool:
    """Writes a finished run's weights and metrics anew where they were lost, and says whether. Raises InputError."""
    if run.trained and run.path(METRICS).is_file():
        return False
    with locked(run.folder):
        keep_weights(run.folder, task_at_last(run, _options(run)))
        keep_metrics(run.folder, checkpoints.rows(run))
    return True


class Fit:
    """Lightning's trainer and the recorder at work on a run. Raises InputError where this machine can't do it."""

    def __init__(self, folder: Path, options: Options, watch: Watch | None, bar: bool) -> None:
        self.options = options
        self.recorder = Recorder(folder, watch)
        self.trainer = trainer(folder, options, self.recorder, bar)

    def __call__(self, run: Run, data: Dataset) -> None:
        """From the run's last checkpoint, or from the start. Raises InputError."""
        with locked(run.folder), quiet(), interruptible(self.trainer):
            task = task_at_last(run, self.options)
            self.trainer.fit(task, datamodule=DataModule(data, self.options), ckpt_path=checkpoints.last(run))


def task_at_last(run: Run, options: Options) -> Task:
    """What a run trains, as its last checkpoint has it, or as it starts. Raises InputError."""
    task = Task(network(run, options.seed), options, run.preprocessing, objective(run, options))
    checkpoint = checkpoints.last(run)
    if checkpoint is not None:
        checkpoints.fill(task, checkpoint)
    return task


def objective(run: Run, options: Options) -> OfImages | OfPixels:
    """What a run's exits are held against. Raises InputError."""
    exits = tuple(exit.name for exit in run.exits)
    if run.maps is None:
        return OfImages(exits, len(run.classes), options)
    return OfPixels(exits, len(run.classes), options, tuple(run.maps.values()))


def network(run: Run, seed: int) -> nn.Module:
    """The run's module, as it is kept, with the weights that its seed draws. Raises InputError."""
    seed_torch(seed, "weights")
    return module(run)


def _options(run: Run) -> Options:
    try:
        options = Options.of_json(run.options)
        options.weights(len(run.exits))
        return options
    except BadOption as error:
        raise InputError(f"The options of '{run.folder}' can't be used: {error}") from None
