"""`msdl import`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load, load_file

import msdl as package
from msdl.cli.import_ import SOURCES
from msdl.compilation import Compilation
from msdl.interop.msdnet_pytorch import translate
from msdl.interop.msdnet_pytorch.flags import FLAGS
from msdl.interop.msdnet_pytorch.keys import entries
from msdl.interop.torchvision.tables import TABLES
from msdl.version import VERSION
from tests.cli.conftest import Result, complete, loaded
from tests.interop.torchvision.published import state_dict

FLAGS_OF_SMALL = "--nBlocks 2 --base 2 --nChannels 4 --growthRate 4".split()
SMALL = {"nBlocks": 2, "base": 2, "nChannels": 4, "growthRate": 4}
IMPORT = ("import", "msdnet-pytorch", *FLAGS_OF_SMALL)
CONVERT = ("--checkpoint", "model.pth.tar", "--weights", "net.safetensors")


@pytest.fixture
def checkpoint(folder: Path) -> dict[str, Any]:
    """`model.pth.tar`, as the port saves it."""
    torch.manual_seed(0)
    tensors = {f"module.{entry.theirs}": torch.randn(entry.shape) for entry in entries(translate(SMALL))}
    torch.save({"epoch": 3, "arch": "msdnet", "state_dict": tensors, "best_prec1": 93.2}, folder / "model.pth.tar")
    return tensors


def test_alone_it_lists_the_sources(msdl) -> None:
    result = msdl("import")
    assert result.code == 0
    assert all(source in result.out for source in SOURCES)
    assert msdl("import", "--help") == result


def test_help_names_every_flag_and_its_default(msdl) -> None:
    out = msdl("import", "msdnet-pytorch", "--help").out
    assert all(f"--{flag.name} " in out and flag.default in out for flag in FLAGS)
    assert "reads every text behind --bottleneck as True" in " ".join(out.split())


def test_the_spec_goes_to_the_standard_output(msdl) -> None:
    result = msdl(*IMPORT)
    assert (result.code, result.err) == (0, "")
    assert result.out == translate(SMALL).text.text
    assert msdl(*IMPORT, "-o", "-") == result


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["-o", "net.msd"], "net"),
        (["-o", "my-net.msd"], "msdnet_pytorch"),
        (["-o", "scale.msd"], "msdnet_pytorch"),
        (["-o", "net.msd", "--name", "other"], "other"),
    ],
)
def test_names(arguments: list[str], name: str, msdl) -> None:
    result = msdl(*IMPORT, *arguments)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert Compilation.of(arguments[1]).network.name == name


def test_weights_load_into_the_compiled_spec(msdl, checkpoint: dict[str, Any], folder: Path) -> None:
    assert msdl(*IMPORT, *CONVERT, "-o", "net.msd").code == 0
    model = package.compile("net.msd")
    model.load_state_dict(load_file("net.safetensors"), strict=True)
    stem = checkpoint["module.blocks.0.0.layers.0.net.0.weight"]
    assert torch.equal(model.state_dict()["stem.0.weight"], stem)
    with safe_open("net.safetensors", "pt") as file:
        digest = Compilation.of("net.msd").digest
        assert file.metadata() == {"format": "pt", "network": "net", "spec": digest, "msdl": VERSION}


def test_tensors_that_share_memory(msdl, checkpoint: dict[str, Any], folder: Path) -> None:
    """A pickle may hold views, transposed or of one tensor; a file of weights can't."""
    first, second = (f"module.classifier.{number}.linear.weight" for number in (0, 1))
    both = torch.randn(128, 20).t()
    tensors = checkpoint | {first: both[:10], second: both[10:]}
    torch.save(tensors, folder / "model.pth.tar")
    assert msdl(*IMPORT, *CONVERT).code == 0
    assert torch.equal(load_file("net.safetensors")["exits.layer4.7.weight"], both[10:])


def test_a_checkpoint_of_another_network(msdl, checkpoint: dict[str, Any], folder: Path) -> None:
    result = msdl(*IMPORT, "--data", "cifar100", *CONVERT, "-o", "net.msd")
    assert result.code == 1
    assert result.out == ""
    assert result.err == (
        "error[MSD711]: The checkpoint's tensors are not this network's: 4 misshapen.\n"
        " = note: misshapen: classifier.0.linear.weight is 10x128, not 100x128\n"
        "         misshapen: classifier.0.linear.bias is 10, not 100\n"
        "         misshapen: classifier.1.linear.weight is 10x128, not 100x128\n"
        "         misshapen: classifier.1.linear.bias is 10, not 100\n"
        "\n"
        "1 error\n"
    )
    assert sorted(path.name for path in folder.iterdir()) == ["model.pth.tar", "tiny.msd"]


def test_the_ports_trap(msdl, checkpoint: dict[str, Any]) -> None:
    result = msdl(*IMPORT, "--bottleneck", "False", *CONVERT)
    assert result.code == 1
    assert "= help: the checkpoint has bottlenecks, which --bottleneck False leaves out" in result.err


class Code:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("ran",)


