from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from msdl.runtime.errors import InputError
from msdl.runtime.preprocessing import Preprocessing
from msdl.training.scores import Scores, batches, insist_on_usable, scores


class Ramps:
    """Ten images of one pixel, each as bright as its number, of classes that take turns."""

    names = tuple(map(str, range(10)))

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return torch.full((1, 1, 1), index, dtype=torch.uint8), index % 2


class TwoExits(nn.Module):
    """Exit 1 says class 0 of every image; exit 2 says class 1 where a pixel is brighter than 4, unless it trains."""

    EXITS, INPUT = ("exit1", "exit2"), (1, 1, 1)

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Identity()

    def section1(self, image: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        return torch.tensor([[1.0, 0.0]]).expand(len(image), 2), (image,)

    def section2(self, image: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        brighter = (image.flatten(1) * 255 > 4.5).float() * (0 if self.training else 1)
        return torch.cat([1 - brighter, brighter], 1), ()


@pytest.mark.parametrize(("size", "sizes"), [(4, [4, 4, 2]), (10, [10]), (256, [10])])
def test_batches_hold_all_images_in_order(size: int, sizes: list[int]) -> None:
    found = [*batches(Ramps(), size)]
    assert [len(pixels) for pixels, _ in found] == sizes
    assert torch.cat([pixels for pixels, _ in found]).flatten().tolist() == [*range(10)]
    assert torch.cat([labels for _, labels in found]).tolist() == [0, 1] * 5


@pytest.mark.parametrize("size", [3, 256])
def test_scores_are_those_of_every_exit_in_evaluation_mode(size: int) -> None:
    found = scores(TwoExits().train(), Ramps(), Preprocessing((1, 1, 1), (0.0,), (1.0,)), size)
    assert found.logits.shape == (2, 10, 2)
    assert found.logits[1].argmax(-1).tolist() == [0] * 5 + [1] * 5
    assert found.accuracies == (0.5, 0.6)


def test_a_model_is_left_as_it_was() -> None:
    model = TwoExits().train()
    model.inner.eval()
    scores(model, Ramps(), Preprocessing((1, 1, 1), (0.0,), (1.0,)))
    assert [module.training for module in model.modules()] == [True, False]


@pytest.mark.parametrize(
    ("logits", "said"),
    [
        (torch.zeros(2, 0, 3), "There are no validation images to calibrate with."),
        (torch.full((2, 1, 3), torch.nan), "The network puts out infinities or NaN for some validation images."),
    ],
)
def test_scores_that_tell_nothing_are_refused(logits: Tensor, said: str) -> None:
    with pytest.raises(InputError) as found:
        insist_on_usable(Scores(logits, torch.zeros(logits.shape[1], dtype=torch.long)))
    assert str(found.value) == said


def test_right_is_told_by_exit_and_image() -> None:
    logits = torch.tensor([[[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]]])
    assert Scores(logits, torch.tensor([0, 1])).right.tolist() == [[True, False], [False, True]]


def test_halves_share_no_image() -> None:
    scores = Scores(torch.arange(11.0).view(1, 11, 1), torch.arange(11))
    one, other = scores.halves()
    assert sorted([*one.labels.tolist(), *other.labels.tolist()]) == [*range(11)]
    assert (len(one.labels), len(other.labels)) == (6, 5)
    assert torch.equal(one.logits[0, :, 0].long(), one.labels)
    assert one.labels.tolist() != [*range(6)]
