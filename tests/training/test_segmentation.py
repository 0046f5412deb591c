"""A class for every pixel: losses, what is ignored, and a network that learns shapes in seconds."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn.functional import cross_entropy

import msdl
from msdl.runtime.errors import InputError
from msdl.runtime.run import Run
from msdl.training import metrics, published
from msdl.training.fit import resume, train
from msdl.training.options import Options
from msdl.training.segmentation import OfPixels
from tests.training.same import assert_same

CLASSES = 3


def objective(**options: object) -> OfPixels:
    return OfPixels(("a", "b"), CLASSES, Options(**options), ((6, 6), (4, 4)))  # type: ignore[arg-type]


@pytest.fixture
def outputs() -> list[torch.Tensor]:
    torch.manual_seed(0)
    return [torch.randn(2, CLASSES, 3, 3, requires_grad=True), torch.randn(2, CLASSES, 4, 4, requires_grad=True)]


@pytest.fixture
def masks() -> torch.Tensor:
    torch.manual_seed(1)
    found = torch.randint(0, CLASSES, (2, 6, 6)).to(torch.uint8)
    found[:, :2] = 255
    return found


def test_a_loss_is_the_mean_over_the_pixels_that_count(outputs: list[torch.Tensor], masks: torch.Tensor) -> None:
    whole, middle = objective().losses(outputs, masks)
    larger = torch.nn.functional.interpolate(outputs[0], (6, 6), mode="bilinear")
    assert whole.item() == pytest.approx(cross_entropy(larger, masks.long(), ignore_index=255).item(), rel=1e-5)
    centre = masks[:, 1:5, 1:5].long()
    assert middle.item() == pytest.approx(cross_entropy(outputs[1], centre, ignore_index=255).item(), rel=1e-5)


def test_smoothed_labels_leave_out_what_is_ignored(outputs: list[torch.Tensor], masks: torch.Tensor) -> None:
    _, middle = objective(label_smoothing=0.2).losses(outputs, masks)
    centre = masks[:, 1:5, 1:5].long()
    expected = cross_entropy(outputs[1], centre, ignore_index=255, label_smoothing=0.2)
    assert middle.item() == pytest.approx(expected.item(), rel=1e-5)


def test_where_no_pixel_counts_nothing_is_lost(outputs: list[torch.Tensor]) -> None:
    losses = objective().losses(outputs, torch.full((2, 6, 6), 255, dtype=torch.uint8))
    losses.sum().backward()
    assert losses.tolist() == [0, 0] and not outputs[0].grad.any()


def test_an_exit_that_says_what_the_last_says_learns_nothing_from_it(masks: torch.Tensor) -> None:
    """Where an exit and the last agree, the lesson is 0, and its own loss counts 1 - w."""
    same = torch.randn(2, CLASSES, 6, 6)
    alike = OfPixels(("a", "b"), CLASSES, Options(distil=0.25), ((6, 6), (6, 6)))
    first, last = alike.losses([same, same], masks)
    assert first.item() == pytest.approx(0.75 * last.item(), rel=1e-5)


def test_what_is_measured_is_of_all_batches(outputs: list[torch.Tensor], masks: torch.Tensor) -> None:
    together, one_by_one = objective(), objective()
    together.validate(outputs, masks)
    for row in range(2):
        one_by_one.validate([each[row : row + 1] for each in outputs], masks[row : row + 1])
    found, again = together.measured(), one_by_one.measured()
    for kind in found:
        assert found[kind] == pytest.approx(again[kind], rel=1e-5)
    together.validate(outputs, masks)
    assert together.measured() == found  # what was asked for is counted no more


def test_a_small_network_learns_shapes(shapes_run: Run) -> None:
    rows = metrics.read(shapes_run)
    assert [*rows[0]] == [
        "epoch", "lr", "train_loss", "exit1_loss", "exit1_accuracy", "exit1_miou", "exit2_loss", "exit2_accuracy",
        "exit2_miou",
    ]  # fmt: skip
    assert metrics.mious(rows[-1])["exit2"] > 0.8
    assert rows[-1]["train_loss"] < rows[0]["train_loss"]


def test_the_run_says_what_its_maps_are_about(shapes_run: Run) -> None:
    run = Run.read(shapes_run.folder)
    assert run.data["maps"] == {"exit1": [16, 16], "exit2": [16, 16]}
    assert run.data["masks"] == {"ignore_index": 255, "column": ""}
    assert run.classes == ("ground", "disc")
    logits = msdl.load(run.folder)(torch.zeros(2, 3, 16, 16))
    assert [each.shape for each in logits] == [(2, 2, 8, 8), (2, 2, 16, 16)]


@pytest.mark.parametrize(
    "chosen",
    [
        {"augment": "scale", "label_smoothing": 0.1, "exit_weights": (0.5, 1.0), "memory_efficient": True},
        {"distil": 0.5, "gradient_equilibrium": True, "precision": "bf16"},
    ],
    ids=str,
)
def test_options_of_training_work_with_maps(chosen: dict[str, object], maps: Path, tmp_path: Path) -> None:
    options = published.options("shapes", maps=True, epochs=1, batch_size=100, **chosen)
    assert len(metrics.read(train(maps, "shapes", tmp_path / "run", options))) == 1


def test_a_run_that_was_stopped_ends_as_one_that_was_not(maps: Path, tmp_path: Path) -> None:
    options = published.options("shapes", maps=True, epochs=2, batch_size=100, augment="scale")
    whole = train(maps, "shapes", tmp_path / "whole", options)

    def stop(row: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(maps, "shapes", tmp_path / "stopped", options, watch=stop)
    assert_same(whole, resume(tmp_path / "stopped"))


ODD = """\
network odd {
  input 3 x 16 x 16
  scales 1 { c 4 }
  stem conv3x3(c)
  layers 2 { horizontal conv3x3(c) relu }
  exit at 1: FIRST
  exit at 2: SECOND
}
"""


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("gap linear(2)", "conv1x1(2)", "'exit1' tells a class for every image, and 'exit2', a map of 2x16x16,"),
        ("conv1x1(3)", "conv1x1(2)", "The exits tell 2, 3 classes apart; they must agree."),
    ],
)
def test_exits_that_do_not_agree_are_refused(first: str, second: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.msd"
    path.write_text(ODD.replace("FIRST", first).replace("SECOND", second))
    with pytest.raises(InputError) as found:
        train(path, "shapes", tmp_path / "run")
    assert says in str(found.value) and not (tmp_path / "run").exists()
