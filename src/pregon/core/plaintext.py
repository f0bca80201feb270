"""The plain-text part of an e-mail, walked out of the same MJML source the HTML part is made from.

Whoever reads mail in a terminal, on a watch or aloud gets every word and every address of it.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.utils.translation import gettext as _

DEEPEST = 6
RULE = "* * *"
ONLY_HTML = "only-html"

_SILENT = frozenset(
    {"mj-head", "mj-style", "mj-preview", "mj-attributes", "head", "style", "script", "title", "template"}
)
_VOID = frozenset(
    {"br", "hr", "img", "input", "wbr", "col", "area", "source", "link", "meta", "base", "embed", "track"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | frozenset(
    {"p", "div", "table", "tr", "figure", "figcaption", "section", "article", "header", "footer", "main"}
    | {"address", "dl", "dt", "dd", "pre", "center"}
)
_LISTS = frozenset({"ul", "ol"})
_MAY_FOLLOW = frozenset(" \n.,;:!?)]»”’|")
_ADDRESSED = frozenset({"a", "mj-button", "mj-navbar-link", "mj-social-element"})

_space = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_comment = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_declaration = re.compile(r"<[!?][^>]*(?:>|\Z)")
_scheme = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def plain_from_mjml(mjml: str, *, width: int = 72) -> str:
    """Headings, paragraphs, quotes, lists, links, photos and buttons as text; nothing of the decoration.

    An element whose ``css-class`` (or ``class``) names ``only-html`` is left out. Lines are wrapped at
    ``width``, but an address is never broken.
    """
    # Neither comments nor declarations hold text, and html.parser raises on malformed ones.
    source = _declaration.sub(" ", _comment.sub(" ", mjml))
    walker = _Walker(max(width, 1))
    walker.feed(source)
    walker.close()
    return walker.text()


@dataclass(slots=True)
class _Margin:
    """What an open quote, list or item puts in front of its lines."""

    tag: str
    first: str = ""
    rest: str = ""
    count: int = 0


@dataclass(slots=True)
class _Block:
    lines: list[str]
    quotes: int
    in_list: bool


@dataclass(slots=True)
class _Link:
    tag: str
    href: str
    start: int = field(default=0)


class _Walker(HTMLParser):
    def __init__(self, width: int) -> None:
        super().__init__(convert_charrefs=True)
        self.width = width
        self.blocks: list[_Block] = []
        self.inline = ""
        self.margins: list[_Margin] = []
        self.links: list[_Link] = []
        self.address_end = -1
        self.silent = ""
        self.silent_depth = 0

    # --- What the parser meets ---

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.silent:
            self.silent_depth += tag == self.silent and tag not in _VOID
            return
        said = {name: value or "" for name, value in attrs}
        if tag in _SILENT or ONLY_HTML in f"{said.get('css-class', '')} {said.get('class', '')}".split():
            if tag not in _VOID:
                self.silent, self.silent_depth = tag, 1
            return
        self.open(tag, said)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            self.silent_depth -= tag == self.silent
            if not self.silent_depth:
                self.silent = ""
            return
        self.close_tag(tag)

    def handle_data(self, data: str) -> None:
        if not self.silent:
            words = _space.sub(" ", data)
            if len(self.inline) == self.address_end and words[0] not in _MAY_FOLLOW:
                self.inline += " "  # or the address would swallow the next word
            self.inline += words

    # --- What it means ---

    def open(self, tag: str, said: dict[str, str]) -> None:
        if tag == "br":
            self.inline += "\n"
        elif tag in {"img", "mj-image"}:
            self.photo(tag, said)
        elif tag in {"hr", "mj-divider"}:
            self.flush()
            self.inline = RULE
            self.flush()
        elif tag in {"td", "th"}:
            self.inline += " | " if self.inline.strip() else ""
        elif tag == "li":
            self.item()
        elif tag in _LISTS:
            self.flush()
            self.margins.append(_Margin(tag))
        elif tag == "blockquote":
            self.flush()
            self.margin(_Margin(tag, "> ", "> "))
        elif tag in _BLOCKS or tag.startswith("mj-"):
            self.flush()
        if tag in _ADDRESSED:
            self.close_link(tag)  # a link inside a link ends the first one, as in a browser
            self.links.append(_Link(tag, _address(said.get("href", "")), len(self.inline)))

    def close_tag(self, tag: str) -> None:
        if tag in _ADDRESSED:
            self.close_link(tag)
        if tag in _LISTS or tag in {"li", "blockquote"}:
            self.flush()
            self.close_margin(tag)
        elif tag in _HEADINGS:
            self.heading(tag)
        elif tag in _BLOCKS or tag.startswith("mj-"):
            self.flush()

    def photo(self, tag: str, said: dict[str, str]) -> None:
        alt = _space.sub(" ", said.get("alt", "")).strip()
        words = _("[Foto: %(alt)s]") % {"alt": alt} if alt else ""
        href = _address(said.get("href", "")) if tag == "mj-image" else ""
        if tag == "mj-image":
            self.flush()
        self.inline += f"{words}: {href}" if words and href else words or href
        if tag == "mj-image":
            self.flush()

    def item(self) -> None:
        self.flush()
        while self.margins and self.margins[-1].tag == "li":  # </li> may be left out
            self.margins.pop()
        holder = self.margins[-1] if self.margins else None
        mark = "- "
        if holder is not None and holder.tag == "ol":
            holder.count += 1
            mark = f"{holder.count}. "
        self.margin(_Margin("li", mark, " " * len(mark)))

    def heading(self, tag: str) -> None:
        before = len(self.blocks)
        self.flush()
        if tag == "h1" and len(self.blocks) == before + 1 and not self.margins:
            lines = self.blocks[-1].lines
            lines.append("=" * min(max(map(len, lines)), self.width))

    def close_link(self, tag: str) -> None:
        link = next((link for link in reversed(self.links) if link.tag == tag), None)
        if link is None:
            return
        del self.links[self.links.index(link) :]
        if not link.href:
            return
        before, words = self.inline[: link.start], self.inline[link.start :]
        said = words.strip()
        if tag == "mj-button" and said:
            self.inline = f"{before}{said.rstrip(': ')}:\n{link.href}"
        elif not said or _same_place(said, link.href):
            apart = " " if words.startswith(" ") or before[-1:].isalnum() else ""
            self.inline = f"{before}{apart}{link.href}"
        else:
            self.inline = f"{before}{words.rstrip(': ')}: {link.href}"
        self.address_end = len(self.inline)
        if words.endswith(" "):
            self.inline += " "

    # --- Lines and margins ---

    def margin(self, margin: _Margin) -> None:
        """Open a margin; from a certain depth on it no longer takes room from the text."""
        if sum(bool(open_.rest) for open_ in self.margins) >= DEEPEST:
            margin.first = margin.rest = ""
        self.margins.append(margin)

    def close_margin(self, tag: str) -> None:
        at = next((n for n in range(len(self.margins) - 1, -1, -1) if self.margins[n].tag == tag), None)
        if at is not None:
            del self.margins[at:]

    def flush(self) -> None:
        """Close the paragraph under way."""
        paragraph, self.inline, self.address_end = self.inline, "", -1
        for link in self.links:  # a link around several paragraphs ends with the last one
            link.start = 0
        parts = [part.strip() for part in re.sub(" +", " ", paragraph).split("\n")]
        parts = re.sub("\n{3,}", "\n\n", "\n".join(parts)).strip("\n").split("\n")
        if parts == [""]:
            return
        first = "".join(margin.first or margin.rest for margin in self.margins)
        rest = "".join(margin.rest for margin in self.margins)
        for margin in self.margins:
            margin.first = margin.rest
        lines: list[str] = []
        for part in parts:
            lines += self.wrap(part, rest if lines else first, rest)
        self.blocks.append(
            _Block(
                lines,
                quotes=sum(margin.tag == "blockquote" for margin in self.margins),
                in_list=any(margin.tag == "li" for margin in self.margins),
            )
        )

    def wrap(self, words: str, first: str, rest: str) -> list[str]:
        wrapped = textwrap.wrap(
            words,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        return wrapped or [rest.rstrip()]

    def text(self) -> str:
        self.flush()
        out: list[str] = []
        previous: _Block | None = None
        for block in self.blocks:
            if previous is not None and not (previous.in_list and block.in_list):
                out.append(("> " * min(previous.quotes, block.quotes, DEEPEST)).rstrip())
            out += block.lines
            previous = block
        return "\n".join(out) + "\n" if out else ""


def _address(href: str) -> str:
    """The address as it may stand in a line, or "" for one that leads nowhere outside the HTML."""
    href = _space.sub(" ", href).strip()
    scheme = _scheme.match(href)
    if href.startswith("#") or (scheme and scheme[1].lower() not in {"http", "https", "mailto", "tel"}):
        return ""
    if scheme is None:  # a place kept for a value of the reader's own, as {{ leave }}
        return href
    return href.replace(" ", "%20").removeprefix("mailto:").removeprefix("tel:")


def _same_place(words: str, href: str) -> bool:
    def bare(address: str) -> str:
        return re.sub(r"^(https?://)?(www\.)?", "", address.strip().lower()).rstrip("/")

    return bare(words) == bare(href)
