"""`msdl explain`: the page of a diagnostic."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from msdl.cli.output import FINE, put
from msdl.explanations import Page, pages

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

FORMAT_VERSION = 1
# Prose gets hard to read in longer lines.
WIDEST_PAGE = 100


def complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Codes with their titles, for `MSD5`, `msd5` and `5` alike."""
    from click.shell_completion import CompletionItem

    typed = incomplete.upper()
    found = [page for page in pages().values() if page.code.startswith((typed, f"MSD{typed}"))]
    return [CompletionItem(page.code, help=page.title) for page in found]


@click.command("explain")
@click.argument("code", metavar="[CODE]", required=False, shell_complete=complete_code)
@click.option("--format", type=click.Choice(["human", "json"]), default="human")
def command(code: str | None, format: str) -> int:
    """Explain a diagnostic: what it means, an example, the fix, the reason. Without CODE, list the diagnostics.

    \b
    Examples:
      msdl explain MSD503
      msdl explain 503
      msdl explain
    """
    found = [*pages().values()] if code is None else [_page(code)]
    if format == "json":
        put(json.dumps({"format_version": FORMAT_VERSION, "pages": [asdict(page) for page in found]}, indent=2))
    elif code is None:
        put("\n".join(f"{page.code}  {page.title}" for page in found))
    else:
        put(_shown(found[0]))
    return FINE


def _page(code: str) -> Page:
    """The page of `MSD503`, `msd503` or `503`. Raises UsageError."""
    number = code.strip().upper().removeprefix("MSD")
    if page := pages().get(f"MSD{number}"):
        return page
    from msdl.language.suggest import did_you_mean

    hint = did_you_mean(number, (known[3:] for known in pages())) or "the codes are " + ", ".join(pages())
    raise click.UsageError(f"There is no diagnostic '{code}'; {hint}")


def _shown(page: Page) -> str:
    """Set for a terminal; as it is where it is read by something else."""
    if not sys.stdout.isatty():
        return page.markdown
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    # A terminal may be light or dark: only its own colors, and no background, are sure to be readable.
    console = Console(theme=Theme({"markdown.code": "cyan"}))
    with console.capture() as shown:
        console.print(Markdown(page.markdown, code_theme="ansi_dark"), width=min(console.width, WIDEST_PAGE))
    return shown.get()
