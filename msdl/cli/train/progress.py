"""What a training tells: a line an epoch, and at the end what every exit gets right."""

from __future__ import annotations

from msdl.cli.wording import columns, percent
from msdl.quantities import amount
from msdl.runtime.run import Run
from msdl.training.metrics import Row, accuracies, mious, read


def line(row: Row) -> str:
    """`epoch 12  loss 0.4183  validation 91.1 95.6 97.2 %`: the accuracy of every exit, or the mean IoU of maps."""
    found = mious(row)
    shares = " ".join(f"{100 * share:.1f}" for share in (found or accuracies(row)).values())
    return f"epoch {row['epoch']}  loss {row['train_loss']:.4f}  validation{' mIoU' if found else ''} {shares} %"


def table(run: Run) -> str:
    """The exits of a run, by its last epoch."""
    last = read(run)[-1]
    shares = {"validation mIoU": mious(last), "validation accuracy": accuracies(last)}
    told = {title: found for title, found in shares.items() if found}
    rows = [
        (exit.name, amount(exit.macs), *(percent(found[exit.name]) for found in told.values())) for exit in run.exits
    ]
    return "\n".join(
        [
            *columns([("exit", "MACs", *told), *rows], "<>" + ">" * len(told)),
            "",
            f"The weights of epoch {last['epoch']} are in '{run.folder}'.",
        ]
    )
