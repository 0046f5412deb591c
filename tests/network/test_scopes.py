"""What names mean where they stand, and that one mistake doesn't hide or make another."""

from __future__ import annotations

from pathlib import Path

import pytest

from msdl import Compilation
from msdl.network.layers import Conv


def codes(text: str) -> list[str]:
    return [found.code for found in Compilation.of_text(text).diagnostics]


def network(*items: str, before: str = "") -> str:
    return f"{before}\nnetwork n {{\n input 4 x 8 x 8\n" + "\n".join(items) + "\n exit at end: gap linear(2)\n}\n"


def test_a_default_sees_the_file_that_states_it() -> None:
    text = network("stem b(4)", before="let g = 2\ndefault conv(groups = g)\nblock b(g) = conv3x3(8)")
    conv = Compilation.of_text(text).network["stem.0"].layer
    assert isinstance(conv, Conv)
    assert conv.groups == 2


def test_a_default_of_a_network_sees_the_scale_at_hand() -> None:
    text = network(
        "scales 2 { w 2 * s }",
        "default conv(groups = w)",
        "stem conv3x3(8)",
        "vertical conv3x3(8)/2",
        "layers 1 { horizontal bn; diagonal bn maxpool2x2/2; join add }",
    )
    layers = Compilation.of_text(text).network
    groups = [node.layer.groups for node in layers if isinstance(node.layer, Conv)]
    assert groups == [2, 4]


@pytest.mark.parametrize("test", ["0 < s-1 < w[s-1]", "0 < s-1 and s-1 < w[s-1]"])
def test_a_comparison_looks_no_further_than_it_has_to(test: str) -> None:
    text = network("scales 2 { w 4 }", f"stem relu when {test} else bn", "vertical bn", "layers 1 { horizontal bn }")
    assert "MSD302" not in codes(text)


def test_a_mistake_in_one_of_a_family_leaves_the_others() -> None:
    block = "block b { y[1] = rellu; y[i] = in for i in 2..3; out = y[1] + y[2] + y[3] }"
    assert codes(network("stem b", before=block)) == ["MSD201"]


def test_what_an_import_would_declare_is_not_complained_about(tmp_path: Path) -> None:
    spec = tmp_path / "net.msd"
    spec.write_text(network("stem fancy(8) rellu", before='import "gone.msd"'))
    missing, slip = Compilation.of(spec).diagnostics
    assert missing.code == "MSD107"
    assert (slip.code, slip.help) == ("MSD201", "did you mean 'relu'?")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_syntax_errors_are_found_whatever_ends_a_line(end: str) -> None:
    text = "let a = *\nlet b = 1\nlet c = )\n" + network("stem bn")
    assert codes(text.replace("\n", end)) == ["MSD104", "MSD104"]


def test_the_most_layers_that_are_allowed() -> None:
    assert codes(network("stem bn", "layers 20000 { horizontal identity }")) == []
    assert codes(network("stem bn", "layers 20001 { horizontal identity }")) == ["MSD516"]


def test_a_wrong_join_does_not_hide_what_follows() -> None:
    text = network("stem bn", "layers 1 { horizontal bn; join sideways }", "layers 1 { horizontal conv3x3(1.5) }")
    assert codes(text) == ["MSD201", "MSD301"]


def test_the_digest_follows_imported_files_and_not_how_the_network_was_named(tmp_path: Path) -> None:
    spec, blocks = tmp_path / "net.msd", tmp_path / "own.msd"
    spec.write_text(network("stem b", before='import "own.msd"'))
    blocks.write_text("block b = bn")
    before = Compilation.of(spec).digest
    assert before == Compilation.of(f"{spec}:n").digest
    blocks.write_text("block b = relu")
    assert before != Compilation.of(spec).digest


@pytest.mark.parametrize("use", ["f(n - 1, c)", "f(n - k, c)", "f(c = c, n = n - 1)", "f(n - 1/1, c)"])
def test_recursion_that_decreases_by_a_constant(use: str) -> None:
    before = f"let k = 1\nblock f(n, c) = conv3x3(c) when n == 1 else (conv3x3(c) -> {use})"
    compilation = Compilation.of_text(network("stem f(3, 4)", before=before))
    assert compilation.diagnostics == ()
    assert sum(isinstance(node.layer, Conv) for node in compilation.network) == 3


@pytest.mark.parametrize("use", ["f(n, c)", "f(n - c, c)", "f(n + 1, c)", "f(2, c)"])
def test_recursion_that_does_not(use: str) -> None:
    before = f"block f(n, c) = conv3x3(c) when n == 1 else (conv3x3(c) -> {use})"
    assert "MSD209" in codes(network("stem f(3, 4)", before=before))


def test_the_end_of_each_stage() -> None:
    text = network(
        "scales 2 { depth 2, 3 }",
        "stem bn",
        "stages { layer maxpool2x2/stride }",
        "exits at 1, end in each stage: gap linear(2)",
    )
    exits = Compilation.of_text(text.replace("exit at end: gap linear(2)", "")).network.exits
    assert [(exit.layer, exit.scale) for exit in exits] == [(1, 1), (2, 1), (3, 2), (5, 2)]
