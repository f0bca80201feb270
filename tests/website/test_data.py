"""What machines are told about bulletins and acts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pydantic import ValidationError
from schema_org import registry
from schema_org.base import SchemaModel

from factories.newsroom import act, episode, published, service, shelf, town, video
from factories.plan import PlanFactory
from factories.website import released_photo
from pregon.agenda.enums import State
from pregon.newsroom import actions as newsroom
from pregon.newsroom.actions import Words
from pregon.website.data import (
    STATUS,
    act_data,
    bulletin_data,
    duration,
    live_data,
    plan_data,
    recording_data,
    service_data,
)
from pregon.website.live import shown_of

pytestmark = [pytest.mark.django_db, pytest.mark.parts]


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


# --- Before the vocabulary ----------------------------------------------------------------------------------


def in_schema_org(thing: dict[str, Any]) -> SchemaModel:
    """``thing`` as schema.org knows it, with each of its values of a kind that its property takes; or an error."""
    known = registry.get_model(thing["@type"])
    told = {name: value_of(name, value) for name, value in thing.items() if name not in ("@context", "@type")}
    return known.model_validate(told)


def value_of(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return in_schema_org(value)
    if isinstance(value, list):
        return [value_of(name, one) for one in value]
    property_ = registry.PROPERTY_BY_SCHEMA.get(name)
    ranges = property_.ranges if property_ else ()
    if "DateTime" in ranges and "Text" not in ranges:
        return datetime.fromisoformat(value)
    for known in ranges:
        if known in registry.ENUM_MEMBERS:
            return registry.ENUM_BY_SCHEMA[known](value)
    return value


def everything() -> list[dict[str, Any]]:
    office, photo = town(), released_photo()
    place = act("Desfile", latitude="19.5", longitude="-103.25", description="Por el centro.")
    place.refresh_from_db()
    place.end = place.start + timedelta(hours=2)
    shelf()
    blog = newsroom.open_live(place, by=None, at=timezone.now())
    newsroom.post(blog, Words(text="Arranca."), key=uuid4(), by=None, at=timezone.now())
    return [
        bulletin_data(published(), office=office, cover=photo),
        live_data(blog, shown_of(blog, timezone.now()), office=office, changed_at=timezone.now()),
        act_data(place, office=office),
        service_data(
            service(telephone="385 000 0000", who="Quien tenga una casa.", online="https://muestra.example/"),
            office=office,
        ),
        recording_data(episode(number=3), office=office, cover=photo),
        recording_data(video(), office=office, cover=photo),
        plan_data(PlanFactory.create(), office=office),
    ]


def test_all_that_is_told_is_in_the_vocabulary() -> None:
    for told in everything():
        assert in_schema_org(told).to_jsonld()["@type"] == told["@type"]


@pytest.mark.parametrize("spoilt", [{"titular": "Reabre"}, {"publisher": 7}, {"author": {"@type": "Place"}}])
def test_the_vocabulary_would_notice(spoilt: dict[str, Any]) -> None:
    told = bulletin_data(published(), office=town(), cover=None)
    with pytest.raises(ValidationError):
        in_schema_org(told | spoilt)
