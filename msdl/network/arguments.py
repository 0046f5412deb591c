"""The arguments of one use of an op, its flags told from its numbers and its defaults filled in."""

from __future__ import annotations

from dataclasses import dataclass, field

from msdl.diagnostics import Findings, Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import number
from msdl.language.suggest import did_you_mean
from msdl.network import ops
from msdl.network.context import Here


def bind(
    call: ast.Call,
    args: tuple[ast.Argument, ...],
    op: ops.Op,
    kernel: tuple[int, int],
    stride: int,
    here: Here,
    around: ops.Around,
    findings: Findings,
) -> ops.Use:
    """What a use of an op says. Arguments that the op doesn't take go to the findings; then raises NotKnown."""
    if stride != 1 and not op.strided:
        hint = f"`up = {stride}` says how much its map grows" if "up" in op.keywords else ""
        raise mistake("MSD203", f"'{call.name.text}' takes no stride.", call.span, help=hint)
    defaults = _defaults(call.name.text, here)
    if not args and not defaults:
        return ops.Use(op, kernel, stride, {}, frozenset(), (), call.span, around)
    binding = _Binding(op, kernel, here)
    for argument in args:
        binding.attempt(argument, findings)
    binding.here = Here(here.context.of_defaults, here.flow)
    for argument in defaults:
        if binding.lacks(argument):
            binding.attempt(argument, findings)
    if binding.failed:
        raise ops.NotKnown
    flags, extra = frozenset(binding.flags), tuple(binding.extra)
    return ops.Use(op, kernel, stride, binding.numbers, flags, extra, call.span, around)


def _defaults(word: str, here: Here) -> tuple[ast.Argument, ...]:
    """What `default conv3x3(..)`, or `default conv(..)` for every kernel, says of an op."""
    defaults = here.context.defaults
    found = defaults.get(word) or defaults.get(ops.family(word))
    return found.args if found is not None else ()


@dataclass
class _Binding:
    op: ops.Op
    kernel: tuple[int, int]
    here: Here
    failed: bool = False
    numbers: dict[str, ops.Argument] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    extra: list[ops.Argument] = field(default_factory=list)

    @property
    def word(self) -> str:
        return self.op.named(self.kernel)

    def attempt(self, argument: ast.Argument, findings: Findings) -> None:
        try:
            self.add(argument)
        except Mistake as found:
            findings.add(self.here.context.explain(found.diagnostic))
            self.failed = True

    def lacks(self, default: ast.Argument) -> bool:
        """Whether a default argument is not said by the use itself; flags can't be unsaid."""
        match default:
            case ast.Argument(None, ast.Call(ast.Name(word), None)) if word in self.op.flags:
                return True
            case ast.Argument(None):
                return any(name not in self.numbers for name in self.op.positional)
            case ast.Argument(keyword):
                return keyword is None or keyword.text not in self.numbers

    def add(self, argument: ast.Argument) -> None:
        value = argument.value
        match argument:
            # A word that the signature lists as a flag is that flag.
            case ast.Argument(None, ast.Call(ast.Name(word), None)) if word in self.op.flags:
                self.flags.add(word)
                return
            case _:
                pass
        found = ops.Argument(number(value, self.here), value.span)
        name = self._name(argument)
        if name is None:
            self.extra.append(found)
        else:
            self.numbers[name] = found

    def _name(self, argument: ast.Argument) -> str | None:
        """The parameter an argument is for; None for one of any number."""
        op, keyword = self.op, argument.keyword
        if keyword is None:
            free = [name for name in op.positional if name not in self.numbers]
            if not free and not op.open_ended:
                hint = f"its form is {op.form_of(self.kernel)}"
                raise mistake("MSD204", f"'{self.word}' takes no further argument.", argument.span, help=hint)
            return free[0] if free else None
        known = (*op.positional, *op.keywords)
        if keyword.text in op.flags:
            message = f"'{keyword.text}' is a flag of '{self.word}' and takes no value."
            raise mistake("MSD203", message, argument.span, "", f"write it bare: `{keyword.text}`, or leave it out")
        if keyword.text not in known:
            hint = did_you_mean(keyword.text, (*known, *op.flags)) or f"its form is {op.form_of(self.kernel)}"
            message = f"'{self.word}' has no argument '{keyword.text}'."
            raise mistake("MSD203", message, keyword.span, "unknown", hint)
        if keyword.text in self.numbers:
            raise mistake("MSD204", f"'{keyword.text}' is given twice.", argument.span)
        return keyword.text
