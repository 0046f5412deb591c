"""SPEC, RUN or EXPORT: a network that runs, or a sentence that says why not."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from msdl.diagnostics import SpecError
from msdl.runtime import opened as module
from msdl.runtime.engines import ENGINES
from msdl.runtime.errors import InputError
from msdl.runtime.manifest import MANIFEST, TIMES, Manifest
from msdl.runtime.opened import engine_of, opened
from msdl.runtime.policy import Policy
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.run import POLICY, RECORD, WEIGHTS
from msdl.runtime.run import SPEC as RUN_SPEC
from msdl.runtime.times import Times, machine
from tests.runtime.engines.networks import exported, network
from tests.runtime.folders import SPEC, run_folder
from tests.training.runs import made

EXITS = ("exit1", "exit2", "exit3")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "small.msd"
    path.write_text(SPEC)
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be written to, but for its policy."""
    return made(tmp_path_factory.mktemp("runs") / "digits")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    folder.mkdir()
    exported(network(tmp_path), folder, direct=True)
    return folder


def edited(folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    data = json.loads((folder / MANIFEST).read_text())
    change(data)
    (folder / MANIFEST).write_text(json.dumps(data))
    return folder


def refusal(*args: Any, **options: Any) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        opened(*args, **options)
    return str(caught.value), caught.value.help


def without(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """As where packages aren't installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(module, "find_spec", lambda name: None if name in packages else find(name))
    for package in packages:
        monkeypatch.setitem(sys.modules, package, None)


# What is opened


def test_a_spec_has_weights_drawn_anew_and_nothing_learned(spec: Path) -> None:
    found = opened(spec, "torch", settings={"classes": 7})
    assert (found.kind, found.network, found.source) == ("spec", "small", str(spec))
    assert (found.preprocessing, found.classes, found.policy, found.times) == (None, None, None, None)
    assert tuple(exit.name for exit in found.exits) == found.engine.exits == EXITS
    assert 0 < found.exits[0].macs < found.exits[2].macs
    images = torch.randn(2, 3, 8, 8)
    again = opened(str(spec), "torch", settings={"classes": 7}).engine
    with found.engine.running():
        one, other = ([*engine.outputs(images)] for engine in (found.engine, again))
    assert all(map(torch.equal, one, other))
    assert one[0].shape == (2, 7)


def test_a_run_has_what_it_learned(run: Path) -> None:
    found = opened(run)
    assert (found.kind, found.network, found.engine.name) == ("run", "tiny", "onnx")
    assert found.preprocessing is not None
    assert found.classes == tuple("0123456789")
    assert found.policy is None
    policy = Policy(found.engine.exits, (0.5, 0.5))
    (run / POLICY).write_text(policy.as_json())
    assert opened(run).policy == policy
    (run / POLICY).write_text(Policy(("other",), ()).as_json())
    assert "is for exits other" in refusal(run)[0]
    (run / POLICY).unlink()


def test_an_export_has_what_its_manifest_says(export: Path) -> None:
    manifest = replace(Manifest.read(export), classes=("cat", "dog", "ship"), policy=Policy(EXITS, (0.5, None)))
    manifest.write()
    found = opened(export)
    assert (found.kind, found.network, found.engine.name) == ("export", "small", "onnx")
    assert (found.exits, found.classes, found.policy) == (manifest.exits, manifest.classes, manifest.policy)


@pytest.mark.parametrize(
    ("missing", "name"),
    [((), "onnx"), (("onnxruntime",), "torch"), (("onnx",), "torch"), (("onnx", "onnxruntime"), "torch")],
)
def test_the_fastest_that_is_installed(
    missing: tuple[str, ...], name: str, spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, *missing)
    assert opened(spec).engine.name == name


@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_that_was_asked_for(name: str, spec: Path) -> None:
    assert opened(spec, name).engine.name == name


@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
def test_programs_of_torch(tmp_path: Path) -> None:
    folder = tmp_path / "pt2"
    folder.mkdir()
    exported(network(tmp_path).alone(1), folder, "pt2")
    assert [opened(folder, name).engine.name for name in (None, "torch", "compiled")] == ["torch", "torch", "compiled"]
    message, help = refusal(folder, "onnx")
    assert message == f"'{folder}' was exported for torch and compiled; 'onnx' can't run it."
    assert help == "`msdl export RUN -o DIR --target onnx` makes what it can run"
    (folder / "section1").write_bytes(b"no program")
    assert "its SHA-256 differs" in refusal(folder)[0]


def test_a_file_that_is_no_program(tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    exported(network(tmp_path).alone(1), folder)
    edited(folder, lambda data: data.update(target="pt2"))
    assert "section1' is no program that torch can use: " in refusal(folder)[0]


def test_threads_are_the_process_s(spec: Path) -> None:
    before = torch.get_num_threads()
    try:
        opened(spec, "torch", threads=2)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert refusal(spec, threads=0)[0] == "Computing takes 1 thread at least, not 0."


# Times


def times(export: Path, **changes: Any) -> Times:
    engine = opened(export).engine
    found = Times("onnx", torch.get_num_threads(), machine(engine.device), (1,), ((1.0,),) * 3, (0.0,) * 3)
    found = replace(found, **changes)
    found.write(export / TIMES)
    return found


def test_times_that_were_measured_here(export: Path) -> None:
    assert opened(export).times is None
    measured = times(export)
    assert opened(export).times == measured


@pytest.mark.parametrize(
    "changes",
    [{"engine": "torch"}, {"threads": 99}, {"machine": "another"}, {"sections": ((1.0,),), "gathers": (0.0,)}],
)
def test_times_of_something_else(changes: dict[str, Any], export: Path) -> None:
    times(export, **changes)
    assert opened(export).times is None


def test_times_that_are_cut_short(export: Path) -> None:
    times(export)
    (export / TIMES).write_text((export / TIMES).read_text()[:-20])
    assert opened(export).times is None


# What can't be opened


def test_names_that_are_none(spec: Path, export: Path) -> None:
    for source in (spec, export):
        assert refusal(source, "tensorrt") == (
            "There is no engine 'tensorrt'.",
            "the engines are onnx, compiled, torch",
        )
        assert refusal(source, device="nowhere")[0].startswith("There is no device 'nowhere' here: ")
    assert refusal(spec, "onnx", device="meta")[0] == "The engine 'onnx' computes on the CPU, not on 'meta'."


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_device_that_is_not_there(spec: Path) -> None:
    assert refusal(spec, device="cuda")[0].startswith("There is no device 'cuda' here: ")


@pytest.mark.parametrize("package", ["onnxruntime", "onnx"])
def test_an_engine_that_is_not_installed(package: str, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("msdl.backends.onnx")]:
        monkeypatch.delitem(sys.modules, name)
    without(monkeypatch, package)
    message, help = refusal(spec, "onnx")
    assert f"'{package}'" in message
    assert help == "`python -m pip install 'msdl[onnx]'` installs it"


def test_an_export_needs_onnxruntime_alone(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "onnx", "onnxscript")
    assert opened(export).engine.name == "onnx"
    without(monkeypatch, "onnxruntime")
    assert refusal(export)[0] == "The engine 'onnx' needs the package 'onnxruntime'."


def test_without_a_compiler(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    assert refusal(spec, "compiled") == (
        "The engine 'compiled' needs a C++ compiler: no-such-compiler is not found.",
        "install no-such-compiler, or name another compiler in CXX",
    )


@pytest.mark.parametrize("engine", [None, *ENGINES])
def test_a_spec_with_errors(engine: str | None, tmp_path: Path) -> None:
    (tmp_path / "bad.msd").write_text("network bad {")
    with pytest.raises(SpecError):
        opened(tmp_path / "bad.msd", engine)


def test_a_spec_that_is_nowhere() -> None:
    for source in ("nosuch", "nul\0", "x" * 300):
        with pytest.raises(SpecError):
            opened(source)


def test_a_folder_of_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(tmp_path)[0] == (
        f"'{tmp_path}' is neither a run, which has a {RECORD}, nor an export, which has a {MANIFEST}."
    )
    (tmp_path / "resnet18").mkdir()
    monkeypatch.chdir(tmp_path)
    assert opened("resnet18", "torch", settings={"size": 32, "classes": 2}).kind == "spec"


def test_settings_are_for_specs(run: Path, export: Path) -> None:
    for source in (run, export):
        assert "only a spec takes others" in refusal(source, settings={"classes": 2})[0]


def test_a_run_that_was_never_trained(tmp_path: Path) -> None:
    folder = made(tmp_path / "run")
    (folder / WEIGHTS).unlink()
    assert "has no weights.safetensors yet" in refusal(folder)[0]
    (folder / RECORD).write_text("{")
    assert f"'{folder / RECORD}' is not JSON" in refusal(folder)[0]


def test_torch_runs_the_module_of_a_run_and_needs_no_spec(tmp_path: Path) -> None:
    run = run_folder(tmp_path / "run")
    images = torch.randn(2, *run.preprocessing.shape)
    wanted = [*opened(run.folder, "torch").engine.outputs(images)]
    run.path(RUN_SPEC).unlink()
    found = opened(run.folder, "torch")
    assert all(map(torch.equal, found.engine.outputs(images), wanted))
    assert (found.kind, found.network, found.exits, found.classes) == ("run", "small", run.exits, run.classes)
    assert f"'{run.path(RUN_SPEC)}' is not there" in refusal(run.folder, "onnx")[0]
    run.path(RUN_SPEC).write_text(SPEC.replace("width 4", "width 8"))
    assert "is not the spec that" in refusal(run.folder, "onnx")[0]


def test_a_policy_that_nobody_asks_for_is_not_read(tmp_path: Path) -> None:
    run = run_folder(tmp_path / "run")
    run.path(POLICY).write_text("{")
    assert f"'{run.path(POLICY)}' is not JSON" in refusal(run.folder, "torch")[0]
    assert opened(run.folder, "torch", policy=False).policy is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data.update(format_version=2), "has format version 2; this msdl reads 1"),
        (lambda data: data.pop("sections"), "it has no 'sections'"),
        (lambda data: data.update(target="tflite"), "its target 'tflite' is none of onnx, pt2"),
        (lambda data: data["exits"].append(data["exits"][0]), "its exits need names of their own"),
        (lambda data: data["sections"].pop(), "its sections are not those of its exits"),
        (lambda data: data["sections"].reverse(), "its sections are not those of its exits"),
        (lambda data: data["direct"].pop(), "its 'direct' graphs are not those of its exits"),
        (lambda data: data["sections"][1]["inputs"].pop(), "doesn't read what the one before it leaves"),
        (lambda data: data["sections"][1].update(file="../section2"), "has to lie in the folder itself"),
        (lambda data: data["sections"][1].update(file="nosuch"), "nosuch' can't be read: No such file"),
        (lambda data: data["sections"][1].update(sha256="0" * 64), "section2' is not the file"),
        (lambda data: data["sections"][1]["outputs"][0].update(dtype="int8"), "a tensor is not of float32"),
        (lambda data: data["sections"][1].update(file=".."), "the file '..' of a section has to lie in the folder"),
        (lambda data: data["sections"][1].update(file=""), "the file '' of a section has to lie in the folder"),
        (lambda data: data["sections"][1].update(file="a\0b"), "can't be read: embedded null byte"),
        (lambda data: data["sections"][1].update(file="x" * 300), "can't be read: File name too long"),
        (lambda data: data["direct"][1]["outputs"].pop(), "'exit2' doesn't lead from the image to its logits"),
        (lambda data: data["direct"][1]["inputs"][0].update(name="pixels"), "doesn't lead from the image"),
        (lambda data: data["input"].update(name="pixels"), "'exit1' doesn't read what the one before it leaves"),
        (lambda data: data["input"].update(shape=[]), "a tensor's first extent is not the 'batch'"),
        (lambda data: data["input"]["shape"].pop(0), "a tensor's first extent is not the 'batch'"),
        (lambda data: data.update(classes=["cat"]), "it names 1 classes, and an exit puts out another number"),
        (
            lambda data: data.update(preprocessing=Preprocessing((3, 8, 10**12), (0.5,) * 3, (0.5,) * 3).as_json()),
            "its 'preprocessing' makes other images than the first section reads",
        ),
    ],
)
def test_a_manifest_that_does_not_hold(change: Callable[[dict[str, Any]], object], said: str, export: Path) -> None:
    assert said in refusal(edited(export, change))[0]


def test_a_manifest_that_is_cut_short(export: Path) -> None:
    (export / MANIFEST).write_text((export / MANIFEST).read_text()[:-50])
    assert f"'{export / MANIFEST}' is not JSON" in refusal(export)[0]


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_files_that_changed(change: Callable[[Path], object], export: Path) -> None:
    change(export / "section3")
    message, help = refusal(export)
    assert f"'{export / 'section3'}'" in message
    assert help == "`msdl export RUN -o DIR` makes one"


def test_an_engine_of_a_network_in_memory(tmp_path: Path) -> None:
    assert engine_of(network(tmp_path)).name == "onnx"
