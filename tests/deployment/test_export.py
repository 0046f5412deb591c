"""A network as a folder that runs without msdl."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnxruntime
import pytest
import torch
from torch import Tensor

from msdl.deployment.export import export
from msdl.diagnostics import SpecError
from msdl.runtime.engines.onnx import options
from msdl.runtime.errors import InputError
from msdl.runtime.manifest import MANIFEST, Manifest
from msdl.runtime.opened import opened
from msdl.runtime.policy import Policy
from msdl.runtime.run import POLICY, SPLITS
from msdl.runtime.trained import Trained, trained
from msdl.training.calibration import budget_policy
from msdl.training.data import reopened
from msdl.training.scores import scores
from tests.deployment import networks
from tests.deployment.networks import BUDGET, RISK, maps, with_policy
from tests.runtime.folders import run_of_maps

IMAGES = torch.randn(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))


def by_the_manifest(folder: Path, images: Tensor) -> list[Tensor]:
    """The logits of all exits, from what the manifest says alone."""
    said = json.loads((folder / MANIFEST).read_text())
    values = {said["input"]["name"]: images.numpy()}
    logits = []
    for section in said["sections"]:
        session = onnxruntime.InferenceSession((folder / section["file"]).read_bytes(), options())
        read = {value["name"]: values[value["name"]] for value in section["inputs"]}
        names = [value["name"] for value in section["outputs"]]
        values = dict(zip(names, session.run(names, read), strict=True))
        logits.append(torch.from_numpy(values["logits"]))
    return logits


def broken(trained: Trained) -> Trained:
    """Its module has other weights than its folded network."""
    _ = trained.folded
    with torch.no_grad():
        for weight in trained.model.parameters():
            weight.add_(0.01)
    return trained


def test_the_manifest_tells_all_that_it_takes_to_run(trained_once: Trained, tmp_path: Path) -> None:
    export(trained_once, tmp_path / "out")
    for found, wanted in zip(by_the_manifest(tmp_path / "out", IMAGES), trained_once.model(IMAGES), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-4)


def test_what_is_written_is_what_is_returned(trained_once: Trained, tmp_path: Path) -> None:
    manifest = export(trained_once, tmp_path / "out", direct=True)
    assert Manifest.read(tmp_path / "out") == manifest
    run = trained_once.run
    assert run is not None
    assert (manifest.exits, manifest.classes, manifest.preprocessing) == (run.exits, run.classes, run.preprocessing)
    assert {*manifest.versions} == {"msdl", "torch", "onnx", "onnxruntime", "opset"}
    named = {part.file for part in (*manifest.sections, *manifest.direct)}
    assert {path.name for path in (tmp_path / "out").iterdir()} == {MANIFEST, *named}


def test_a_run_gives_the_same_bytes_every_time(trained_once: Trained, tmp_path: Path) -> None:
    one, other = (export(trained_once, tmp_path / name, direct=True) for name in ("one", "other"))
    assert replace(one, folder=other.folder) == other


@pytest.mark.parametrize("target", ["onnx", "pt2"])
def test_direct_graphs_lie_beside_the_sections(target: str, trained_once: Trained, tmp_path: Path) -> None:
    export(trained_once, tmp_path / "out", target=target, direct=True)
    engine = opened(tmp_path / "out").engine
    assert engine.direct is not None
    with engine.running():
        found = [engine.direct(exit)(IMAGES) for exit in range(3)]
    for logits, wanted in zip(found, trained_once.model(IMAGES), strict=True):
        torch.testing.assert_close(logits, wanted, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("target", ["onnx", "pt2"])
@pytest.mark.parametrize("exit", [2, "exit2"])
def test_one_exit_is_one_graph(target: str, exit: int | str, trained_once: Trained, tmp_path: Path) -> None:
    manifest = export(trained_once, tmp_path / "out", target=target, exit=exit)
    (part,) = manifest.sections
    assert part.file == f"exit2.{target}" and len(part.outputs) == 1
    costs = trained_once.compilation.costs.exits
    assert [(exit.name, exit.macs) for exit in manifest.exits] == [("exit2", costs[1].macs.direct)]
    (found,) = opened(tmp_path / "out").engine.outputs(IMAGES)
    torch.testing.assert_close(found, trained_once.model(IMAGES)[1], rtol=1e-5, atol=1e-4)


def test_a_runs_policy_is_found_again_from_what_the_graphs_say(run: Trained, tmp_path: Path) -> None:
    assert run.run is not None
    given = with_policy(run.run, BUDGET)
    manifest = export(run, tmp_path / "out")
    validation = reopened(run.run).validation
    engine = opened(tmp_path / "out").engine
    said = scores(engine, validation, run.run.preprocessing)
    wanted = budget_policy(said, given.exits, run.run.macs, BUDGET["budget"])
    assert manifest.policy is not None and manifest.policy.thresholds == pytest.approx(wanted.thresholds, abs=1e-6)
    assert manifest.policy.about["validation"] == wanted.about["validation"]
    assert manifest.verified["images"] == "validation"
    assert manifest.verified["decisions"] == manifest.verified["count"] == 400
    assert manifest.verified["recalibrated"]
    assert Policy.read(run.run.path(POLICY)) == given


@pytest.mark.parametrize(
    ("asked", "policy", "kept"), [(BUDGET, False, None), (None, True, False), (RISK, True, True), (BUDGET, True, True)]
)
def test_a_policy_is_left_out_kept_or_found_again(
    asked: dict[str, float] | None, policy: bool, kept: bool | None, run: Trained, tmp_path: Path
) -> None:
    assert run.run is not None
    given = with_policy(run.run, asked)
    manifest = export(run, tmp_path / "out", policy=policy)
    assert manifest.verified.get("recalibrated") is kept
    assert (manifest.policy is None) == (kept is None)
    assert (manifest.policy == given) == (kept is False)


def test_another_policy_than_the_runs_own(run: Trained, tmp_path: Path) -> None:
    assert run.run is not None
    with_policy(run.run, RISK)
    manifest = export(
        run, tmp_path / "out", policy=Policy(("exit1", "exit2"), (0.5,), about={"asked": {"budget": 2e4}})
    )
    assert manifest.policy is not None and manifest.policy.exits == ("exit1", "exit2")
    assert manifest.policy.about["asked"] == {"budget": 2e4}


def test_exits_may_put_out_maps(tmp_path: Path) -> None:
    network = maps(tmp_path)
    manifest = export(network, tmp_path / "out", direct=True)
    assert [part.outputs[0].shape for part in manifest.sections] == [(3, 4, 4), (3, 4, 4)]
    assert manifest.verified["images"] == "random"
    assert (manifest.classes, manifest.preprocessing, manifest.policy) == (None, None, None)
    # The strided convolutions leave 4 x 4 of 8 x 8 pixels, each of which stands for two.
    assert manifest.maps == Manifest.read(tmp_path / "out").maps == {"exit1": (8, 8), "exit2": (8, 8)}
    images = torch.randn(2, 3, 8, 8)
    for found, wanted in zip(by_the_manifest(tmp_path / "out", images), network.model(images), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-5, atol=1e-4)


def test_maps_have_no_policy(tmp_path: Path) -> None:
    run = run_of_maps(tmp_path / "run")
    run.path(POLICY).write_text(Policy.to_the_last(tuple(exit.name for exit in run.exits)).as_json())
    with pytest.raises(InputError, match=r"'exit1' puts out a map, 3x8x8, and early exit needs a class") as raised:
        export(trained(run.folder), tmp_path / "out")
    assert raised.value.help == "--no-policy leaves the policy out"
    manifest = export(trained(run.folder), tmp_path / "out", policy=False, exit=2)
    assert manifest.maps is not None and set(manifest.maps) == {"exit2"}


def test_classifiers_have_no_maps(trained_once: Trained, tmp_path: Path) -> None:
    assert export(trained_once, tmp_path / "out").maps is None


@pytest.mark.parametrize(
    ("maps", "said"),
    [
        ({"exit1": [8, 8]}, "it has no 'exit2'"),
        ({"exit1": [8, 8], "exit2": [9, 8]}, "the map of 'exit2' covers is no part of the image"),
    ],
)
def test_views_in_a_manifest_are_checked(maps: dict[str, list[int]], said: str, tmp_path: Path) -> None:
    export(networks.maps(tmp_path), tmp_path / "out")
    path = tmp_path / "out" / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | {"maps": maps}))
    with pytest.raises(InputError, match=said):
        Manifest.read(tmp_path / "out")


def test_a_manifest_of_classes_has_no_maps(trained_once: Trained, tmp_path: Path) -> None:
    export(trained_once, tmp_path / "out")
    path = tmp_path / "out" / MANIFEST
    views = {f"exit{number}": [8, 8] for number in (1, 2, 3)}
    path.write_text(json.dumps(json.loads(path.read_text()) | {"maps": views}))
    with pytest.raises(InputError, match="not every exit puts out one"):
        Manifest.read(tmp_path / "out")


@pytest.mark.parametrize("target", ["onnx", "pt2"])
def test_graphs_that_are_not_the_module_are_refused_and_nothing_is_left(
    target: str, run: Trained, tmp_path: Path
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="logits differ"):
        export(broken(run), tmp_path / "out", target=target)
    assert sorted(tmp_path.rglob("*")) == before


def test_images_that_are_gone_are_missed_by_a_policy_alone(run: Trained, tmp_path: Path) -> None:
    assert run.run is not None
    with_policy(run.run, BUDGET)
    run.run.path(SPLITS).unlink()
    with pytest.raises(InputError, match="The policy can't be calibrated on the export") as raised:
        export(run, tmp_path / "out")
    assert "--no-policy" in raised.value.help
    assert export(run, tmp_path / "out", policy=False).verified["images"] == "random"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"target": "tflite"}, "There is no target 'tflite'; there is onnx and pt2."),
        ({"exit": 1, "direct": True}, "The network of one exit is direct already."),
        ({"exit": 1, "policy": Policy(("exit1",), ())}, "The network of one exit has no policy"),
        ({"policy": Policy(("a", "b"), (0.5,))}, "The policy is for exits a, b; the network has exit1, exit2, exit3."),
        ({"data": "imagefolder:nowhere"}, "nowhere"),
    ],
)
def test_what_makes_no_sense_is_said(how: dict[str, Any], said: str, trained_once: Trained, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        export(trained_once, tmp_path / "out", **how)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("how", [{"policy": Policy(("exit1", "exit2"), (0.5,))}, {"data": "digits"}])
def test_a_spec_has_neither_images_nor_a_policy(how: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="A spec has neither images nor a policy"):
        export(maps(tmp_path), tmp_path / "out", **how)


def test_an_exit_that_the_network_lacks(trained_once: Trained, tmp_path: Path) -> None:
    with pytest.raises(SpecError):
        export(trained_once, tmp_path / "out", exit="exit9")
    assert not (tmp_path / "out").exists()


def disk_is_full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_said_and_nothing_is_left(
    trained_once: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("msdl.files.write", disk_is_full)
    with pytest.raises(InputError, match="out' can't be written: No space left on device"):
        export(trained_once, tmp_path / "out")
    assert not [*tmp_path.iterdir()]


WITHOUT = """
import sys
from pathlib import Path
for name in ("datasets", "kornia", "lightning", "matplotlib", "scipy", "sklearn", "torchmetrics"):
    sys.modules[name] = None
from msdl.deployment.export import export
from msdl.runtime.trained import trained
print(export(trained(sys.argv[1]), Path(sys.argv[2])).verified["flips"])
"""


def test_a_spec_is_exported_without_what_training_needs(tmp_path: Path) -> None:
    maps(tmp_path)
    command = [sys.executable, "-c", WITHOUT, str(tmp_path / "maps.msd"), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("0\n", "", 0)


@pytest.mark.parametrize(("package", "blocked"), [("onnx", "onnx"), ("sklearn", "sklearn")])
def test_a_package_that_is_missing_is_said_with_its_line(
    package: str, blocked: str, run: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run.run is not None
    with_policy(run.run, BUDGET)
    for name in [name for name in sys.modules if name.startswith(("msdl.backends.onnx", f"{blocked}."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, blocked, None)
    with pytest.raises(InputError, match=package) as raised:
        export(run, tmp_path / "out")
    assert "python -m pip install" in raised.value.help or package == "sklearn"
    assert not (tmp_path / "out").exists()
