"""Every word of a spec is known: ops, blocks and names, in branches that no parameter takes as well.

Scope is lexical (LANGUAGE, section 5): a block of a file sees its parameters, `in`, `channels`, `stride` and what its
file declares; one declared in a network sees the network's names too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from msdl.diagnostics import Diagnostic, Label, error
from msdl.language import syntax as ast
from msdl.language.numbers import FUNCTIONS
from msdl.language.spec import Definition, NetworkSpec, sweep_names
from msdl.language.suggest import did_you_mean
from msdl.network import ops
from msdl.network.chains import unknown_word
from msdl.network.joins import VALUE_FUNCTIONS
from msdl.network.pieces import children, walk
from msdl.source import Span

EVERYWHERE = frozenset({"channels", "share", "compress", *FUNCTIONS, *VALUE_FUNCTIONS})
OF_A_BLOCK = frozenset({"channels", "stride", "share", "compress", "out"})
OF_A_NETWORK = frozenset({"s", "l", "i", "stride"})


def check_names(spec: NetworkSpec) -> Iterator[Diagnostic]:
    """The unknown words of a network and of the blocks it can see, and blocks that use themselves without end."""
    network = Scope(
        frozenset(spec.blocks),
        frozenset({*spec.numbers, *spec.scales.columns, *OF_A_NETWORK, *spec.sweeps}),
    )
    yield from _sweeps(spec)
    for item in spec.statement.items:
        if not isinstance(item, ast.Block):
            yield from unknown_words(item, network)
    for definition in spec.blocks.values():
        yield from _block(definition, network)
    of_the_file = Scope(frozenset(spec.file.blocks), frozenset(spec.file.lets))
    for default in spec.file.defaults.values():
        yield from unknown_words(default, of_the_file)


def _sweeps(spec: NetworkSpec) -> Iterator[Diagnostic]:
    """In a chain the name of a sweep would hide what it is called after."""
    for name in sweep_names(spec.program):
        if ops.find(name.text) is not None or name.text in EVERYWHERE:
            what = "a function" if name.text in EVERYWHERE else "an op"
            yield error("MSD208", f"'{name.text}' is {what} and can't name a sweep.", name.span)


@dataclass(frozen=True, slots=True)
class Scope:
    """The words a place knows besides the ops: blocks, and names of values and numbers."""

    blocks: frozenset[str]
    names: frozenset[str]

    def knows(self, word: str) -> bool:
        return word in self.names or word in self.blocks or word in EVERYWHERE or ops.find(word) is not None

    def with_names(self, names: Iterable[str]) -> Scope:
        return replace(self, names=self.names | frozenset(names))


def _block(definition: Definition, network: Scope) -> Iterator[Diagnostic]:
    block, file = definition.block, definition.file
    seen = network if definition.local else Scope(frozenset(file.blocks), frozenset(file.lets))
    seen = seen.with_names(["stride", *(parameter.name.text for parameter in block.params)])
    yield from _parameters(block.params)
    for parameter in block.params:
        if parameter.default is not None:
            yield from unknown_words(parameter.default, seen)
    if isinstance(block.body, tuple):
        seen = seen.with_names(block.targets)
        for equation in block.body:
            yield from unknown_words(equation, seen)
    else:
        yield from unknown_words(block.body, seen)
    yield from _recursion(block)


def _parameters(params: tuple[ast.Parameter, ...]) -> Iterator[Diagnostic]:
    names: dict[str, Span] = {}
    for parameter in params:
        name = parameter.name
        if name.text in OF_A_BLOCK:
            message = f"'{name.text}' has a meaning of its own in a block and can't name a parameter."
            yield error("MSD208", message, name.span)
        if names.setdefault(name.text, name.span) != name.span:
            label = Label(names[name.text], "first declared here")
            message = f"'{name.text}' is declared twice."
            yield error("MSD205", message, name.span, "again here", "", label)


def unknown_words(node: object, scope: Scope) -> Iterator[Diagnostic]:
    """Walks a piece of syntax; what it binds itself (`for n in`, `from j`) is known inside it."""
    match node:
        case ast.Each(variable=variable) | ast.From(variable=variable):
            scope = scope.with_names([variable.text])
        case ast.Equation(variable=ast.Name(text)):
            scope = scope.with_names([text])
        case ast.Call(name, args):
            yield from _call(name, args or (), scope)
            return
        case ast.Default(op, args):
            yield from _default(op, args, scope)
            return
        case ast.Index(name, index):
            if name.text not in scope.names:
                yield _unknown(name.text, name.span, scope)
            yield from unknown_words(index, scope)
            return
        case _:
            pass
    for child in children(node):
        yield from unknown_words(child, scope)


def _call(name: ast.Name, args: tuple[ast.Argument, ...], scope: Scope) -> Iterator[Diagnostic]:
    if not scope.knows(name.text):
        yield _unknown(name.text, name.span, scope)
    found = ops.find(name.text)
    yield from _arguments(args, found[0].flags if found and name.text not in scope.names else (), scope)


def _default(op: ast.Name, args: tuple[ast.Argument, ...], scope: Scope) -> Iterator[Diagnostic]:
    """`default conv(bias)` means every kernel, `default conv3x3(bias)` that one."""
    found = ops.find(op.text) or ops.find(f"{op.text}1x1")
    if found is None:
        message = f"There is no op '{op.text}'."
        hint = did_you_mean(op.text, [*map(ops.family, ops.names()), *ops.names()])
        yield error("MSD201", message, op.span, "unknown", hint)
        return
    yield from _arguments(args, found[0].flags, scope)
    positional = [arg for arg in args if arg.keyword is None and arg.span.text not in found[0].flags]
    for further in positional[len(found[0].positional) :]:
        message = f"'{op.text}' takes no further argument."
        yield error("MSD204", message, further.span)


def _arguments(args: tuple[ast.Argument, ...], flags: tuple[str, ...], scope: Scope) -> Iterator[Diagnostic]:
    for argument in args:
        value = argument.value
        if isinstance(value, ast.Call) and value.args is None and value.name.text in flags:
            continue
        if isinstance(value, ast.Call) and not scope.knows(value.name.text):
            yield _unknown(value.name.text, value.name.span, scope.with_names(flags))
        else:
            yield from unknown_words(value, scope)


def _unknown(word: str, span: Span, scope: Scope) -> Diagnostic:
    return unknown_word(word, span, [*scope.names, *scope.blocks, *EVERYWHERE])


# Recursion


def _recursion(block: ast.Block) -> Iterator[Diagnostic]:
    """A block may use itself with a first argument that is its first parameter less a constant, behind a `when`."""
    for call in _uses(block):
        if not _decreases(call, block):
            first = block.params[0].name.text if block.params else "n"
            yield error(
                "MSD209",
                f"Block '{block.name.text}' uses itself, but its first parameter doesn't decrease by a constant.",
                call.span,
                f"expected `{block.name.text}({first} - 1, ..)`",
            )
        elif not any(isinstance(node, ast.When) for node in walk(block.body)):
            yield error(
                "MSD209",
                f"Block '{block.name.text}' uses itself without a `when` that ends it.",
                call.span,
                help=f"write `.. when {block.params[0].name.text} == 1 else ..`",
            )


def _uses(block: ast.Block) -> Iterator[ast.Call]:
    """Where a block uses itself; a parameter or an equation of its name hides it."""
    name = block.name.text
    if name in block.targets or name in (parameter.name.text for parameter in block.params):
        return iter(())
    return (found for found in walk(block.body) if isinstance(found, ast.Call) and found.name.text == name)


def _decreases(call: ast.Call, block: ast.Block) -> bool:
    """Whether the first parameter's argument is that parameter less something that is the same at every use."""
    if not block.params:
        return False
    names = {parameter.name.text for parameter in block.params} | {"channels", "stride"}
    first = block.params[0].name.text
    for argument in call.args or ():
        if argument.keyword is None or argument.keyword.text == first:
            match argument.value:
                case ast.Arithmetic(ast.Call(ast.Name(name), None), (("-", step),)) if name == first:
                    return not names & {found.name.text for found in walk(step) if isinstance(found, ast.Call)}
                case _:
                    return False
    return False
