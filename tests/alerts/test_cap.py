from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from django.utils import timezone
from lxml import etree

from factories.accounts import LocalityFactory
from factories.alerts import draft, minor, person, sent
from pregon.accounts.models import Office
from pregon.alerts import actions as alerts
from pregon.alerts import cap
from pregon.alerts.enums import Certainty, MessageType, Response, Severity, Status, Urgency
from pregon.alerts.models import Alert, AlertTemplate
from pregon.alerts.reading import templates

pytestmark = pytest.mark.django_db

SCHEMA = etree.XMLSchema(file=str(Path(__file__).parent / "schema" / "CAP-v1.2.xsd"))
SQUARE = "19.9,-103.1 19.9,-103 20,-103 20,-103.1 19.9,-103.1"


def faults(xml: str) -> list[str]:
    """What the schema of OASIS has against it."""
    SCHEMA.validate(etree.fromstring(xml.encode()))
    return [str(fault) for fault in SCHEMA.error_log]


def texts(xml: str, name: str) -> list[str]:
    return [found.text or "" for found in fromstring(xml).iter(f"{{{cap.NAMESPACE}}}{name}")]


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("slug", [template["slug"] for template in templates()])
def test_every_template_goes_out_as_the_standard_says(slug: str, status: Status) -> None:
    place = LocalityFactory.create(latitude="19.915300", longitude="-103.020800")
    alert = sent(slug, status=status, localities=(place,), polygon=SQUARE, circle="19.9,-103 2.5")
    assert faults(alert.xml) == []
    assert (texts(alert.xml, "status"), texts(alert.xml, "circle")) == (
        [status],
        ["19.9153,-103.0208 1", "19.9,-103 2.5"],
    )


def test_the_schema_would_notice() -> None:
    assert faults(minor().xml.replace("<status>Actual", "<status>Real")) != []


@pytest.mark.parametrize("zone", ["UTC", "America/Mexico_City", "America/Tijuana", "Asia/Kathmandu"])
def test_hours_are_written_as_the_standard_says_in_any_zone(zone: str) -> None:
    office = Office.load()
    office.time_zone = zone
    office.save()
    assert faults(minor(onset=timezone.now()).xml) == []


def test_a_chain_names_every_message_before_it() -> None:
    first = minor()
    second = alerts.propose(
        alerts.update(first, by=person(), at=timezone.now()), by=person(), at=timezone.now(), word="ALERTA"
    )
    third = alerts.propose(
        alerts.cancel(second, by=person(), at=timezone.now()), by=person(), at=timezone.now(), word="ALERTA"
    )
    assert [faults(each.xml) for each in (first, second, third)] == [[], [], []]
    [named] = texts(third.xml, "references")
    assert named.split() == [cap.reference(first), cap.reference(second)]
    assert texts(third.xml, "msgType") == [MessageType.CANCEL]


def test_a_drill_taken_back_is_a_cancellation_that_says_so() -> None:
    end = alerts.it_was_a_drill(sent(), by=person(), at=timezone.now())
    assert faults(end.xml) == []
    assert texts(end.xml, "headline") == ["Fue un simulacro: no hay emergencia"]


def test_every_text_of_a_drill_begins_and_ends_with_its_word() -> None:
    xml = sent(status=Status.EXERCISE).xml
    for name in ("event", "headline", "description", "instruction", "senderName"):
        [said] = texts(xml, name)
        assert said.startswith("SIMULACRO · ") and said.endswith(" · SIMULACRO"), name


def test_no_field_breaks_out_of_its_element() -> None:
    evil = '</headline><script>alert("1")</script>&\x00\x0b]]>'
    alert = draft(
        "tormenta", event=evil, headline=evil, description=evil, instruction=evil, area=evil, contact=evil
    )
    xml = alerts.propose(alert, by=person(), at=timezone.now(), word="ALERTA").xml
    assert (faults(xml), "<script>" in xml) == ([], False)
    assert texts(xml, "description") == ['</headline><script>alert("1")</script>&]]>']


def test_identifier_and_sender_hold_no_space_comma_or_mark() -> None:
    office = Office.load()
    office.email = "proteccion civil,<&@muestra.example"
    assert cap.UNSPEAKABLE.search(cap.identifier(draft(), at=timezone.now())) is None
    assert cap.UNSPEAKABLE.search(cap.sender()) is None


@pytest.mark.parametrize("field", ["urgency", "severity", "certainty", "response"])
def test_every_word_of_ours_is_one_of_the_standard(field: str) -> None:
    words = {"urgency": Urgency, "severity": Severity, "certainty": Certainty, "response": Response}[field]
    alert = minor()
    for word in words:
        setattr(alert, field, word)
        assert faults(cap.written(alert)) == []


def test_nothing_is_written_before_it_is_sent() -> None:
    with pytest.raises(ValueError, match="when it is sent"):
        cap.written(draft())


def test_what_the_town_is_called_stands_where_no_place_is_named() -> None:
    assert texts(minor().xml, "areaDesc") == ["Municipio de Villa de Muestra, Jalisco"]


def test_each_message_has_an_identifier_of_its_own() -> None:
    for hours in range(3):
        minor(area=f"Calle {hours}")
    assert len(set(Alert.objects.values_list("identifier", flat=True))) == 3
    assert AlertTemplate.objects.count() == len(templates())
    assert timezone.now() > Alert.objects.earliest("sent").sent - timedelta(seconds=1)