def test_code_in_a_checkpoint_is_not_run(msdl, folder: Path) -> None:
    torch.save({"state_dict": {"a": torch.ones(1)}, "args": Code()}, folder / "model.pth.tar")
    result = msdl(*IMPORT, *CONVERT, "-o", "net.msd")
    assert result.code == 1
    assert result.err.startswith("error[MSD710]: 'model.pth.tar' was not read: it asks for ")
    assert sorted(path.name for path in folder.iterdir()) == ["model.pth.tar", "tiny.msd"]


def test_mistakes_in_flags(msdl, folder: Path) -> None:
    result = msdl(*IMPORT, "--growthRate", "5", "--grFactor", "1-1-2", "--image-size", "ten", "-o", "net.msd")
    assert result.code == 1
    assert result.out == ""
    assert "error[MSD704]: --image-size doesn't take 'ten'." in result.err
    assert not (folder / "net.msd").exists()


def test_a_network_beyond_msdl(msdl) -> None:
    """The generated text is shown where it breaks a bound."""
    result = msdl(*IMPORT, "--base", "30000", "-o", "net.msd")
    assert result.code == 1
    assert "error[MSD516]: 30,002 layers x 3 scales = 90,006 cells; a network has at most 20,000." in result.err
    assert "--> net.msd:" in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "keras"], "There is no source 'keras'; the sources are msdnet-pytorch, torchvision"),
        (["import", "msdnet_pytorch"], "did you mean 'msdnet-pytorch'?"),
        ([*IMPORT, "--nblocks", "7"], "No such option"),
        ([*IMPORT, "--checkpoint", "model.pth.tar"], "--checkpoint and --weights belong together"),
        ([*IMPORT, "--weights", "net.safetensors"], "--checkpoint and --weights belong together"),
        ([*IMPORT, "--name", "in"], "'in' can't name a network"),
        ([*IMPORT, "--name", "a {} network b"], "can't name a network"),
        ([*IMPORT, *CONVERT, "-o", "./model.pth.tar"], "one would be lost"),
        ([*IMPORT, "--checkpoint", "a", "--weights", "a"], "one would be lost"),
        ([*IMPORT, "--checkpoint", "nosuch/a", "--weights", "nosuch/../nosuch/a"], "one would be lost"),
        ([*IMPORT, "-o", "nosuch/net.msd"], "can't be written"),
        ([*IMPORT, "-o", "blocks.msd"], "would find 'blocks.msd' first"),
    ],
)
def test_bad_usage(arguments: list[str], words: str, msdl) -> None:
    result = msdl(*arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_torch_is_loaded_for_checkpoints_alone() -> None:
    assert "torch" not in loaded(*IMPORT)
    assert "torch" not in loaded("import", "torchvision", "--help")


def test_choices_are_completed(process) -> None:
    assert complete(process, "msdl import msdnet-pytorch --data cifar") == ["plain,cifar10", "plain,cifar100"]


def test_blocks_beside_the_spec_do_not_change_it(folder: Path, msdl) -> None:
    (folder / "blocks.msd").write_text("block h(c, w) = conv5x5(c)/stride\nblock classifier(c, n) = gap linear(n)\n")
    assert "expect params 432_992, macs 5_609_984" in msdl(*IMPORT).out
    result = msdl(*IMPORT, "-o", "net.msd")
    assert (result.code, result.out) == (2, "")
    assert "would find 'blocks.msd' first" in result.err
    assert not (folder / "net.msd").exists()


# torchvision

SQUEEZENET = ("import", "torchvision", "--checkpoint", "model.pth", "--network", "squeezenet1_1")
TO_WEIGHTS = ("-o", "weights.safetensors")


@pytest.fixture
def squeezenet(folder: Path) -> dict[str, torch.Tensor]:
    """`model.pth`, as torchvision's training scripts save it, for ten classes."""
    tensors = state_dict("squeezenet1_1", classes=10)
    torch.save({"model": tensors, "epoch": 89}, folder / "model.pth")
    return tensors


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_torchvisions_weights_load_into_the_module(msdl, squeezenet: dict[str, torch.Tensor], folder: Path) -> None:
    result = msdl(*SQUEEZENET, "--set", "classes=10", *TO_WEIGHTS)
    assert (result.code, result.out, result.err) == (0, "", "")
    model = package.compile("squeezenet1_1", classes=10)
    model.load_state_dict(load_file("weights.safetensors"), strict=True)
    assert torch.equal(model.state_dict()["exits.end.1.weight"], squeezenet["classifier.1.weight"])
    with safe_open("weights.safetensors", "pt") as file:
        digest = Compilation.of("squeezenet1_1", classes=10).digest
        said = file.metadata()
    pixels = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "crop": 0.875}
    assert json.loads(said.pop("preprocessing")) == pixels
    assert said == {"format": "pt", "network": "squeezenet1_1", "spec": digest, "msdl": VERSION}


