"""What comes into the inbox: who says it is read first, and only what concerns us is looked into any further.

A server tells everything to everybody it knows, so most of what comes is nothing to us. It is taken without a look at
its signature, for that would have us ask a server for a key whenever a stranger wishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pregon.delivery.contract import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An activity that concerns us."""

    sender: str
    wish: Wish
    id: str = ""


def letter_in(activity: Any, *, office: str) -> Letter | None:
    """``None`` for what is nothing to us."""
    if not isinstance(activity, Mapping):
        return None
    sender, thing = id_of(activity.get("actor")), activity.get("object")
    if not sender:
        return None
    match kind_of(activity):
        case "Follow" if id_of(thing) == office and id_of(activity):
            return Letter(sender=sender, wish=Wish.SUBSCRIBE, id=id_of(activity))
        case "Undo" if isinstance(thing, Mapping) and kind_of(thing) == "Follow":
            mine = id_of(thing.get("actor")) == sender and id_of(thing.get("object")) == office
            return (
                Letter(sender=sender, wish=Wish.BLOCK) if mine else None
            )  # it leaves, and asks for no farewell
        case "Block" if id_of(thing) == office:
            return Letter(sender=sender, wish=Wish.BLOCK)
        case "Delete" if id_of(thing) == sender:
            return Letter(sender=sender, wish=Wish.GONE)
    return None


def id_of(thing: Any) -> str:
    """The address of a thing, which may stand for it or be in it."""
    found = thing.get("id") if isinstance(thing, Mapping) else thing
    return found if isinstance(found, str) and len(found) <= 1000 else ""


def kind_of(thing: Mapping[str, Any]) -> str:
    kind = thing.get("type")
    return kind if isinstance(kind, str) else ""
