"""Every mistake a spec can hold: the spec, and beside it the exact text msdl has to say about it.

`NAME.msd` is the spec, `NAME.txt` what `render` makes of its diagnostics (`--update-golden` writes it). FOUND says by
hand which diagnostics there are, and at which lines, so that a golden file can't be renewed into something wrong: one
for each cause, all of them in one run, in source order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import msdl
from msdl.compilation import Compilation
from msdl.report import render

HERE = Path(__file__).parent
SPECS = sorted(path.stem for path in HERE.glob("*.msd") if not path.stem.startswith("_"))

# Codes that no lone spec can bring about; test_compilation_errors.py has them.
ELSEWHERE = {
    "MSD101": "the spec can't be found or read: it is a matter of paths",
    "MSD102": "the file holds no text: a pair would have to be binary",
    "MSD103": "the file is larger than 256 KiB",
    "MSD110": "needs the name of a network, as in `spec.msd:other`",
    "MSD206": "needs `--set` with a parameter that the network doesn't have",
    **dict.fromkeys(
        ("MSD701", "MSD702", "MSD703", "MSD704", "MSD705"), "flags of `msdl import`: tests/interop/test_laws.py"
    ),
    "MSD710": "a checkpoint that can't be read: tests/interop/test_checkpoint.py",
    "MSD711": "a checkpoint of another network: tests/interop/test_convert.py",
}

# name: `CODE@line` for every diagnostic, in source order.
FOUND: dict[str, str] = {
    "arguments_of_blocks": "MSD204@4 MSD204@5 MSD203@6 MSD204@7 MSD204@8",
    "arguments_of_functions": "MSD204@3 MSD204@4 MSD203@5 MSD201@6 MSD204@7 MSD201@7",
    "arguments_of_ops": "MSD204@3 MSD204@4 MSD203@5 MSD204@6 MSD204@7 MSD302@8 MSD204@9",
    "blocks_of_unequal_length": "MSD514@6 MSD513@10",
    "brace_never_closed": "MSD104@5",
    "brace_too_many": "MSD104@4",
    "bracket_never_closed": "MSD105@3",
    "bracket_too_many": "MSD104@3",
    "broken_parts_stay_quiet": "MSD201@4",
    "channels_that_do_not_divide": "MSD404@4 MSD404@5 MSD404@6 MSD404@7 MSD404@8",
    "character_that_cannot_stand": "MSD104@3",
    "classifier_block_too_large": "MSD401@1",
    "classifier_on_a_finer_scale": "MSD514@6 MSD521@11",
    "classifier_too_large": "MSD401@10",
    "coarsest_scale_comes_late": "MSD508@3",
    "coarsest_scale_not_live_at_first": "MSD508@3",
    "column_length": "MSD305@4",
    "column_too_short": "MSD305@3",
    "compression_leaves_nothing": "MSD510@10 MSD511@11",
    "defaults": "MSD201@1 MSD203@2 MSD204@6",
    "equations_called_alike": "MSD205@3",
    "equations_said_twice": "MSD205@3 MSD204@4 MSD205@5",
    "exit_beyond_last_layer": "MSD503@10",
    "exit_on_a_scale_that_has_left": "MSD506@12",
    "exit_on_a_scale_that_is_not_there": "MSD302@10",
    "exits_at_no_place": "MSD212@10",
    "exits_at_one_place": "MSD504@11",
    "exits_at_one_place_in_a_list": "MSD504@10",
    "exits_at_one_place_on_the_coarsest_scale": "MSD504@11",
    "exits_out_of_order": "MSD505@10",
    "expectations": "MSD518@5 MSD518@5 MSD518@5 MSD201@6 MSD507@6 MSD104@6",
    "family_misused": "MSD204@4 MSD302@4",
    "features_without_coarse_old_value": "MSD509@8",
    "from_too_many_scales": "MSD516@4",
    "growth_not_divisible": "MSD501@9",
    "import_not_found": "MSD107@1",
    "import_of_another_kind": "MSD107@1 MSD107@2",
    "import_of_itself": "MSD108@1",
    "input_with_another_letter": "MSD104@2",
    "input_without_spaces": "MSD104@2",
    "items_in_repeat": "MSD211@5 MSD211@6",
    "join_said_wrongly": "MSD205@10",
    "keyword_as_a_name": "MSD104@1 MSD104@2 MSD104@6 MSD104@7",
    "keyword_as_a_parameter": "MSD104@1",
    "layer_adds_less_than_its_growth": "MSD514@6 MSD519@6",
    "layers_of_a_vector": "MSD405@3 MSD405@4",
    "maps_joined_by_other_signs": "MSD402@4",
    "maps_that_are_divided": "MSD203@3 MSD203@4",
    "maps_that_cannot_be_concatenated": "MSD403@3",
    "maps_that_cannot_be_subtracted": "MSD402@4",
    "maps_that_do_not_add_up": "MSD402@4 MSD402@5 MSD402@6",
    "maps_and_numbers": "MSD402@3 MSD402@4",
    "maps_that_cannot_be_cropped": "MSD406@5 MSD406@6 MSD406@7 MSD504@8",
    "names_of_sweeps": "MSD208@5 MSD208@6 MSD208@7 MSD205@8 MSD208@9 MSD208@10 MSD208@11 MSD208@12 MSD208@13",
    "sizes_of_vectors": "MSD405@4 MSD405@5 MSD405@6",
    "sum_behind_an_arrow": "MSD104@3",
    "transposed_convolutions_too_large": "MSD303@3",
    "values_of_sweeps_misused": "MSD302@4 MSD302@7 MSD306@8 MSD204@9 MSD202@10 MSD302@13",
    "windows_that_overlap": "MSD407@5",
    "parts_that_all_wait": "MSD406@3 MSD406@3",
    "pools_that_cannot_be_undone": "MSD407@5 MSD204@5 MSD402@6 MSD204@7 MSD402@8",
    "resize_said_wrongly": "MSD204@4 MSD204@5 MSD204@6 MSD302@7 MSD405@8 MSD302@9 MSD401@10 MSD203@11",
    "scale_that_no_sweep_makes": "MSD502@5",
    "sizes_of_maps_that_part": "MSD402@5",
    "sweeps_that_cannot_work": "MSD211@5 MSD201@5 MSD502@6 MSD402@6 MSD205@7 MSD302@7 MSD208@8",
    "mutual_recursion": "MSD209@2",
    "name_for_several_exits": "MSD205@10",
    "names_of_exits": "MSD205@11",
    "names_of_networks": "MSD205@6",
    "nested_too_deeply": "MSD106@1",
    "nested_too_deeply_over_lines": "MSD106@3",
    "no_depth": "MSD210@4",
    "no_exit": "MSD212@1",
    "no_input": "MSD210@1",
    "no_network": "MSD109",
    "no_out": "MSD210@1",
    "no_path": "MSD502@6",
    "no_scale_is_left": "MSD502@6 MSD509@8",
    "no_stage_layer": "MSD210@4",
    "nodes_that_reach_no_exit": "MSD514@6",
    "numbers_divided_by_zero": "MSD304@1 MSD304@2 MSD304@3 MSD301@4 MSD304@5",
    "numbers_out_of_range": "MSD302@3 MSD302@4 MSD302@5 MSD302@6 MSD302@7 MSD302@8",
    "numbers_that_are_not_whole": "MSD301@3 MSD301@4 MSD301@5 MSD301@6 MSD301@7",
    "numbers_too_large": "MSD303@1 MSD303@2 MSD303@3 MSD303@4 MSD303@5",
    "numbers_where_values_belong": "MSD306@3 MSD306@5",
    "on_a_scale_that_is_not_there": "MSD302@6",
    "parameters_said_twice": "MSD205@1",
    "parameters_without_a_value": "MSD207@1",
    "range_too_long": "MSD516@10",
    "recursion_doubles": "MSD517@2",
    "recursion_misses_its_base": "MSD209@1",
    "recursion_without_end": "MSD209@1 MSD209@2 MSD209@3",
    "reduce_beyond_the_last_layer": "MSD503@10",
    "reduce_in_stages": "MSD211@5",
    "reduce_out_of_order": "MSD505@10",
    "reduce_said_twice_out_of_order": "MSD505@11",
    "features_on_a_scale_that_is_meant": "MSD514@5 MSD514@6 MSD509@8",
    "misspelt_statement": "MSD104@3 MSD104@4",
    "pipe_into_a_value": "MSD202@4",
    "reduce_among_stages": "MSD522@6 MSD211@7",
    "reduce_too_often": "MSD302@10",
    "rules_said_twice": "MSD205@4",
    "scale_never_used": "MSD512@3",
    "scope_of_a_file_block": "MSD201@1 MSD201@1",
    # An unknown name close to none that is known may come from the import that is missing.
    "several_mistakes": (
        "MSD107@1 MSD304@2 MSD201@3 MSD301@6 MSD305@8 MSD201@10 MSD201@12 MSD501@14 MSD201@15 MSD503@18 MSD504@19"
    ),
    "several_mistakes_in_one_chain": "MSD404@3 MSD201@3 MSD302@3 MSD302@3 MSD302@3 MSD301@3",
    "several_syntax_errors": "MSD104@2 MSD104@3 MSD104@4 MSD104@6 MSD104@7 MSD104@9 MSD201@10",
    "sizes_out_of_range": "MSD302@2 MSD302@2 MSD302@3",
    "sizes_that_are_not_whole": "MSD301@2 MSD301@3 MSD301@4",
    "square_bracket_never_closed": "MSD105@1",
    "stages_that_are_not_there": "MSD211@10 MSD211@11",
    "stages_that_are_too_many": "MSD302@5 MSD503@6",
    "statement_cut_short": "MSD104@2 MSD104@4 MSD104@6",
    "statement_not_known": "MSD104@4",
    "stride_on_a_value": "MSD203@1 MSD203@5 MSD203@6",
    "string_never_closed": "MSD105@1",
    "syntax_and_other_mistakes": "MSD301@2 MSD105@3 MSD201@4",
    "targets_that_do_not_match": "MSD204@1",
    "things_said_twice": "MSD205@2 MSD205@4 MSD205@6 MSD205@8 MSD205@10 MSD205@12 MSD205@14",
    "too_many_cells": "MSD516@6",
    "too_many_layers": "MSD516@6",
    "too_many_nodes": "MSD517@1",
    "too_many_repeats": "MSD516@4",
    "too_many_scales": "MSD302@3",
    "too_many_stages": "MSD516@3",
    "transition_before_the_first_layer": "MSD503@10",
    "transition_beyond_the_last_layer": "MSD503@10",
    "transition_meets_exit": "MSD514@6 MSD511@11",
    "tuple_where_one_map_belongs": "MSD402@3 MSD402@4",
    "unknown_argument": "MSD203@3 MSD203@3 MSD203@3",
    "unknown_attribute": "MSD201@6",
    "unknown_block": "MSD201@12",
    "unknown_column_place": "MSD302@5 MSD201@6",
    "unknown_flag": "MSD201@3 MSD201@3",
    "unknown_join": "MSD201@9",
    "unknown_op": "MSD201@7 MSD201@8 MSD201@8",
    "value_in_a_chain": "MSD202@1",
    "values_where_numbers_belong": "MSD306@1 MSD306@5 MSD306@6 MSD201@8",
    "vertical_in_layers": "MSD211@6",
    "window_larger_than_the_map": "MSD401@4",
    "windows_too_large_beside_a_value": "MSD401@5 MSD401@6 MSD401@7 MSD401@8",
    "words_with_a_meaning_of_their_own": (
        "MSD208@1 MSD208@3 MSD208@4 MSD208@4 MSD208@4 MSD208@4 MSD208@6 MSD208@8 MSD208@10 MSD208@11"
    ),
}


@pytest.fixture(autouse=True)
def beside_the_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)


def compilation(name: str) -> Compilation:
    return Compilation.of(f"{name}.msd")


@pytest.mark.parametrize("name", SPECS)
def test_text(name: str, golden: Callable[[str, Path], None]) -> None:
    """What is shown, to the letter; a file that was imported is named by its path, here from this folder."""
    text = render(compilation(name).diagnostics, "human").replace(f"{HERE}/", "")
    golden(text, HERE / f"{name}.txt")


@pytest.mark.parametrize("name", SPECS)
def test_found(name: str) -> None:
    """One diagnostic a cause, all in one run, in source order."""
    found = [f"{d.code}@{d.span.line}" if d.span else d.code for d in compilation(name).diagnostics]
    assert found == FOUND[name].split()


@pytest.mark.parametrize("name", SPECS)
def test_form(name: str) -> None:
    """Messages are sentences, places lie in the text, captions and help lines are no sentences of their own."""
    for diagnostic in compilation(name).diagnostics:
        assert re.match(r"[A-Z'`\[0-9]|exit", diagnostic.message), diagnostic.message
        assert diagnostic.message.endswith((".", "?")), diagnostic.message
        assert "  " not in diagnostic.message
        assert not diagnostic.caption.endswith(".")
        assert not re.search(r"\bbut \d[\d.,]*\.$", diagnostic.message), f"no verb: {diagnostic.message}"
        assert not re.search(r"KxK", diagnostic.message), diagnostic.message
        for span in (diagnostic.span, *(label.span for label in diagnostic.labels)):
            if span is not None:
                assert 0 <= span.start <= span.end <= len(span.source.text)


def test_every_spec_is_listed() -> None:
    assert sorted(FOUND) == SPECS


def test_every_text_has_its_spec() -> None:
    assert sorted(path.stem for path in HERE.glob("*.txt")) == SPECS


def test_every_code_has_a_pair() -> None:
    """Every code in msdl's source is shown by a pair here, or has its reason above."""
    package = Path(msdl.__file__).parent
    codes = {code for path in package.rglob("*.py") for code in re.findall(r"MSD[0-9]{3}", path.read_text("utf-8"))}
    shown = {code for path in HERE.glob("*.txt") for code in re.findall(r"MSD[0-9]{3}", path.read_text("utf-8"))}
    assert codes - shown - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) - codes == set()
    assert set(ELSEWHERE) & shown == set()
