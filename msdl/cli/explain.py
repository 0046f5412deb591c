"""`msdl explain`: the page of a diagnostic."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from msdl.cli.options import format_option
from msdl.cli.output import FINE, put
from msdl.cli.values import as_json
from msdl.cli.wording import terminal_width
from msdl.explanations import Page, pages

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

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
@format_option("json")
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
        put(as_json({"pages": [asdict(page) for page in found]}))
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
    if (width := terminal_width()) is None:
        return page.markdown
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    # A terminal may be light or dark: only its own colours, and no background, are sure to be readable.
    console = Console(width=width, theme=Theme({"markdown.code": "cyan"}))
    with console.capture() as shown:
        console.print(Markdown(page.markdown, code_theme="ansi_dark"), width=min(console.width, WIDEST_PAGE))
    return shown.get()
