"""Lark's tree -> expressions: one method a grammar rule."""

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
class ExpressionBuilder(Transformer[Token, ast.Document]):
    """Builds the nodes of `syntax/expressions.py`; `source` is what their spans point into."""

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
        return ast.Call(self._name(name), present(args) if written else None, self._span(meta))

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


def present(children: Children) -> tuple[Any, ...]:
    return tuple(child for child in children if child is not None)


def without_ends(children: Children) -> tuple[Any, ...]:
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
