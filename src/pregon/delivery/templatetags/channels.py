"""What a channel's package brings along for the desk: its icon, drawn into the page itself so that it takes the colour
of the words beside it, and the colours in which a message is seen there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
@cache
def channel_icon(kind: str) -> SafeString:
    """The drawing that the channel's package brings along; "" of one that is no longer installed."""
    path = finders.find(f"channels/{kind}/icon.svg")
    if not isinstance(path, str):
        return SafeString()
    return mark_safe(Path(path).read_text(encoding="utf-8"))  # noqa: S308 - from an installed package, as its code


@register.simple_tag
def channel_sheet(kind: str) -> SafeString:
    """The link to its colours, of a channel that has some."""
    sheet = f"channels/{kind}/seen.css"
    if not finders.find(sheet):
        return SafeString()
    return format_html('<link rel="stylesheet" href="{}">', static(sheet))
