"""The documentation as a site, built by `make site`."""

from __future__ import annotations

from pathlib import PurePath

from docutils.nodes import document
from pygments.lexers.special import TextLexer
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

from msdl.language.highlight import DARK, LIGHT
from msdl.version import VERSION

project = html_title = "msdl"
release = VERSION
extensions = ["myst_parser"]
exclude_patterns = ["README.md"]  # for those who read the folder itself; the site has index.md
suppress_warnings = ["misc.highlighting_failure"]  # some examples are no specs, on purpose

myst_heading_anchors = 4
highlight_language = "text"
html_theme = "furo"
html_show_copyright = html_copy_source = False
pygments_style, pygments_dark_style = LIGHT, DARK

# The pages that stand for folders, and for files outside this folder.
PAGES = {
    "CHANGELOG": "changelog",
    "CONTRIBUTING": "contributing",
    "decisions": "decisions/index",
    "editors": "editors",
    "specs": "library",
}


def redirect(app: Sphinx, page: document) -> None:
    """Leads links between files of the repository to the pages of the site."""
    for link in page.findall(pending_xref):
        path = PurePath(link["reftarget"]).with_suffix("")
        target = PAGES.get(path.parent.name, "index") if path.name == "README" else PAGES.get(path.name)
        if link["reftype"] == "myst" and target is not None:
            link["refdomain"], link["reftarget"], link["reftargetid"] = "doc", target, link.get("reftargetid")


def setup(app: Sphinx) -> None:
    app.add_lexer("graph", TextLexer)
    app.connect("doctree-read", redirect)
