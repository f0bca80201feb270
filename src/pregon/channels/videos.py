"""The video that goes along, where a network fetches it from its address: its description stands in the words, for no
field holds it there."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from pregon.channels.fitting import GAP, fitted, seen_in
from pregon.delivery.values import Message, Video


def shown(video: Video) -> str:
    """The video, in a preview of plain words."""
    return _("[Video: %(alt)s]") % {"alt": video.alt}


def described(message: Message, video: Video, link: str, *, limit: int) -> str:
    """The words beside the video in at most ``limit``: what it shows stands whole before the link."""
    foot = GAP.join(filter(None, (seen_in(video), link)))
    return fitted(replace(message, video=None), foot, limit=limit)
