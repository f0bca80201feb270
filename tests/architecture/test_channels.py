"""A channel is a folder that a newcomer can copy: what it is, how it looks, and what its provider answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from architecture.project import SOURCE, TESTS
from pregon.analytics.enums import Source
from pregon.analytics.reading import source_of
from pregon.config.settings.channels import PREGON_CHANNELS
from pregon.delivery import registry

CHANNELS = sorted(path for path in (SOURCE / "channels").iterdir() if (path / "__init__.py").is_file())
by_name = pytest.mark.parametrize("folder", CHANNELS, ids=lambda folder: folder.name)


def test_every_channel_is_switched_on_with_its_line() -> None:
    ours = {name.removeprefix("pregon.channels.") for name in PREGON_CHANNELS if name.startswith("pregon.")}
    assert {folder.name for folder in CHANNELS} == ours


@by_name
def test_a_channel_explains_itself_and_has_an_icon(folder: Path) -> None:
    expected = ["README.md", "channel.py", f"static/channels/{folder.name}/icon.svg"]
    assert [name for name in expected if not (folder / name).is_file()] == []


@by_name
def test_a_channel_has_the_four_answers_of_its_provider(folder: Path) -> None:
    """One that a person passes on by hand has no provider that answers, only a setup."""
    by_hand = registry.channel_class(folder.name).limits.by_hand
    answers = (TESTS / "channels" / folder.name / "answers").glob("*.json")
    expected = {"setup"} if by_hand else {"accepted", "busy", "gone", "refused", "setup"}
    assert expected - {path.stem for path in answers} == set()


def test_the_mark_of_a_channels_links_is_known_to_who_counts() -> None:
    marks = {kind: mark for kind in registry.kinds() if (mark := registry.channel_class(kind).mark)}
    assert {kind: Source(source_of(mark.encode(), b"", b"")) for kind, mark in marks.items()} == {
        "email": Source.EMAIL,
        "telegram": Source.TELEGRAM,
        "webpush": Source.BROWSER,
        "whatsapp": Source.WHATSAPP,
    }
