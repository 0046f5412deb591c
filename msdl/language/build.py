"""Lark's tree -> the syntax tree: one method a grammar rule."""

from __future__ import annotations

from typing import Any

from lark import Token, v_args
from lark.tree import Meta

from msdl.diagnostics import mistake
from msdl.language import syntax as ast
from msdl.language.build_expressions import Children, ExpressionBuilder, present, without_ends
from msdl.source import Span


@v_args(meta=True)
class Builder(ExpressionBuilder):
    """Builds a document: its statements here, their expressions in `build_expressions.py`."""

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
        return ast.Default(self._name(children[0]), present(children[1:]), self._span(meta))

    def params(self, meta: Meta, children: Children) -> tuple[ast.Parameter, ...]:
        return tuple(children)

    def param(self, meta: Meta, children: Children) -> ast.Parameter:
        return ast.Parameter(self._name(children[0]), children[1], self._span(meta))

    def block(self, meta: Meta, children: Children) -> ast.Block:
        name, params, body = children
        return ast.Block(self._name(name), params or (), body, self._span(meta))

    def equations(self, meta: Meta, children: Children) -> tuple[ast.Equation, ...]:
        return without_ends(children)

    def equation(self, meta: Meta, children: Children) -> ast.Equation:
        targets = tuple(child for child in children if isinstance(child, ast.Target))
        value, variable, range_ = children[len(targets) :]
        return ast.Equation(targets, value, self._name(variable), range_, self._span(meta))

    def target(self, meta: Meta, children: Children) -> ast.Target:
        return ast.Target(self._name(children[0]), children[1], self._span(meta))

    def network(self, meta: Meta, children: Children) -> ast.Network:
        name, params, *items = children
        return ast.Network(self._name(name), params or (), without_ends(items), self._span(meta))

    # Statements of a network

    def input(self, meta: Meta, children: Children) -> ast.Image:
        channels, first, rows, second, columns = children
        for cross in (self._name(first), self._name(second)):
            if cross.text != "x":
                raise mistake(
                    "MSD104",
                    f"An input is written `channels x height x width`, but '{cross.text}' stands where 'x' belongs.",
                    cross.span,
                    "expected 'x'",
                    "put spaces around each x: `input 3 x 32 x 32`",
                )
        return ast.Image((channels, rows, columns), self._span(meta))

    def scales(self, meta: Meta, children: Children) -> ast.Scales:
        return ast.Scales(children[0], children[1] or (), self._span(meta))

    def columns(self, meta: Meta, children: Children) -> tuple[ast.Column, ...]:
        return without_ends(children)

    def column(self, meta: Meta, children: Children) -> ast.Column:
        return ast.Column(self._name(children[0]), tuple(children[1:]), self._span(meta))

    def stem(self, meta: Meta, children: Children) -> ast.Stem:
        return ast.Stem(children[0], self._span(meta))

    def vertical(self, meta: Meta, children: Children) -> ast.Vertical:
        return ast.Vertical(children[0], self._span(meta))

    def layers(self, meta: Meta, children: Children) -> ast.Layers:
        count, on, growth, *rules = children
        return ast.Layers(count, on, growth, without_ends(rules), self._span(meta))

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
        return ast.Stages(growth, without_ends(rules), self._span(meta))

    def stage_layer(self, meta: Meta, children: Children) -> ast.StageRule:
        return ast.StageRule("layer", children[0], self._span(meta))

    def stage_between(self, meta: Meta, children: Children) -> ast.StageRule:
        return ast.StageRule("between", children[0], self._span(meta))

    def stage_leave(self, meta: Meta, children: Children) -> ast.StageRule:
        return ast.StageRule("leave", children[0], self._span(meta))

    def sweep(self, meta: Meta, children: Children) -> ast.Sweep:
        direction, name, on, *rules = children
        return ast.Sweep(str(direction), self._name(name), on, without_ends(rules), self._span(meta))  # type: ignore[arg-type]

    def repeat(self, meta: Meta, children: Children) -> ast.Repeat:
        return ast.Repeat(children[0], without_ends(children[1:]), self._span(meta))

    def expect(self, meta: Meta, children: Children) -> ast.Expect:
        return ast.Expect(tuple(children), self._span(meta))

    def claim(self, meta: Meta, children: Children) -> ast.Claim:
        quantity, exit_, comparison, number = children
        sign = "==" if comparison is None else str(comparison)
        literal = self.number(meta, [number])
        return ast.Claim(self._name(quantity), self._name(exit_), sign, literal, self._span(meta))
