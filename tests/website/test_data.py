"""What machines are told about bulletins and acts."""

from __future__ import annotations

import pytest

from factories.newsroom import act, episode, published, service, town, video
from factories.website import released_photo
from pregon.agenda.enums import State
from pregon.website.data import STATUS, act_data, bulletin_data, duration, recording_data, service_data

pytestmark = pytest.mark.django_db


def test_every_state_of_an_act_has_its_word() -> None:
    assert set(STATUS) == set(State)


def test_an_act_says_where_and_when() -> None:
    office = town()
    one = act("Desfile", latitude="19.5", longitude="-103.25", state=State.CANCELLED)
    one.refresh_from_db()
    data = act_data(one, office=office)
    assert data["location"]["geo"] == {"@type": "GeoCoordinates", "latitude": 19.5, "longitude": -103.25}
    assert data["startDate"] == one.start.isoformat()
    assert data["eventStatus"] == "https://schema.org/EventCancelled"


def test_a_bulletin_names_its_photos_largest_first() -> None:
    photo = released_photo()
    data = bulletin_data(published(), office=town(), cover=photo)
    folder = f"http://testserver/fotos/{photo.public_id}"
    assert data["image"] == [f"{folder}/full.jpg", f"{folder}/960.webp", f"{folder}/480.webp"]
    assert "image" not in bulletin_data(published(), office=town(), cover=None)


@pytest.mark.parametrize(("seconds", "said"), [(9, "PT9S"), (125, "PT2M5S"), (3725, "PT62M5S")])
def test_how_long_a_recording_lasts_is_said_as_machines_say_it(seconds: int, said: str) -> None:
    assert duration(seconds) == said


def test_an_episode_belongs_to_the_podcast_and_a_video_elsewhere_to_its_address() -> None:
    office = town()
    heard = recording_data(episode(), office=office, cover=None)
    seen = recording_data(
        video(url="https://videos.muestra.example/1", captions=""), office=office, cover=released_photo()
    )
    assert heard["partOfSeries"]["webFeed"] == "http://testserver/podcast/rss.xml"
    assert seen["contentUrl"] == "https://videos.muestra.example/1"
    assert service_data(service(amount=None, cost="Según."), office=office).get("offers") is None
