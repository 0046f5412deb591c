"""Lark's tree -> the syntax tree: one method a grammar rule."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lark import Token, Transformer, v_args
from lark.tree import Meta

from msdl.diagnostics import mistake
from msdl.language import syntax as ast
from msdl.source import Source, Span

UNITS = {"K": 10**3, "M": 10**6, "G": 10**9}

Children = list[Any]


@v_args(meta=True)
class Builder(Transformer[Token, ast.Document]):
    """Builds the nodes of `syntax.py`; `source` is what their spans point into."""

    def __init__(self, source: Source) -> None:
        super().__init__(visit_tokens=False)
        self.source = source

    def _span(self, place: Meta | Token) -> Span:
        if isinstance(place, Meta):
            if place.empty:
                return Span(self.source, 0, 0)
            return Span(self.source, place.start_pos, place.end_pos)
        assert place.start_pos is not None and place.end_pos is not None
        return Span(self.source, place.start_pos, place.end_pos)

    def _name(self, token: Token | None) -> Any:
        return None if token is None else ast.Name(str(token), self._span(token))

    # Files

    def start(self, meta: Meta, children: Children) -> ast.Document:
        items = tuple(child for child in children if not isinstance(child, Token))
        return ast.Document(items, Span(self.source, 0, len(self.source.text)))

    def value(self, meta: Meta, children: Children) -> ast.Expression:
        return children[0]  # type: ignore[no-any-return]

    def import_(self, meta: Meta, children: Children) -> ast.Import:
        return ast.Import(str(children[0])[1:-1], self._span(meta))

    def let(self, meta: Meta, children: Children) -> ast.Let:
        return ast.Let(self._name(children[0]), children[1], self._span(meta))

    def default(self, meta: Meta, children: Children) -> ast.Default:
        return ast.Default(self._name(children[0]), _present(children[1:]), self._span(meta))

    def params(self, meta: Meta, children: Children) -> tuple[ast.Parameter, ...]:
        return tuple(children)

    def param(self, meta: Meta, children: Children) -> ast.Parameter:
        return ast.Parameter(self._name(children[0]), children[1], self._span(meta))

    def block(self, meta: Meta, children: Children) -> ast.Block:
        name, params, body = children
        return ast.Block(self._name(name), params or (), body, self._span(meta))

    def equations(self, meta: Meta, children: Children) -> tuple[ast.Equation, ...]:
        return _without_ends(children)

    def equation(self, meta: Meta, children: Children) -> ast.Equation:
        targets = tuple(child for child in children if isinstance(child, ast.Target))
        value, variable, range_ = children[len(targets) :]
        return ast.Equation(targets, value, self._name(variable), range_, self._span(meta))

    def target(self, meta: Meta, children: Children) -> ast.Target:
        return ast.Target(self._name(children[0]), children[1], self._span(meta))

    def network(self, meta: Meta, children: Children) -> ast.Network:
        name, params, *items = children
        return ast.Network(self._name(name), params or (), _without_ends(items), self._span(meta))

    # Statements of a network

    def input(self, meta: Meta, children: Children) -> ast.Image:
        channels, first, rows, second, columns = children
        crosses = (self._name(first), self._name(second))
        for cross in crosses:
            if cross.text != "x":
                raise mistake(
                    "MSD104",
                    f"An input is written `channels x height x width`, but '{cross.text}' stands where 'x' belongs.",
                    cross.span,
                    "expected 'x'",
                    "put spaces around each x: `input 3 x 32 x 32`",
                )
        return ast.Image((channels, rows, columns), crosses, self._span(meta))

    def scales(self, meta: Meta, children: Children) -> ast.Scales:
        return ast.Scales(children[0], children[1] or (), self._span(meta))

    def columns(self, meta: Meta, children: Children) -> tuple[ast.Column, ...]:
        return _without_ends(children)

    def column(self, meta: Meta, children: Children) -> ast.Column:
        return ast.Column(self._name(children[0]), tuple(children[1:]), self._span(meta))

    def stem(self, meta: Meta, children: Children) -> ast.Stem:
        return ast.Stem(children[0], self._span(meta))

    def vertical(self, meta: Meta, children: Children) -> ast.Vertical:
        return ast.Vertical(children[0], self._span(meta))

    def layers(self, meta: Meta, children: Children) -> ast.Layers:
        count, on, growth, *rules = children
        return ast.Layers(count, on, growth, _without_ends(rules), self._span(meta))

    def on(self, meta: Meta, children: Children) -> Any:
        return children[0]

    def history(self, meta: Meta, children: Children) -> ast.Growth:
        kind, amount = children
        return ast.Growth(str(kind), amount, self._span(meta))  # type: ignore[arg-type]

    def horizontal(self, meta: Meta, children: Children) -> ast.Path:
        return ast.Path("horizontal", children[0], self._span(meta))

    def diagonal(self, meta: Meta, children: Children) -> ast.Path:
        return ast.Path("diagonal", children[0], self._span(meta))

    def upward(self, meta: Meta, children: Children) -> ast.Path:
        return ast.Path("up", children[0], self._span(meta))

    def upright(self, meta: Meta, children: Children) -> ast.Path:
        return ast.Path("vertical", children[0], self._span(meta))

    def from_(self, meta: Meta, children: Children) -> ast.From:
        return ast.From(self._name(children[0]), children[1], children[2], self._span(meta))

    def join(self, meta: Meta, children: Children) -> ast.Join:
        return ast.Join(self._name(children[0]), self._span(meta))

    def then(self, meta: Meta, children: Children) -> ast.Then:
        return ast.Then(children[0], self._span(meta))

    def reduce_in(self, meta: Meta, children: Children) -> ast.ReduceIn:
        return ast.ReduceIn(children[0], children[1], self._span(meta))

    def reduce_at(self, meta: Meta, children: Children) -> ast.ReduceAt:
        return ast.ReduceAt(children[0], children[1], self._span(meta))

    def transition(self, meta: Meta, children: Children) -> ast.Transition:
        return ast.Transition(children[0], children[1], self._span(meta))

    def exit(self, meta: Meta, children: Children) -> ast.Exit:
        name, positions, each, scale, chain = children
        return ast.Exit(self._name(name), positions, each is not None, scale, chain, self._span(meta))

    def in_each_stage(self, meta: Meta, children: Children) -> bool:
        return True

    def positions(self, meta: Meta, children: Children) -> tuple[ast.Position, ...]:
        return tuple(children)

    def end(self, meta: Meta, children: Children) -> ast.AtEnd:
        return ast.AtEnd(self._span(meta))

    def stage(self, meta: Meta, children: Children) -> ast.AtStage:
        return ast.AtStage(children[0], self._span(meta))

    def at(self, meta: Meta, children: Children) -> ast.At:
        return ast.At(children[0], self._span(meta))

    def each(self, meta: Meta, children: Children) -> ast.Each:
        return ast.Each(children[0], self._name(children[1]), children[2], self._span(meta))

    def range(self, meta: Meta, children: Children) -> ast.Range:
        return ast.Range(children[0], children[1], children[2], self._span(meta))

    def stages(self, meta: Meta, children: Children) -> ast.Stages:
        growth, *rules = children
        return ast.Stages(growth, _without_ends(rules), self._span(meta))

    def stage_layer(self, meta: Meta, children: Children) -> ast.StageRule:
        return ast.StageRule("layer", children[0], self._span(meta))

    def stage_between(self, meta: Meta, children: Children) -> ast.StageRule:
        return ast.StageRule("between", children[0], self._span(meta))

    def stage_leave(self, meta: Meta, children: Children) -> ast.StageRule:
        return ast.StageRule("leave", children[0], self._span(meta))

    def sweep(self, meta: Meta, children: Children) -> ast.Sweep:
        direction, name, on, *rules = children
        return ast.Sweep(str(direction), self._name(name), on, _without_ends(rules), self._span(meta))  # type: ignore[arg-type]

    def repeat(self, meta: Meta, children: Children) -> ast.Repeat:
        return ast.Repeat(children[0], _without_ends(children[1:]), self._span(meta))

    def expect(self, meta: Meta, children: Children) -> ast.Expect:
        return ast.Expect(tuple(children), self._span(meta))

    def claim(self, meta: Meta, children: Children) -> ast.Claim:
        quantity, exit_, comparison, number = children
        sign = "==" if comparison is None else str(comparison)
        literal = self.number(meta, [number])
        return ast.Claim(self._name(quantity), self._name(exit_), sign, literal, self._span(meta))

    # Expressions

    def number(self, meta: Meta, children: Children) -> ast.Number:
        token = children[0]
        text = str(token)
        digits, unit = (text[:-1], UNITS[text[-1]]) if text[-1] in UNITS else (text, 1)
        try:
            value = Decimal(digits.replace("_", "")) * unit
        except ArithmeticError:  # an exponent of thousands of digits
            raise mistake("MSD303", "This number is beyond 10^15.", self._span(token)) from None
        return ast.Number(value, text, self._span(token))

    def call(self, meta: Meta, children: Children) -> ast.Call:
        name, *args = children
        written = "(" in self.source.text[meta.start_pos : meta.end_pos]
        return ast.Call(self._name(name), _present(args) if written else None, self._span(meta))

    def arg(self, meta: Meta, children: Children) -> ast.Argument:
        keyword = self._name(children[0]) if len(children) == 2 else None
        return ast.Argument(keyword, children[-1], self._span(meta))

    def in_(self, meta: Meta, children: Children) -> ast.Input:
        return ast.Input(self._span(meta))

    def index(self, meta: Meta, children: Children) -> ast.Index:
        return ast.Index(self._name(children[0]), children[1], self._span(meta))

    def parens(self, meta: Meta, children: Children) -> ast.Group:
        return ast.Group(tuple(children), self._span(meta))

    def brackets(self, meta: Meta, children: Children) -> ast.Concat:
        return ast.Concat(tuple(children), self._span(meta))

    def chain(self, meta: Meta, children: Children) -> ast.Chain:
        return ast.Chain(tuple(children), self._span(meta))

    def power(self, meta: Meta, children: Children) -> ast.Power:
        return ast.Power(children[0], children[1], self._span(meta))

    def negative(self, meta: Meta, children: Children) -> ast.Negative:
        return ast.Negative(children[-1], self._span(meta))

    def sum(self, meta: Meta, children: Children) -> ast.Expression:
        if len(children) == 1:
            return children[0]  # type: ignore[no-any-return]
        return ast.Arithmetic(children[0], _pairs(children), self._span(meta))

    def product(self, meta: Meta, children: Children) -> ast.Expression:
        """`a * b / k c d`: each slash binds the factor before it, and the words behind its stride go on the chain."""
        factors: Children = [children[0]]
        signs: list[str] = []
        for sign, factor in _pairs(children):
            if sign != "/":
                signs.append(sign)
                factors.append(factor)
            elif signs and signs[-1] == "%":
                left = ast.Arithmetic(factors[0], tuple(zip(signs, factors[1:], strict=True)), self._span(meta))
                factors, signs = [_slash(left, factor)], []
            else:
                factors[-1] = _slash(factors[-1], factor)
        if not signs:
            return factors[0]  # type: ignore[no-any-return]
        return ast.Arithmetic(factors[0], tuple(zip(signs, factors[1:], strict=True)), self._span(meta))

    def strided(self, meta: Meta, children: Children) -> ast.Expression:
        chain = children[0]
        for factor in children[1:]:
            if not isinstance(factor, Token):
                chain = _slash(chain, factor)
        return chain  # type: ignore[no-any-return]

    def pipe(self, meta: Meta, children: Children) -> ast.Pipe:
        return ast.Pipe(children[0], tuple(children[1:]), self._span(meta))

    def when(self, meta: Meta, children: Children) -> ast.When:
        then, test, otherwise = (child for child in children if not isinstance(child, Token))
        return ast.When(then, test, otherwise, self._span(meta))

    def comparison(self, meta: Meta, children: Children) -> ast.Comparison:
        return ast.Comparison(children[0], _pairs(children), self._span(meta))

    def either(self, meta: Meta, children: Children) -> ast.Test:
        terms = tuple(child for child in children if not isinstance(child, Token))
        return terms[0] if len(terms) == 1 else ast.Logic("or", terms, self._span(meta))

    def both(self, meta: Meta, children: Children) -> ast.Test:
        terms = tuple(child for child in children if not isinstance(child, Token))
        return terms[0] if len(terms) == 1 else ast.Logic("and", terms, self._span(meta))


def _present(children: Children) -> tuple[Any, ...]:
    return tuple(child for child in children if child is not None)


def _without_ends(children: Children) -> tuple[Any, ...]:
    return tuple(child for child in children if not isinstance(child, Token))


def _pairs(children: Children) -> tuple[tuple[str, Any], ...]:
    return tuple((str(sign), operand) for sign, operand in zip(children[1::2], children[2::2], strict=True))


def _slash(left: ast.Expression, right: ast.Expression) -> ast.Expression:
    """`a b / k c` -> the chain `a`, `b` with stride `k`, `c`."""
    before = left.elements if isinstance(left, ast.Chain) else (left,)
    after: tuple[ast.Expression, ...] = ()
    match right:
        case ast.Chain((divisor, *words)):
            after = tuple(words)
        case ast.Power(base, ast.Chain((exponent, *words))):
            divisor, after = ast.Power(base, exponent, base.span.to(exponent.span)), tuple(words)
        case divisor:
            pass
    last = ast.Slash(before[-1], divisor, before[-1].span.to(divisor.span))
    elements = (*before[:-1], last, *after)
    return last if len(elements) == 1 else ast.Chain(elements, left.span.to(right.span))
