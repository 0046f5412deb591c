"""Names of the spec as Python identifiers, and its lines as comments."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

from msdl.backends.origins import escaped, origin
from msdl.source import Span

# What the generated module calls things; nothing else may be called so in it.
OURS = frozenset(
    "self torch nn Tensor Callable Iterable Iterator Mapping OrderedDict State Network Exits FlatLinear Shuffle"
    " add affine cat mean multiply named numbered through unpool initialise EPS NORMS fold".split()
)
RESERVED = OURS | set(dir(builtins)) | set(keyword.kwlist) | set(keyword.softkwlist)
LONGEST_NAME = 40


class Names:
    """Hands out identifiers, each once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {*RESERVED, *taken}

    def new(self, wish: str) -> str:
        """`wish`, or `wish2`, `wish3`, .. where it is taken."""
        name = unreserved(wish)
        count = 1
        while name in self.taken:
            count += 1
            name = numbered(unreserved(wish), count)
        self.taken.add(name)
        return name


def unreserved(wish: str) -> str:
    return f"{wish}_" if wish in RESERVED else wish


def numbered(name: str, count: int) -> str:
    """`h2`; `y2_3` or `Y2Variant3`, since `y23` would be another thing."""
    if not name[-1:].isdigit():
        return f"{name}{count}"
    return f"{name}Variant{count}" if name[:1].isupper() else f"{name}_{count}"


def plain(name: str) -> bool:
    """Whether a name can stand behind `self.`: a leading underscore is mangled or torch's own."""
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")


def snake(text: str) -> str:
    """`dense_layer` for a function or a variable: what isn't a letter or a digit becomes an underscore."""
    words = re.sub(r"[^0-9A-Za-z]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)).strip("_").lower()
    return (words if words[:1].isalpha() else f"part_{words}".rstrip("_"))[:LONGEST_NAME].rstrip("_")


def camel(*texts: str) -> str:
    """`DenseLayer` for a class."""
    name = "".join(word[:1].upper() + word[1:] for text in texts for word in snake(text).split("_"))
    return name[:LONGEST_NAME]


def quoted(text: str) -> str:
    """A string literal, as `ruff format` leaves it."""
    return '"' + escaped(text).replace('"', "\\x22") + '"'


def comments(spans: Iterable[Span], most: int = 3) -> list[str]:
    """The lines that several spans start in, each once."""
    return list(dict.fromkeys(f"# {origin(span)}" for span in spans))[:most]
