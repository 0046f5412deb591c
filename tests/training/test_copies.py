"""The spec as a run keeps it: what the copies come to is what the originals come to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from msdl.compilation import Compilation
from msdl.training.copies import copies, settings

NETWORK = """\
network net(width = 4) {{
  input 1 x 8 x 8
  stem conv3x3(width) bn relu {blocks}
  exit at end: gap linear(10)
}}
"""
BLOCK = "block {name}(c) = conv3x3(c) bn relu\n"

# Where the spec lies, the files, and the names of the copies.
CASES = {
    "alone": ("net.msd", {"net.msd": NETWORK.format(blocks="")}, ["spec.msd"]),
    "of_the_library": (
        "net.msd",
        {"net.msd": 'import "blocks.msd"\n' + NETWORK.format(blocks="basic(4)")},
        ["spec.msd"],
    ),
    "beside_and_above": (
        "deep/net.msd",
        {
            "deep/net.msd": 'import "a.msd"\nimport "../b.msd"\n' + NETWORK.format(blocks="one(4) two(4)"),
            "deep/a.msd": BLOCK.format(name="one"),
            "b.msd": BLOCK.format(name="two"),
        },
        ["spec.msd", "a.msd", "b.msd"],
    ),
    "of_one_name": (
        "net.msd",
        {
            "net.msd": 'import "x/a.msd"\nimport "y/a.msd"\n' + NETWORK.format(blocks="one(4) two(4)"),
            "x/a.msd": BLOCK.format(name="one"),
            "y/a.msd": 'import "../x/a.msd"\n' + BLOCK.format(name="two"),
        },
        ["spec.msd", "a.msd", "a2.msd"],
    ),
    "with_names_that_are_taken": (
        "net.msd",
        {
            "net.msd": 'import "spec.msd"\nimport "blocks.msd"\n' + NETWORK.format(blocks="one(4) two(4)"),
            "spec.msd": BLOCK.format(name="one"),
            "blocks.msd": BLOCK.format(name="two"),
        },
        ["spec.msd", "spec2.msd", "blocks2.msd"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_copies_make_the_same_network(case: str, tmp_path: Path) -> None:
    spec, texts, names = CASES[case]
    for name, text in texts.items():
        path = tmp_path / "from" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    original = Compilation.of(tmp_path / "from" / spec, width="3*2")
    assert original.valid
    kept = copies(original)
    assert sorted(kept) == sorted(names)
    for name, text in kept.items():
        (tmp_path / name).write_text(text)
    assert settings(original) == {"width": 6}
    copy = replace(Compilation.of(tmp_path / "spec.msd"), settings=settings(original))
    assert copy.costs == original.costs
    assert copy.costs.exits[0].parameters > 0


def test_a_spec_without_foreign_imports_is_kept_as_it_is() -> None:
    original = Compilation.of("msdnet_digits")
    assert original.text is not None
    assert copies(original) == {"spec.msd": original.text.text}
