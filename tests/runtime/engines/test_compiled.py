"""torch.compile where it fails, and CUDA graphs where there is a GPU."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from msdl.runtime import toolchain
from msdl.runtime.engines import eager
from msdl.runtime.engines.captured import Captured
from msdl.runtime.engines.compiled import compiled
from msdl.runtime.errors import InputError
from tests.runtime.engines.networks import network
from tests.runtime.folders import small

COMPILER = """\
#!/bin/sh
[ "$1" = --version ] && exec g++ --version
echo "no space left" >&2
exit 1
"""


@pytest.mark.skipif(toolchain.lacking() is not None, reason="needs a C++ compiler")
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: path.write_text(COMPILER), r"CppCompileError: C\+\+ compile error\.$"),
        (lambda path: path.write_text("#!/bin/sh\nexit 1\n"), "InvalidCxxCompiler: No working C\\+\\+ compiler found"),
    ],
)
def test_a_compiler_that_fails(
    make: Callable[[Path], object], reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = tmp_path / "compiler"
    make(compiler)
    compiler.chmod(0o755)
    engine = compiled(network(tmp_path).alone(1))
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "cache"))
    said = rf"^torch\.compile can't make code of a section: {reason}"
    failing = torch._inductor.config.patch("cpp.cxx", (str(compiler),))
    with engine.running(), failing, pytest.raises(InputError, match=said) as caught:
        engine.sections[0](engine.blank(2))
    assert caught.value.help == "`msdl doctor` says which compiler is used; the engine 'torch' needs none"


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_what_is_captured_says_the_same_whatever_came_before(tmp_path: Path) -> None:
    model = small(tmp_path).cuda()
    engine = eager(model)
    sections = [Captured(section) for section in engine.sections]
    with engine.running():
        for seed, count in enumerate((3, 1, 17, 3, 1, 17)):
            state: tuple[Tensor, ...] = (torch.randn(count, *engine.shape, device="cuda", dtype=engine.dtype),)
            expected = [*engine.outputs(state[0])]
            for section, wanted in zip(sections, expected, strict=True):
                logits, state = section(*state)
                torch.testing.assert_close(logits, wanted, rtol=1e-4, atol=1e-4)
            assert [len(section.recordings) for section in sections] == [min(seed + 1, 3)] * 3
