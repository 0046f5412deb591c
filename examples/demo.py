"""What msdl does, in one run: `make demo`.

From a spec of the library to a trained network whose time per image falls with the budget: checks it, draws it, says
what its exits cost, trains it on handwritten digits, finds thresholds for three budgets, classifies images that really
stop early, and measures what that saves. Then a network whose exits tell a class for every pixel, trained for a few
epochs. Everything is written into build/; the runs of the last time are replaced.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, median
from time import perf_counter
from types import ModuleType
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

import msdl
from msdl.quantities import amount
from msdl.runtime.budgeted import Answer, classify
from msdl.runtime.policy import Policy
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.run import Run
from msdl.training.data import Dataset, reopened
from msdl.training.scores import scores

NETWORK = "msdnet_digits"
BUILD = Path("build")
RUN = BUILD / "digits"
IMAGES = BUILD / "images"
SEGMENTATION = "msdnet_seg"
SHAPES = BUILD / "shapes"
SHAPE_IMAGES, MASKS = BUILD / "shape-images", BUILD / "masks"
BATCH = 256
TURNS = 9
SHOWN = 4  # easy images, and as many hard ones
EVERY = 10  # epochs that are shown
SEGMENTATION_EPOCHS = 6  # of 30, which would take five minutes
# The budgets, in percent of the MACs of all exits, with the policies that keep them.
POLICIES = {percent: RUN / f"policy-{percent}.json" for percent in (25, 50, 75)}
# What is drawn: the file in build/, what is to be seen, what it is for.
DRAWINGS = (
    (f"{NETWORK}.svg", (), "the network"),
    (f"{NETWORK}_exit3.svg", ("--exit", "3", "--order"), "what exit 3 needs, and in which order it is computed"),
    (f"{NETWORK}.html", (), "a page to explore it: open it in a browser"),
)


def main() -> None:
    os.chdir(Path(__file__).resolve().parents[1])
    # On a network of this size two threads wait for each other more than they compute.
    os.environ["OMP_NUM_THREADS"] = "1"
    torch.set_num_threads(1)
    BUILD.mkdir(exist_ok=True)
    look()
    train(NETWORK, RUN)
    calibrate()
    data = reopened(Run.read(RUN))
    images = write_images(data)
    predict(images)
    msdl_("evaluate", str(RUN), "--report", str(BUILD / "digits.html"))
    print(table(measured(data)))
    print(f"\n{BUILD / 'digits.html'} has the curves: open it in a browser.\n")
    segment()


def look() -> None:
    """Checks, costs and draws the network."""
    msdl_("check", NETWORK)
    msdl_("cost", NETWORK)
    for file, options, shown in DRAWINGS:
        msdl_("draw", NETWORK, *options, "-o", str(BUILD / file), end="")
        print(f"  {shown}")
    print()


def train(network: str, run: Path, *options: str, every: int = EVERY) -> None:
    """Trains a new run; of its epochs it shows every tenth."""
    shutil.rmtree(run, ignore_errors=True)
    arguments = ("train", network, "-o", str(run), *options)
    say(*arguments)
    with subprocess.Popen([sys.executable, "-m", "msdl", *arguments], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            word, _, rest = line.partition(" ")
            if word != "epoch" or int(rest.split()[0]) % every == 0:
                print(line, end="", flush=True)
    leave_on(process.returncode)
    print()


def calibrate() -> None:
    """Finds a policy for each budget; the last one is shown in full."""
    for percent, policy in POLICIES.items():
        arguments = ("calibrate", str(RUN), "--budget-ratio", str(percent / 100), "-o", str(policy))
        msdl_(*arguments, shown=policy == [*POLICIES.values()][-1])


def write_images(data: Dataset) -> list[Path]:
    """Test images as files: those that the first exit is surest of, and those that it is least sure of."""
    shutil.rmtree(IMAGES, ignore_errors=True)
    IMAGES.mkdir()
    known = scores(msdl.load(RUN), data.test, data.preprocessing)
    order = known.logits[0].softmax(-1).amax(-1).argsort(descending=True).tolist()
    paths = []
    for kind, numbers in (("easy", order[:SHOWN]), ("hard", order[-SHOWN:])):
        for number in numbers:
            digit = data.classes[int(labels(data)[number])]
            paths.append(IMAGES / f"{kind}-{digit}-{number}.png")
            data.test.picture(number).save(paths[-1])
    return paths


def predict(images: Sequence[Path]) -> None:
    """Classifies the files with a policy; then the hardest with the generated module alone, exit by exit."""
    print(f"# {IMAGES}: test images, {SHOWN} easy and {SHOWN} hard ones, named by their digits")
    msdl_("predict", str(RUN), str(IMAGES), "--policy", str(POLICIES[50]))
    model = imported(RUN / "network.py").Network()
    model.load_state_dict(load_file(RUN / "weights.safetensors"))
    hardest = images[-1]
    print(f"# {hardest.name} with {RUN / 'network.py'} alone, which needs nothing but torch: an answer an exit")
    with torch.inference_mode():
        image = Run.read(RUN).preprocessing(hardest)
        model.eval()(image)  # the first run of a process also sets torch up
        start = perf_counter()
        for name, logits in zip(model.EXITS, model.exits(image), strict=True):
            sure, digit = logits.softmax(1)[0].max(0)
            seconds = perf_counter() - start
            print(f"{name}  {int(digit)}, {100 * float(sure):5.1f} % sure, after {1000 * seconds:4.1f} ms")
    print()


def imported(path: Path) -> ModuleType:
    """The generated module, imported from its file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measured(data: Dataset) -> list[list[str]]:
    """A row for each budget, and one for every exit: accuracy and MACs on the test images, and the time they take."""
    run, model = Run.read(RUN), msdl.load(RUN)
    images = normalised(data, run.preprocessing)
    policies = {f"{percent} %": Policy.read(path) for percent, path in POLICIES.items()}
    answers = {name: answered(model, images, policy) for name, policy in policies.items()}
    tasks: dict[str, Callable[[], object]] = {
        name: lambda policy=policy: [*classify(model, images, policy, batch_size=BATCH)]  # type: ignore[misc]
        for name, policy in policies.items()
    }
    times = interleaved({"every exit": lambda: everything(model, images), **tasks})
    per_image = {name: 1000 * seconds / len(images) for name, seconds in times.items()}
    whole = per_image.pop("every exit")
    right = float((everything(model, images).argmax(1) == labels(data)).double().mean())
    rows = [
        [name, *judged(run, data, answers[name]), f"{ms:.3f}", f"{whole / ms:.2f}x"] for name, ms in per_image.items()
    ]
    return [*rows, ["every exit", f"{100 * right:.1f} %", amount(run.macs[-1]), f"{whole:.3f}", "1.00x"]]


