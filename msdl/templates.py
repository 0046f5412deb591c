"""Jinja2, set up for the templates of a package, and what pages that allow one style and one script need."""

from __future__ import annotations

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined


def environment(package: str, *, html: bool) -> Environment:
    """For the templates in a package's folder `templates`; with `html`, what is filled in is escaped."""
    return Environment(
        loader=PackageLoader(package),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=html,
    )


def part(templates: Environment, name: str) -> str:
    """A file beside the templates, as it is: in CSS and JavaScript braces mean something else than to Jinja."""
    assert templates.loader is not None
    return templates.loader.get_source(templates, name)[0]


def policy_hash(text: str) -> str:
    """What a content security policy calls a style or a script by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
