"""What Lightning trains: a generated network, its loss over all exits, and its optimiser."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from statistics import fmean
from typing import Any

import torch
from lightning.pytorch import LightningModule
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

from msdl.runtime.errors import InputError
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.sections import names
from msdl.training import metrics
from msdl.training.datamodule import Batch
from msdl.training.gradients import Forward, equilibrium
from msdl.training.objective import Objective
from msdl.training.options import Options
from msdl.training.schedules import factor
from msdl.training.seeds import seed_torch

# A loss is looked at after so many steps: looking makes an accelerator wait.
STEPS_BETWEEN_LOOKS = 50


class Task(LightningModule):
    """Its state dict is the network's, with `network.` before every name. `row` is the last epoch's."""

    def __init__(
        self, network: nn.Module, options: Options, preprocessing: Preprocessing, objective: Objective
    ) -> None:
        super().__init__()
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.options = options
        self.preprocessing = preprocessing
        self.objective = objective
        self.exits = names(network)
        self.exit_weights = options.weights(len(self.exits))
        forward = equilibrium(network) if options.gradient_equilibrium else network.forward
        self.outputs: Forward = torch.compile(forward, dynamic=False) if options.compile else forward
        self.steps: list[Tensor] = []
        self.lr = options.lr
        self.row: metrics.Row = {}

    def configure_optimizers(self) -> Any:
        """SGD with Nesterov momentum (Huang et al. 2018, section 5); the learning rate changes with every step."""
        options = self.options
        optimizer = torch.optim.SGD(
            self.network.parameters(),
            options.lr,
            options.momentum,
            weight_decay=options.weight_decay,
            nesterov=options.momentum > 0,
            fused=True,
        )
        steps = int(self.trainer.estimated_stepping_batches) // options.epochs
        schedule = LambdaLR(optimizer, lambda step: factor(options, step, steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def on_train_epoch_start(self) -> None:
        self.steps.clear()
        self.lr = float(self.trainer.optimizers[0].param_groups[0]["lr"])

    def training_step(self, batch: Batch, number: int) -> Tensor:
        """The weighted sum of the exits' losses. What chance decides, the seed and the step decide alone."""
        seed_torch(self.options.seed, "step", self.global_step, self.global_rank)
        images, target = self._drawn(*batch)
        with self._recomputation():
            outputs = self.outputs(images)
        losses = self.objective.losses(outputs, target)
        self.steps.append(losses.detach())
        if self.trainer.is_last_batch or len(self.steps) % STEPS_BETWEEN_LOOKS == 0:
            self._insist_on_numbers()
        loss = self._weighted(losses)
        self.log("loss", loss, prog_bar=True)
        return loss

    def _weighted(self, losses: Tensor) -> Tensor:
        return (losses * losses.new_tensor(self.exit_weights)).sum()

    def _drawn(self, pixels: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """What the network sees of a batch: augmented, normalised, mixed."""
        pixels, target = self.objective.augmented(pixels, target)
        return self.objective.mixed(self._normalised(pixels), target)

    def _normalised(self, pixels: Tensor) -> Tensor:
        """With the channels last in memory, as convolutions are fastest (docs/benchmarks.md)."""
        return self.preprocessing.normalised(pixels).contiguous(memory_format=torch.channels_last)

    def _recomputation(self) -> AbstractContextManager[Any]:
        if not self.options.memory_efficient:
            return nullcontext()
        from msdl.training.memory import Recomputation

        return Recomputation()

    def _insist_on_numbers(self) -> None:
        """Raises InputError."""
        wrong = (~torch.stack(self.steps[-STEPS_BETWEEN_LOOKS:]).isfinite()).nonzero()
        if len(wrong):
            step, exit = wrong[0].tolist()
            number = max(0, len(self.steps) - STEPS_BETWEEN_LOOKS) + step + 1
            raise self._diverged(f"The loss of '{self.exits[exit]}'", f"at step {number} of")

    def _insist_on_finite_state(self) -> None:
        """A batch norm whose variance is infinite puts out zeros, and the loss tells nothing. Raises InputError."""
        for name, value in self.network.state_dict().items():
            if not bool(value.isfinite().all()):
                raise self._diverged(f"'{name}'", "after")

    def _diverged(self, what: str, when: str) -> InputError:
        epoch = self.current_epoch + 1
        anew = f"into another folder, or remove '{self.trainer.default_root_dir}' first"
        kept = f"what epoch {epoch - 1} has learned is kept" if epoch > 1 else anew
        return InputError(
            f"{what} is not a number any more, {when} epoch {epoch}.",
            f"try a lower --lr than {self.options.lr:g}, or --warmup; {kept}",
        )

    def validation_step(self, batch: Batch, number: int) -> None:
        pixels, target = batch
        self.objective.validate(self.network(self._normalised(pixels)), target)

    def on_validation_epoch_end(self) -> None:
        measured = self.objective.measured()
        for exit, loss in measured[metrics.LOSS].items():
            if not math.isfinite(loss):  # the last step's update has done it
                raise self._diverged(f"The loss of '{exit}'", "after")
        self._insist_on_finite_state()
        self.row = metrics.row(self.current_epoch + 1, self.lr, self._train_loss(), measured)
        self.log_dict({name: float(value) for name, value in self.row.items() if name != "epoch"})
        kind = self.objective.headline
        self.log(kind.removeprefix("_"), fmean(measured[kind].values()), prog_bar=True, logger=False)

    def _train_loss(self) -> float:
        """The mean over the epoch's steps, and over the processes."""
        loss = self._weighted(torch.stack(self.steps).mean(0))
        return float(self.trainer.strategy.reduce(loss, reduce_op="mean"))
