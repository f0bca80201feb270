"""Who may look after dispatches, channels and subscribers."""

from __future__ import annotations

from pregon.accounts.enums import Role
from pregon.accounts.registry import grant


def register() -> None:
    grant(
        Role.EDITOR,
        permissions=[
            "delivery.view_dispatch",
            "delivery.view_delivery",
            "delivery.view_subscriber",
            "delivery.view_channelaccount",
        ],
    )
    grant(
        Role.HEAD,
        permissions=[
            "delivery.change_delivery",
            "delivery.change_channelaccount",
            "delivery.export_subscriber",
            *(f"delivery.{verb}_subscriber" for verb in ("add", "change", "delete")),
        ],
    )
    grant(Role.TRANSPARENCY, Role.READER, permissions=["delivery.view_dispatch"])
