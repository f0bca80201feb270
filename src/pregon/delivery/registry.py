"""Which channels are installed, and the channel object for one account."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from pregon.core.http import Http
from pregon.delivery.contract import Channel, Options
from pregon.delivery.errors import Misconfigured, UnknownChannel

_channels: dict[str, type[Channel[Any]]] = {}


def register(channel: type[Channel[Any]]) -> None:
    """Make a channel known; each channel's AppConfig calls this once."""
    known = _channels.get(channel.kind)
    if known is not None and known is not channel:
        message = f"Two channels call themselves {channel.kind!r}: {known.__module__} and {channel.__module__}."
        raise ValueError(message)
    _channels[channel.kind] = channel


def kinds() -> list[str]:
    return sorted(_channels)


def channel_class(kind: str) -> type[Channel[Any]]:
    try:
        return _channels[kind]
    except KeyError:
        known = ", ".join(kinds())
        raise UnknownChannel(f"El canal «{kind}» no está instalado; los que hay son: {known}.") from None


def options_from(kind: str, values: dict[str, Any]) -> Options:
    """The channel's options out of stored values. Raises ``Misconfigured`` naming what is missing."""
    options_class = channel_class(kind).options_class
    missing = [
        field.name
        for field in fields(options_class)
        if field.default is MISSING and field.default_factory is MISSING and not values.get(field.name)
    ]
    if missing:
        label = channel_class(kind).label
        raise Misconfigured(f"A {label} le falta: {', '.join(missing)}. Escríbelo en Envíos, Canales.")
    known = {field.name: values[field.name] for field in fields(options_class) if field.name in values}
    return options_class(**known)


def build(kind: str, values: dict[str, Any], *, http: Http) -> Channel[Any]:
    return channel_class(kind)(options_from(kind, values), http)


def rehearse(kind: str, values: dict[str, Any], *, http: Http) -> Channel[Any]:
    """The channel for sandbox: options that nobody filled in yet are empty, since nothing will leave."""
    options_class = channel_class(kind).options_class
    blanks = {
        field.name: ""
        for field in fields(options_class)
        if field.default is MISSING and field.default_factory is MISSING
    }
    known = {field.name: values[field.name] for field in fields(options_class) if values.get(field.name)}
    return channel_class(kind)(options_class(**(blanks | known)), http)