def test_a_head_of_another_number_of_classes(msdl, squeezenet: dict[str, torch.Tensor], folder: Path) -> None:
    before = files(folder)
    result = msdl(*SQUEEZENET, *TO_WEIGHTS)
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "error[MSD711]: The checkpoint's tensors are not this network's: 2 misshapen.\n"
        " = note: misshapen: classifier.1.weight is 10x512x1x1, not 1000x512x1x1\n"
        "         misshapen: classifier.1.bias is 10, not 1000\n"
        " = help: the checkpoint has 10 classes, this network 1000: --set classes=10\n"
        "\n"
        "1 error\n"
    )
    assert files(folder) == before


def test_a_checkpoint_of_quite_another_network(msdl, squeezenet: dict[str, torch.Tensor], folder: Path) -> None:
    """Hundreds of tensors differ; the first of them are shown."""
    result = msdl(*SQUEEZENET[:-1], "densenet121", *TO_WEIGHTS)
    assert result.code == 1
    assert "not this network's: 606 missing, 52 unexpected." in result.err
    assert ".. and 595 more missing" in result.err
    assert len(result.err.splitlines()) < 30


def test_auxiliary_classifiers_are_left_out_with_a_note(msdl, folder: Path) -> None:
    torch.save(state_dict("googlenet"), "model.pth")
    result = msdl("import", "torchvision", "--checkpoint", "model.pth", "--network", "googlenet", *TO_WEIGHTS)
    assert (result.code, result.out) == (0, "")
    left, wanted = result.err.splitlines()
    assert left == "Note: left out are the 20 tensors of aux1 and aux2, which no exit of the network reads."
    assert "want pixels as (x - 0.5) / 0.5" in wanted
    package.compile("googlenet").load_state_dict(load_file("weights.safetensors"), strict=True)


def test_an_exit_without_weights(msdl, folder: Path) -> None:
    tensors = state_dict("deeplabv3_resnet50")
    torch.save({key: tensor for key, tensor in tensors.items() if not key.startswith("aux")}, "model.pth")
    command = ("import", "torchvision", "--checkpoint", "model.pth", "--network", "deeplabv3_resnet50", *TO_WEIGHTS)
    assert "= help: the checkpoint has no weights for aux: --exit out does without" in msdl(*command).err
    assert msdl(*command, "--exit", "out").code == 0
    package.compile("deeplabv3_resnet50", exit="out").load_state_dict(load_file("weights.safetensors"), strict=True)


def test_weights_go_to_the_standard_output(squeezenet: dict[str, torch.Tensor], folder: Path) -> None:
    arguments = [sys.executable, "-m", "msdl", *SQUEEZENET, "--set", "classes=10", "-o", "-"]
    done = subprocess.run(arguments, capture_output=True, check=True)
    assert torch.equal(load(done.stdout)["exits.end.1.weight"], squeezenet["classifier.1.weight"])
    assert done.stderr == b""


def test_what_lies_in_the_working_folder_does_not_matter(msdl, squeezenet: dict[str, Any], folder: Path) -> None:
    """The library's networks are meant, and their blocks."""
    for name in ("squeezenet1_1", "squeezenet1_1.msd", "blocks.msd"):
        (folder / name).write_text("no spec")
    assert msdl(*SQUEEZENET, "--set", "classes=10", *TO_WEIGHTS).code == 0


def test_torchvisions_own_names(msdl, folder: Path) -> None:
    torch.save(state_dict("shufflenet_v2"), "model.pth")
    command = ("import", "torchvision", "--checkpoint", "model.pth", "--network", "shufflenet_v2_x1_0", *TO_WEIGHTS)
    assert msdl(*command) == Result(0, "", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (SQUEEZENET, "Missing option '-o'"),
        ([*SQUEEZENET[:-2], *TO_WEIGHTS], "Missing option '--network'"),
        (["import", "torchvision", "--network", "resnet18", *TO_WEIGHTS], "Missing option '--checkpoint'"),
        ([*SQUEEZENET[:-1], "resnet5", *TO_WEIGHTS], "known for 'resnet5'; did you mean 'resnet50'?"),
        ([*SQUEEZENET[:-1], "msdnet_imagenet", *TO_WEIGHTS], "'msdnet_imagenet'; the networks are resnet18, resnet50,"),
        ([*SQUEEZENET, "-o", "./model.pth"], "one would be lost"),
        ([*SQUEEZENET, *TO_WEIGHTS, "--set", "classes"], "doesn't have the form NAME=VALUE"),
        ([*SQUEEZENET, "--set", "classes=10", "-o", "nosuch/weights.safetensors"], "can't be written"),
    ],
)
def test_bad_usage_of_torchvision(arguments: list[str], words: str, msdl, squeezenet: dict[str, Any]) -> None:
    result = msdl(*arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "clases=10"], "'clases'"),
        (["--exit", "aux"], "'aux'"),
        (["--checkpoint", "nosuch.pth"], "error[MSD710]: 'nosuch.pth' can't be read: No such file or directory."),
    ],
)
def test_mistakes_with_torchvision(arguments: list[str], words: str, msdl, squeezenet: dict[str, Any]) -> None:
    result = msdl(*SQUEEZENET, *TO_WEIGHTS, *arguments)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error[")
    assert words in result.err


def test_torchvisions_networks_are_completed(process) -> None:
    found = complete(process, "msdl import torchvision --network ")
    assert found == [f"plain,{name}" for name in TABLES]
