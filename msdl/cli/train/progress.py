"""What a training tells: a line an epoch, and at the end what every exit gets right."""

from __future__ import annotations

from msdl.cli.wording import columns, percent
from msdl.quantities import amount
from msdl.runtime.run import Run
from msdl.training.metrics import Row, accuracies, read


def line(row: Row) -> str:
    """`epoch 12  loss 0.4183  validation 91.1 95.6 97.2 %`: the accuracy of every exit."""
    shares = " ".join(f"{100 * accuracy:.1f}" for accuracy in accuracies(row).values())
    return f"epoch {row['epoch']}  loss {row['train_loss']:.4f}  validation {shares} %"


def table(run: Run) -> str:
    """The exits of a run, by its last epoch."""
    last = read(run)[-1]
    titles = ("exit", "MACs", "validation accuracy")
    shares = accuracies(last)
    rows = [(exit.name, amount(exit.macs), percent(shares[exit.name])) for exit in run.exits]
    return "\n".join(
        [*columns([titles, *rows], "<>>"), "", f"The weights of epoch {last['epoch']} are in '{run.folder}'."]
    )
