"""Which channels are installed, the channel object for one account, and who knows what a digest may tell."""

from __future__ import annotations

import atexit
from collections.abc import Iterable
from dataclasses import MISSING, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from django.utils.translation import gettext as _

from pregon.core.http import Http, client
from pregon.delivery.contract import Channel, HttpOptions, Options
from pregon.delivery.errors import Misconfigured, UnknownChannel
from pregon.delivery.values import Item

_channels: dict[str, type[Channel[Any]]] = {}


def register(channel: type[Channel[Any]]) -> None:
    """Make a channel known; each channel's AppConfig calls this once."""
    known = _channels.get(channel.kind)
    if known is not None and known is not channel:
        message = (
            f"Two channels call themselves {channel.kind!r}: {known.__module__} and {channel.__module__}."
        )
        raise ValueError(message)
    _channels[channel.kind] = channel


def kinds() -> list[str]:
    return sorted(_channels)


def channel_class(kind: str) -> type[Channel[Any]]:
    try:
        return _channels[kind]
    except KeyError:
        known = ", ".join(kinds())
        raise UnknownChannel(
            _("El canal «%(kind)s» no está instalado; los que hay son: %(known)s.")
            % {"kind": kind, "known": known}
        ) from None


def shown_by(name: str) -> str | None:
    """The kind of the channel that shows what is looked for under ``/.well-known/``."""
    return next((kind for kind in kinds() if name in _channels[kind].well_known), None)


def label_of(kind: str) -> str:
    """What people call a channel; one that was uninstalled keeps its bare name."""
    return str(_channels[kind].label) if kind in _channels else kind


def options_from(kind: str, values: dict[str, Any]) -> Options:
    """The channel's options out of stored values. Raises ``Misconfigured`` naming what is missing."""
    options_class = channel_class(kind).options_class
    missing = [
        str(field.metadata.get("label", field.name))
        for field in fields(options_class)
        if field.default is MISSING and field.default_factory is MISSING and not values.get(field.name)
    ]
    if missing:
        raise Misconfigured(
            _("A %(channel)s le falta: %(missing)s. Escríbelo en Envíos, Canales.")
            % {"channel": channel_class(kind).label, "missing": ", ".join(missing)}
        )
    known = {field.name: values[field.name] for field in fields(options_class) if field.name in values}
    return options_class(**known)


def build(kind: str, values: dict[str, Any], *, http: Http | None = None) -> Channel[Any]:
    """The channel, ready to send. Raises ``Misconfigured`` while something is missing."""
    options = options_from(kind, values)
    return channel_class(kind)(options, http or door(allow_private=reaches_inside(options)))


def rehearse(kind: str, values: dict[str, Any], *, http: Http | None = None) -> Channel[Any]:
    """The channel for sandbox: options that nobody filled in yet are empty, since nothing will leave."""
    options_class = channel_class(kind).options_class
    blanks = {
        field.name: ""
        for field in fields(options_class)
        if field.default is MISSING and field.default_factory is MISSING
    }
    known = {field.name: values[field.name] for field in fields(options_class) if values.get(field.name)}
    return channel_class(kind)(options_class(**(blanks | known)), http or door(allow_private=False))


def reaches_inside(options: Options) -> bool:
    return isinstance(options, HttpOptions) and options.allow_private


@lru_cache(maxsize=2)
def door(*, allow_private: bool) -> Http:
    """One client for all threads of this process: certificates are read once, and connections are kept."""
    http = client(allow_private=allow_private)
    atexit.register(http.close)
    return http


class Chronicle(Protocol):
    """Tells what a feature published from ``since`` to just before ``until``, if the public may see it at ``at``."""

    def __call__(self, since: datetime, until: datetime, *, at: datetime) -> Iterable[Item]: ...


_chronicles: dict[str, Chronicle] = {}


def chronicle(tell: Chronicle) -> Chronicle:
    """Let digests tell what this function knows; the same function again only takes its own place."""
    _chronicles[f"{tell.__module__}.{getattr(tell, '__qualname__', tell)}"] = tell
    return tell


def items_between(since: datetime, until: datetime, *, at: datetime) -> list[Item]:
    """All that went out in that time and may still be told, the oldest first."""
    told = [item for tell in _chronicles.values() for item in tell(since, until, at=at)]
    return sorted(told, key=lambda item: (item.published_at, item.origin))
