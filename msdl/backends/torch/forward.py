"""Steps -> statements: small expressions put into the ones that read them, values given to variables by liveness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from msdl.backends.torch.arithmetic import affine, operand
from msdl.backends.torch.layout import Doc, Infix, call, flat
from msdl.backends.torch.naming import numbered, unreserved
from msdl.backends.torch.steps import Apply, Combine, Cut, Expression, Read, Scaled, Sign, Step, reads

LONGEST_NESTED = 72
DEEPEST_NESTED = 4

HELPERS = {"+": "add", "*": "multiply"}


@dataclass(frozen=True, slots=True)
class Plan:
    """A body: steps in order, what it puts out, and the names its values would like to have, best first."""

    steps: Sequence[Step]
    results: tuple[Expression, ...]
    wishes: Callable[[str], Sequence[str]]
    keeps: Callable[[str], bool]


def nested(plan: Plan) -> Plan:
    """Puts what is read once into the expression that reads it, as long as that stays easy to read."""
    uses = Counter(id for step in plan.steps for id in reads(step.expression))
    uses.update(id for result in plan.results for id in reads(result))
    nest = _Nest(plan, uses)
    for step in plan.steps:
        expression = nest.fill(step.expression)
        if uses[step.value] == 1 and not plan.keeps(step.value):
            nest.pending[step.value] = expression
        else:
            nest.done.append(Step(step.value, expression))
    results = tuple(nest.fill(result) for result in plan.results)
    return Plan(nest.done, results, plan.wishes, plan.keeps)


@dataclass
class _Nest:
    plan: Plan
    uses: Counter[str]
    pending: dict[str, Expression] = field(default_factory=dict)
    done: list[Step] = field(default_factory=list)

    def fill(self, expression: Expression) -> Expression:
        """The expression with what is pending put in; what would make it too long becomes a statement before it."""
        if isinstance(expression, Read):
            return self.pending.pop(expression.value, expression)
        waiting = {id: self.pending.pop(id) for id in reads(expression) if id in self.pending}
        if not waiting:
            return expression
        filled = _filled(expression, waiting)
        if not isinstance(expression, Cut) and self._is_easy(filled):
            return filled
        self.done += [Step(id, inner) for id, inner in waiting.items()]
        return expression

    def _is_easy(self, expression: Expression) -> bool:
        text = flat(shown(expression, lambda id: self.plan.wishes(id)[0]))
        return len(text) <= LONGEST_NESTED and _depth(expression) <= DEEPEST_NESTED


def _filled(expression: Expression, waiting: dict[str, Expression]) -> Expression:
    match expression:
        case Read(value):
            return waiting.get(value, expression)
        case Apply(arguments=arguments):
            return replace(expression, arguments=tuple(_filled(a, waiting) for a in arguments))
        case Combine(sign, operands):
            return Combine(sign, tuple(_filled(o, waiting) for o in operands))
        case Scaled(value):
            return replace(expression, value=_filled(value, waiting))
        case Cut():
            return expression
        case _:
            assert_never(expression)


def _depth(expression: Expression) -> int:
    match expression:
        case Read() | Cut():
            return 0
        case Apply(arguments=inner) | Combine(operands=inner):
            return 1 + max(map(_depth, inner), default=0)
        case Scaled(value):
            return 1 + _depth(value)
        case _:
            assert_never(expression)


def shown(expression: Expression, name: Callable[[str], str]) -> Doc:
    """An expression as Python."""
    match expression:
        case Read(value):
            return name(value)
        case Apply(target, arguments, _, first, options):
            return call(target, *((first,) if first else ()), *(shown(a, name) for a in arguments), *options)
        case Combine(sign, operands):
            return Infix(sign, tuple(_operand(o, sign, name) for o in operands), HELPERS[sign])
        case Scaled(value, scale, shift):
            return affine(_operand(value, "*", name), scale, shift)
        case Cut(value, start, stop, 0):
            return f"{name(value.value)}[:, {start}:{stop}]"
        case Cut(value, start, stop, parts):
            return f"{name(value.value)}.chunk({parts}, 1)[{start // (stop - start)}]"
        case _:
            assert_never(expression)


def _operand(expression: Expression, sign: Sign, name: Callable[[str], str]) -> Doc:
    """A part of a sum or a product, in brackets where it needs some."""
    if isinstance(expression, Scaled):
        return operand(_operand(expression.value, "*", name), expression.scale, expression.shift, sign)
    return shown(expression, name)


@dataclass
class Variables:
    """Which variable holds which value: a variable is used again when its value isn't read any more."""

    wishes: Callable[[str], Sequence[str]]
    last_read: dict[str, int]
    names: dict[str, str] = field(default_factory=dict)
    holds: dict[str, str] = field(default_factory=dict)

    def give(self, value: str, now: int) -> str:
        """A variable for a value made in statement `now`, which may have read the variable's old value."""
        name = next(name for name in self.candidates(value) if self._is_free(name, now))
        self.names[value], self.holds[name] = name, value
        return name

    def parameter(self, value: str) -> str:
        """A variable for a parameter; parameters never share one, whether they are read or not."""
        name = next(name for name in self.candidates(value) if name not in self.holds)
        self.names[value], self.holds[name] = name, value
        return name

    def _is_free(self, name: str, now: int) -> bool:
        return name not in self.holds or self.last_read.get(self.holds[name], -1) <= now

    def candidates(self, value: str) -> Iterator[str]:
        wishes = [unreserved(wish) for wish in self.wishes(value)]
        yield from wishes
        for count in range(2, len(self.holds) + 3):
            yield numbered(wishes[-1], count)


