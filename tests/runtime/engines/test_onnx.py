"""ONNX Runtime: its threads, and what it can't use."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from msdl.runtime.engines import graphs
from msdl.runtime.engines.onnx import onnx
from msdl.runtime.errors import InputError
from msdl.runtime.manifest import Manifest, sha256
from tests.runtime.engines.networks import exported, network

THREADS = """\
import os
import sys
import onnxruntime
import torch
from msdl.runtime.engines.onnx import onnx, options
from msdl.runtime.errors import InputError
from msdl.runtime.manifest import Manifest

manifest = Manifest.read(sys.argv[1])

def of_ours(number):
    before = len(os.listdir("/proc/self/task"))
    engine = onnx(manifest, number)
    return len(os.listdir("/proc/self/task")) - before

def alone():
    onnxruntime.InferenceSession(manifest.content(manifest.sections[0]))
"""


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    return exported(network(tmp_path), tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param("print(of_ours(3), of_ours(3))", "2 0", id="one pool for all sessions"),
        pytest.param("print(of_ours(1)); alone(); print(of_ours(3))", "0\n2", id="one thread makes no pool"),
        pytest.param("alone(); print(of_ours(3))", "2", id="behind sessions of others"),
        pytest.param(
            "onnxruntime.set_global_thread_pool_sizes(2, 1); print(of_ours(3))", "0", id="the pool of another"
        ),
        pytest.param("torch.set_num_threads(3); print(of_ours(None))", "2", id="as many as torch has"),
    ],
)
def test_threads_are_shared(code: str, said: str, manifest: Manifest) -> None:
    command = [sys.executable, "-c", THREADS + code, str(manifest.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (said, "")


def test_the_number_of_threads_is_chosen_once(manifest: Manifest) -> None:
    code = """
onnx(manifest, 2)
for number in (3, 1):
    try:
        options(number)
    except InputError as error:
        print(error)
"""
    command = [sys.executable, "-c", THREADS + code, str(manifest.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "ONNX Runtime has 2 threads in this process, and can't be given 3.",
        "ONNX Runtime has 2 threads in this process, and can't be given 1.",
    ]


def test_where_no_pool_can_be_made_sessions_have_threads_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in releases that set threads up with the first session."""
    import onnxruntime

    from msdl.runtime.engines.onnx import options

    def refused(intra: int, inter: int) -> None:
        raise RuntimeError("Global threads can only be set before initializing the environment.")

    monkeypatch.setattr(onnxruntime, "set_global_thread_pool_sizes", refused)
    settings = options(2)
    assert (settings.use_per_session_threads, settings.intra_op_num_threads) == (True, 2)
    assert settings.get_session_config_entry("session.force_spinning_stop") == "1"


def test_without_onnxruntime(manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(InputError, match="The engine 'onnx' needs the package 'onnxruntime'") as caught:
        onnx(manifest)
    assert caught.value.help == "`python -m pip install 'msdl[onnx]'` installs it"


@pytest.mark.parametrize("content", [b"", b"no graph", b"cut"])
def test_a_file_that_is_no_graph(content: bytes, manifest: Manifest, capfd: pytest.CaptureFixture[str]) -> None:
    """Its digest is that of the manifest: it was written so."""
    first, second, third = manifest.sections
    if content == b"cut":
        content = manifest.content(second)[:-100]
    manifest.path(second).write_bytes(content)
    changed = replace(manifest, sections=(first, replace(second, sha256=sha256(content)), third))
    with pytest.raises(InputError, match=r"section2' is no graph that ONNX Runtime can use: "):
        onnx(changed)
    assert capfd.readouterr() == ("", "")


def test_a_graph_that_reads_other_tensors_than_the_manifest_says(manifest: Manifest) -> None:
    first, second, third = manifest.sections
    value, *others = second.inputs
    wide = (replace(value, shape=(value.shape[0] + 1, *value.shape[1:])), *others)
    changed = replace(
        manifest,
        sections=(replace(first, outputs=(first.outputs[0], *wide)), replace(second, inputs=wide), third),
    )
    with pytest.raises(InputError, match=r"section1' puts out 'logits' of 3, "):
        onnx(changed)


def test_a_run_that_fails(manifest: Manifest, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: object, binding: object) -> None:
        raise RuntimeError("bad allocation")

    import onnxruntime

    engine = onnx(manifest)
    monkeypatch.setattr(onnxruntime.InferenceSession, "run_with_iobinding", failing)
    with engine.running(), pytest.raises(InputError, match=r"section1' can't be run on 2 images: bad allocation\."):
        engine.sections[0](engine.blank(2))


def test_graphs_are_read_when_they_are_needed(tmp_path: Path) -> None:
    manifest = exported(network(tmp_path), tmp_path, direct=True)
    engine = onnx(manifest)
    assert engine.direct is not None
    manifest.path(manifest.direct[2]).unlink()
    engine.direct(0)
    with pytest.raises(InputError, match="direct3' can't be read: No such file"):
        engine.direct(2)


def test_an_export_without_direct_graphs_has_none(manifest: Manifest) -> None:
    assert graphs.read(manifest).direct is None
    assert onnx(manifest).direct is None
