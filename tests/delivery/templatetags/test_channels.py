"""What a channel's package brings along is drawn; one without it leaves its place empty."""

from __future__ import annotations

from pregon.delivery.templatetags.channels import channel_icon, channel_sheet


def test_an_icon_is_drawn_into_the_page() -> None:
    assert (channel_icon("telegram").startswith("<svg"), channel_icon("smoke")) == (True, "")


def test_colours_are_linked_where_there_are_some() -> None:
    assert ("channels/telegram/seen" in channel_sheet("telegram"), channel_sheet("smoke")) == (True, "")