@dataclass(frozen=True, slots=True)
class Body:
    """Parameters, statements (variable, expression) and what is returned, all in variables.

    `vague` are variables, and `is_vague` tells it of the first result, of which Python can't tell that they are
    tensors: a module's call may give anything.
    """

    parameters: tuple[str, ...]
    statements: tuple[tuple[str, Doc], ...]
    results: tuple[Doc, ...]
    vague: frozenset[str]
    is_vague: bool


def body(plan: Plan, parameters: Sequence[str], fixed: dict[str, str] | None = None) -> Body:
    """The body of a forward pass that takes the values `parameters`; `fixed` names some of them."""
    fixed = fixed or {}
    plan = nested(plan)
    last_read = {id: now for now, step in enumerate(plan.steps) for id in reads(step.expression)}
    last_read.update(dict.fromkeys((id for result in plan.results for id in reads(result)), len(plan.steps)))
    variables = Variables(lambda id: (fixed[id],) if id in fixed else plan.wishes(id), last_read)
    taken = tuple(variables.parameter(id) for id in parameters)
    declared = dict.fromkeys(taken, True)
    known = dict(declared)
    statements = []
    for now, step in enumerate(plan.steps):
        is_tensor = _is_tensor(step.expression, lambda id: known[variables.names[id]])
        expression = shown(step.expression, variables.names.__getitem__)
        name = variables.give(step.value, now)
        # As mypy sees it: a variable keeps a parameter's type, else it has its first value's, or what is vaguer.
        known[name] = name in taken or (declared.setdefault(name, is_tensor) and is_tensor)
        statements.append((name, expression))
    results = tuple(shown(result, variables.names.__getitem__) for result in plan.results)
    is_vague = not _is_tensor(plan.results[0], lambda id: known[variables.names[id]])
    vague = frozenset(name for name, is_tensor in known.items() if not is_tensor)
    return Body(taken, tuple(statements), results, vague, is_vague)


def _is_tensor(expression: Expression, known: Callable[[str], bool]) -> bool:
    match expression:
        case Read(value) | Cut(Read(value)):
            return known(value)
        case Apply(is_module=is_module):
            return not is_module
        case Scaled(value):
            return _is_tensor(value, known)
        case Combine(operands=operands):
            return all(_is_tensor(operand, known) for operand in operands)
        case _:
            assert_never(expression)
