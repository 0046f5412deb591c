"""Groups of commands that import a command when it is called, so that `msdl --help` stays quick."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose commands are the modules of a package.

    `table` says what each command does; its module has its name (`import_` for `import`) and in it `command`, a click
    command that returns the exit code. `noun` is what a command is called here.
    """

    def __init__(self, *args: Any, table: Mapping[str, str], package: str, noun: str = "command", **options: Any):
        super().__init__(*args, **options)
        self.table = table
        self.package = package
        self.noun = noun

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.table]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.table:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name.replace("-", "_")
        command: click.Command = import_module(f"{self.package}.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from msdl.language.suggest import did_you_mean

        if args[0] not in self.table and not args[0].startswith("-") and not ctx.resilient_parsing:
            hint = did_you_mean(args[0], self.table) or f"the {self.noun}s are " + ", ".join(self.table)
            ctx.fail(f"There is no {self.noun} '{args[0]}'; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(f"{self.noun.capitalize()}s"):
            formatter.write_dl([*self.table.items()])
