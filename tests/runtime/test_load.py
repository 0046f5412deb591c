"""`msdl.compile`: a spec becomes a live module."""

from __future__ import annotations

import copy
import inspect
import pickle
import traceback
from pathlib import Path

import pytest
import torch

import msdl

SPEC = """
block wide(c) { main = conv3x3(c, bias)/stride bn relu;  out = main + conv1x1(c)/stride -> relu }
network small(classes = 3) {
  input 3 x 8 x 8
  scales 2 { width 4 * s }
  stem conv3x3(width) bn relu
  vertical conv3x3(width)/2 bn relu
  layers 4 residual { diagonal wide(width)/2;  horizontal wide(width);  join add }
  exits at 2, 4: gap linear(classes)
}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "small.msd"
    path.write_text(SPEC)
    return path


def test_the_module_answers_exit_after_exit(spec: Path) -> None:
    model = msdl.compile(spec, classes=5).eval()
    image = torch.randn(2, 3, 8, 8)
    outputs = model(image)
    assert [tuple(logits.shape) for logits in outputs] == [(2, 5), (2, 5)]
    for anytime, trained in zip(model.exits(image), outputs, strict=True):
        assert torch.equal(anytime, trained)
    assert model.EXITS == ("exit1", "exit2")
    assert (model.INPUT, model.CLASSES) == ((3, 8, 8), 5)


def test_one_exit_alone_takes_the_weights_of_all(spec: Path) -> None:
    everything = msdl.compile(spec).eval()
    alone = msdl.compile(spec, exit=2).eval()
    weights = everything.state_dict()
    alone.load_state_dict({key: weights[key] for key in alone.state_dict()})
    image = torch.randn(1, 3, 8, 8)
    (logits,) = alone(image)
    assert torch.equal(logits, everything(image)[1])


def test_tracebacks_and_inspect_show_the_source(spec: Path) -> None:
    model = msdl.compile(spec)
    assert inspect.getsource(type(model)).startswith("class Network(nn.Module):")
    with pytest.raises(RuntimeError) as raised:
        model(torch.randn(1, 4, 8, 8))
    assert "self.stem(image)" in "".join(traceback.format_exception(raised.value))


def test_modules_of_two_specs_stand_side_by_side(spec: Path) -> None:
    first, second = msdl.compile(spec), msdl.compile(spec, classes=7)
    assert type(first) is not type(second)
    assert (first.CLASSES, second.CLASSES) == (3, 7)


def test_a_module_can_be_copied_and_pickled(spec: Path) -> None:
    model = msdl.compile(spec).eval()
    image = torch.randn(1, 3, 8, 8)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        with torch.no_grad():
            for weight in twin.parameters():
                weight.zero_()
        assert all(not logits.any() for logits in twin.exits(image))
        assert all(logits.any() for logits in model.exits(image))


def test_a_seed_draws_the_weights_again(spec: Path) -> None:
    def drawn(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        return torch.cat([weight.flatten() for weight in msdl.compile(spec).parameters()])

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))


def test_initialisation_is_the_papers(spec: Path) -> None:
    torch.manual_seed(0)
    model = msdl.compile("resnet18", size=32)
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.Conv2d):
            spread = (2 / (module.out_channels * module.kernel_size[0] * module.kernel_size[1])) ** 0.5
            assert module.weight.std().item() == pytest.approx(spread, rel=0.1), name
        if isinstance(module, torch.nn.BatchNorm2d):
            assert module.weight.eq(1).all() and module.bias.eq(0).all()
        if isinstance(module, torch.nn.Linear):
            assert module.bias.eq(0).all()


def test_errors_are_raised_as_one(tmp_path: Path) -> None:
    path = tmp_path / "bad.msd"
    path.write_text(SPEC.replace("wide(width)/2", "wyde(width)/2"))
    with pytest.raises(msdl.SpecError, match="MSD201"):
        msdl.compile(path)
