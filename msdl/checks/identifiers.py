"""Names that become attributes of the generated module must be free there."""

from __future__ import annotations

import keyword
from collections.abc import Iterator

from msdl.checks.subject import Subject
from msdl.diagnostics import Diagnostic, error
from msdl.language import syntax as ast
from msdl.language.spec import sweep_names
from msdl.source import Span

# The public attributes of torch.nn.Module, ModuleDict and Sequential (a test compares), and those of our module.
TAKEN = frozenset(
    "T_destination add_module append apply bfloat16 buffers call_super_init children clear compile cpu cuda"
    " double dump_patches eval exits extend extra_repr float forward get_buffer get_extra_state get_parameter"
    " get_submodule half insert ipu items keys load_state_dict modules mtia named_buffers named_children named_modules"
    " named_parameters parameters pop register_backward_hook register_buffer register_forward_hook"
    " register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook"
    " register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter"
    " register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule"
    " share_memory state_dict to to_empty train training type update values xpu zero_grad".split()
)


def names_fit_a_module(subject: Subject) -> Iterator[Diagnostic]:
    """Names of exits, sweeps and equations can be attributes of the module: they shadow nothing of torch.nn.Module."""
    for exit in subject.spec.exits:
        if exit.name is not None:
            yield from _fits(exit.name, exit.name.span)
    for name in sweep_names(subject.spec.program):
        yield from _fits(name, name.span)
    for block in {id(d.block): d.block for d in subject.spec.blocks.values()}.values():
        if isinstance(block.body, tuple):
            for equation in block.body:
                for target in equation.targets:
                    yield from _fits(target.name, target.span)


def _fits(name: ast.Name, span: Span) -> Iterator[Diagnostic]:
    if name.text in TAKEN or keyword.iskeyword(name.text) or name.text.startswith("_"):
        reason = "is a word of Python" if keyword.iskeyword(name.text) else "would shadow a part of torch.nn.Module"
        reason = "starts with '_', which torch keeps for itself" if name.text.startswith("_") else reason
        message = f"'{name.text}' can't name a part of the generated module: it {reason}."
        yield error("MSD208", message, span, help=f"take another, such as '{name.text.strip('_')}_'")
