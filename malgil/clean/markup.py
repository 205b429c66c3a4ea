"""HTML: tags go, entities become characters, what a browser would not show goes too.

Where text stands is read here, so that offsets are exact; what of it is shown is decided by a parser [1]_, which is
given the tags as they are and a numbered mark in the place of each piece of text.

References
----------
.. [1] selectolax, which wraps Lexbor, a parser by the HTML standard of WHATWG.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from malgil.clean.spans import Replacement, SpanStep

_INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label mark nobr picture q rp rt "
    "ruby s samp select small source span strike strong sub sup svg time tt u var wbr button output meter progress"
)
_BLOCK = (
    "address article aside audio blockquote body br canvas caption center col colgroup dd details dialog div dl dt "
    "embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html iframe li link "
    "main map area menu meta base nav noscript object ol optgroup option p param pre script search section style "
    "summary table tbody td template textarea tfoot th thead title tr track ul video"
)
_IS_BLOCK = {**dict.fromkeys(_INLINE.split(), False), **dict.fromkeys(_BLOCK.split(), True)}
_HIDDEN = ["script", "style", "template", "noframes"]
_MARKUP = re.compile(
    r"""<!--.*?-->|<!\[CDATA\[|\]\]>|<![A-Za-z][^<>]*>|<\?[^<>]*>
    |<(script|style)(?=[\s>/])[^>]*>.*?</\1\s*>
    |</?([A-Za-z][A-Za-z0-9]*(?:[-:][A-Za-z0-9\-:]*)?)(?=[\s/>])(?:[^<>"']|"[^"<]*"|'[^'<]*')*>""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MARKED = re.compile("\ue000([0-9]+)\ue001")


@dataclass(frozen=True, kw_only=True)
class Html(SpanStep):
    """Take HTML away: tags, comments, scripts and styles; ``<br>`` and tags of blocks become a line break.

    Only elements of HTML are tags, so that a film title in angle brackets and ``a < b`` stay.
    """

    hint: ClassVar[str] = r"<[A-Za-z/!?]|&[#A-Za-z]|\]\]>"

    def find(self, text: str) -> Iterable[Replacement]:
        """Find markup.

        Parameters
        ----------
        text : str
            One text.

        Returns
        -------
        list of (int, int, str)
            Spans and what is written there.
        """
        tags = [match for match in _MARKUP.finditer(text) if _is_tag(match)]
        edges = [(0, 0), *(match.span() for match in tags), (len(text), len(text))]
        pieces = [(low, high) for (_, low), (high, _) in pairwise(edges)]
        shown = _shown(text, tags) if tags else {0}
        found: list[Replacement] = []
        for number, (low, high) in enumerate(pieces):
            if number not in shown:
                found += [(low, high, "")] if high > low else []
            else:
                entities = _ENTITY.finditer(text, low, high)
                found += [(match.start(), match.end(), html.unescape(match.group())) for match in entities]
            if number < len(tags):
                found.append((*tags[number].span(), _written(tags[number])))
        return found


def _is_tag(match: re.Match[str]) -> bool:
    name = match.group(2)
    return name is None or name.lower() in _IS_BLOCK or "-" in name or ":" in name


def _written(match: re.Match[str]) -> str:
    return "\n" if match.group(2) and _IS_BLOCK.get(match.group(2).lower(), False) else ""


def _shown(text: str, tags: list[re.Match[str]]) -> set[int]:
    """Numbers of the pieces of text between tags that the parser does not hide."""
    from selectolax.lexbor import LexborHTMLParser

    parts = [f"\ue000{i}\ue001{tag.group()}" for i, tag in enumerate(tags)]
    tree = LexborHTMLParser("".join(parts) + f"\ue000{len(tags)}\ue001")
    tree.strip_tags(_HIDDEN, recursive=True)
    root = tree.root
    seen = root.text(deep=True) if root is not None else ""
    return {int(number) for number in _MARKED.findall(seen)}