def labels(data: Dataset) -> Tensor:
    """The classes of the test images, by their numbers."""
    assert data.test.labels is not None
    return data.test.labels


def answered(model: Any, images: Sequence[Tensor], policy: Policy) -> list[Answer]:
    """The answers to images, which can all be read."""
    found = classify(model, images, policy, batch_size=BATCH)
    return [answer for answer in found if isinstance(answer, Answer)]


def normalised(data: Dataset, preprocessing: Preprocessing) -> list[Tensor]:
    return [preprocessing.normalised(data.test[number][0]) for number in range(len(data.test))]


def everything(model: Any, images: Sequence[Tensor]) -> Tensor:
    """The last exit's logits, with all exits computed."""
    with torch.inference_mode():
        return torch.cat([model(batch)[-1] for batch in torch.split(torch.stack(list(images)), BATCH)])


def judged(run: Run, data: Dataset, answers: Sequence[Answer]) -> tuple[str, str]:
    """The accuracy of answers and the mean MACs that were spent on them."""
    pairs = zip(answers, labels(data).tolist(), strict=True)
    accuracy = fmean(answer.index == label for answer, label in pairs)
    return f"{100 * accuracy:.1f} %", amount(round(fmean(run.macs[answer.exit] for answer in answers)))


def segment() -> None:
    """Trains a network whose exits are maps, and writes the masks that its first and its last exit tell."""
    train(SEGMENTATION, SHAPES, "--data", "shapes", "--epochs", str(SEGMENTATION_EPOCHS), every=1)
    data = reopened(Run.read(SHAPES))
    shutil.rmtree(SHAPE_IMAGES, ignore_errors=True)
    SHAPE_IMAGES.mkdir()
    for number in range(SHOWN):
        data.test.picture(number).save(SHAPE_IMAGES / f"{number}.png")
    for exit in ("coarse", "fine"):
        msdl_("predict", str(SHAPES), str(SHAPE_IMAGES), "--exit", exit, "-o", str(MASKS / exit))
    msdl_("evaluate", str(SHAPES), "--report", str(BUILD / "shapes.html"))
    print(f"{BUILD / 'shapes.html'} shows images, masks and what every exit tells: open it in a browser.")


def interleaved(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median seconds of each; they take turns, so that a busy machine slows all of them."""
    laps: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(TURNS):
        for name, task in tasks.items():
            start = perf_counter()
            task()
            laps[name].append(perf_counter() - start)
    return {name: median(times) for name, times in laps.items()}


def table(rows: Sequence[Sequence[str]]) -> str:
    titles = ("budget", "accuracy", "mean MACs", "ms/image", "speed-up")
    lines = [f"{row[0]:<10}" + "".join(f"{cell:>12}" for cell in row[1:]) for row in (titles, *rows)]
    heading = "Budgets on the test images, with images that really stop early (one thread, medians):"
    return "\n".join([heading, "", lines[0], "─" * len(lines[0]), *lines[1:]])


def msdl_(*arguments: str, end: str = "\n", shown: bool = True) -> None:
    """Runs the command line and shows what it was; what it says is shown too, unless it is like what follows."""
    say(*arguments)
    output = None if shown else subprocess.DEVNULL
    leave_on(subprocess.run([sys.executable, "-m", "msdl", *arguments], stdout=output, check=False).returncode)
    print(end=end if shown else "", flush=True)


def say(*arguments: str) -> None:
    print(f"$ msdl {shlex.join(arguments)}", flush=True)


def leave_on(code: int) -> None:
    """Ends the demonstration where a command failed, with its exit code."""
    if code:
        sys.exit(code)


if __name__ == "__main__":
    main()
