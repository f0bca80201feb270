from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from factories.accounts import LocalityFactory
from factories.alerts import WORDS, draft, minor, person, sent
from factories.delivery import live
from factories.newsroom import town
from pregon.accounts.enums import Role
from pregon.accounts.models import User
from pregon.alerts import actions as alerts
from pregon.alerts.enums import State, Status
from pregon.alerts.models import Alert, AlertOffice, AlertTemplate, ExtraordinaryMessage
from pregon.alerts.queries import slots_of
from pregon.delivery.models import Delivery

pytestmark = pytest.mark.django_db


def at_the_desk(user: User | None = None) -> Client:
    client = Client()
    client.force_login(user or person())
    return client


def press(client: Client, alert: Alert, verb: str, **data: str) -> Any:
    return client.post(reverse("alerts_desk:act", args=[alert.pk, verb]), data, follow=True)


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"alerts_desk:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_alert_begins_with_what_happens() -> None:
    shown = page(at_the_desk(), "begin")
    assert [name for name in AlertTemplate.objects.values_list("name", flat=True) if name not in shown] == []


def test_nothing_chooses_real_or_drill_by_itself() -> None:
    client = at_the_desk()
    assert "checked" not in page(client, "fill", "inundacion")
    answer = client.post(reverse("alerts_desk:fill", args=["inundacion"]), {})
    assert "Di si es real o es un simulacro" in answer.content.decode()
    assert Alert.objects.count() == 0


def test_the_words_that_a_template_lacks_are_asked_one_by_one() -> None:
    town()
    place, client = LocalityFactory.create(), at_the_desk()
    template = AlertTemplate.objects.get(slug="inundacion")
    words = {f"palabra-{n}": WORDS[slot] for n, slot in enumerate(slots_of(template))}
    answer = client.post(
        reverse("alerts_desk:fill", args=["inundacion"]),
        {"status": Status.ACTUAL, "localities": [place.pk], **words},
    )
    made = Alert.objects.get()
    assert (answer.url, made.headline, list(made.localities.all())) == (
        reverse("alerts_desk:edit", args=[made.pk]),
        "Inundación en La Loma",
        [place],
    )


def form_of(alert: Alert, **changes: Any) -> dict[str, Any]:
    read = ("headline", "instruction", "description", "severity", "area", "polygon", "circle", "contact")
    names = (*read, "event", "category", "response", "urgency", "certainty")
    return {name: getattr(alert, name) for name in names} | {
        "expires": timezone.localtime(alert.expires).strftime("%Y-%m-%dT%H:%M"),
        **changes,
    }


def test_a_polygon_that_cannot_be_is_refused_beside_its_field() -> None:
    alert, client = draft(), at_the_desk()
    answer = client.post(
        reverse("alerts_desk:edit", args=[alert.pk]),
        form_of(alert, polygon="19.9,-103 19.9,-103.1 19.8,-103 19.8,-103.1 19.9,-103"),
    )
    assert "Las líneas del polígono se cruzan" in answer.content.decode()


def test_a_draft_is_written_and_then_seen_as_it_leaves() -> None:
    alert, client = draft(), at_the_desk()
    answer = client.post(
        reverse("alerts_desk:edit", args=[alert.pk]), form_of(alert, headline="Otra"), follow=True
    )
    shown = answer.content.decode()
    assert (Alert.objects.get().headline, "Alerta: Otra" in shown, "Así la ve la gente" in shown) == (
        "Otra",
        True,
        True,
    )


def test_two_persons_send_a_grave_one() -> None:
    editor, head = person(), person(Role.HEAD)
    alert = draft(by=editor)
    answer = press(at_the_desk(editor), alert, "proponer", word="ALERTA")
    assert "espera a la segunda persona" in answer.content.decode()
    assert "Confirmar y enviar" not in page(at_the_desk(editor), "sheet", alert.pk)
    assert "Confirmar y enviar" in page(at_the_desk(head), "sheet", alert.pk)
    press(at_the_desk(head), alert, "confirmar", word="ALERTA")
    assert Alert.objects.get().state == State.ACTIVE


def test_without_the_word_a_real_one_stays_where_it_is() -> None:
    alert = draft("tormenta")
    answer = press(at_the_desk(), alert, "proponer", word="")
    assert "escribe la palabra ALERTA" in answer.content.decode()
    assert Alert.objects.get().state == State.DRAFT


def test_sending_alone_is_offered_only_when_the_wait_is_over() -> None:
    editor = person()
    alert = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    assert "Enviar sin segunda persona" not in page(at_the_desk(editor), "sheet", alert.pk)
    with time_machine.travel(timezone.now() + timedelta(minutes=AlertOffice.load().minutes, seconds=1)):
        client = at_the_desk(editor)
        assert "Enviar sin segunda persona" in page(client, "sheet", alert.pk)
        press(client, alert, "sola", word="ALERTA")
    assert Alert.objects.get().alone is True


def test_who_proposed_it_is_told_when_nobody_could_be_written_to() -> None:
    editor, _other = person(), person()
    alert = draft(by=editor)
    told = press(at_the_desk(editor), alert, "proponer", word="ALERTA").content.decode()
    assert "A nadie se le avisó por correo" in told and "Llámales por teléfono" in told


def test_who_proposed_it_is_told_whom_the_letter_did_not_reach() -> None:
    live("email", host="correo.muestra.example", sender_address="prensa@muestra.example")
    editor, other, lost = person(), person(), person()
    waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    Delivery.objects.update(state="leased")
    Delivery.objects.filter(destination=other.email).update(state="sent")
    Delivery.objects.filter(destination=lost.email).update(state="failed")
    told = page(at_the_desk(editor), "sheet", waiting.pk)
    assert "salió a 1 de 2" in told and f"a {lost.email}. Llama por teléfono." in told


def test_who_alone_may_confirm_is_told_that_there_is_nobody_to_wait_for() -> None:
    editor = person()
    told = press(at_the_desk(editor), draft(by=editor), "proponer", word="ALERTA").content.decode()
    assert "Nadie más de la oficina puede confirmarla" in told


def test_an_open_page_of_the_desk_is_told_what_waits_for_whoever_looks_at_it() -> None:
    editor, other, reader = person(), person(), person(Role.READER)
    waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    link = reverse("alerts_desk:sheet", args=[waiting.pk])
    assert [link in page(at_the_desk(who), "waiting") for who in (other, editor)] == [True, False]
    assert at_the_desk(reader).get(reverse("alerts_desk:waiting")).status_code == 204
    alerts.give_back(waiting, at=timezone.now())
    assert page(at_the_desk(other), "waiting").strip() == ""


def test_what_was_a_drill_is_taken_back_with_one_button() -> None:
    real = sent()
    answer = press(at_the_desk(), real, "fue-simulacro")
    assert "que fue un simulacro" in answer.content.decode()
    real.refresh_from_db()
    assert real.state == State.CANCELLED


def test_that_it_was_a_drill_is_offered_for_a_week_after_it_ended() -> None:
    real = sent()
    alerts.expire_due(at=real.expires)
    for days, offered in ((6, True), (8, False)):
        with time_machine.travel(real.expires + timedelta(days=days)):
            client = at_the_desk()
            assert ("Fue un simulacro: avisar a todos" in page(client, "sheet", real.pk)) is offered


@pytest.mark.parametrize(
    ("verb", "kind"), [("actualizar", "Update"), ("cancelar", "Cancel"), ("ensayar", "Alert")]
)
def test_what_follows_is_a_draft_that_opens_for_writing(verb: str, kind: str) -> None:
    answer = press(at_the_desk(), minor(), verb)
    made = Alert.objects.latest("pk")
    assert (made.message_type, made.state, answer.request["PATH_INFO"]) == (
        kind,
        State.DRAFT,
        reverse("alerts_desk:edit", args=[made.pk]),
    )


def test_a_draft_that_nobody_wants_is_thrown_away() -> None:
    press(at_the_desk(), draft(), "descartar")
    assert Alert.objects.count() == 0


def test_what_was_sent_opens_no_form() -> None:
    alert = minor()
    answer = at_the_desk().get(reverse("alerts_desk:edit", args=[alert.pk]), follow=True)
    assert "Solo se escribe en un borrador" in answer.content.decode()


def test_who_may_only_look_presses_nothing() -> None:
    alert, client = draft(), at_the_desk(person(Role.READER))
    assert "Proponerla" not in page(client, "sheet", alert.pk)
    assert client.post(reverse("alerts_desk:act", args=[alert.pk, "proponer"])).status_code in {302, 403}
    assert client.get(reverse("alerts_desk:begin")).status_code in {302, 403}
    assert client.get(reverse("alerts_desk:sheet", args=[alert.pk])).status_code == 200
    assert Alert.objects.get().state == State.DRAFT


def test_who_may_only_look_gives_nothing_back() -> None:
    editor = person()
    waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    press(at_the_desk(person(Role.READER)), waiting, "devolver")
    assert Alert.objects.get().state == State.WAITING


def test_what_was_proposed_while_somebody_wrote_stays_as_it_was() -> None:
    editor = person()
    alert = draft(by=editor)
    data = form_of(alert, headline="Otra")
    alerts.propose(alert, by=editor, at=timezone.now(), word="ALERTA")
    answer = at_the_desk().post(reverse("alerts_desk:edit", args=[alert.pk]), data, follow=True)
    assert "Solo se escribe en un borrador" in answer.content.decode()
    assert (Alert.objects.get().headline, Alert.objects.get().state) == (alert.headline, State.WAITING)


def test_a_page_that_was_open_confirms_no_other_words() -> None:
    editor, other = person(), person()
    waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    read = waiting.proposed_at
    assert read is not None and read.isoformat() in page(at_the_desk(other), "sheet", waiting.pk)
    again = alerts.give_back(waiting, at=timezone.now())
    alerts.propose(again, by=editor, at=timezone.now(), word="ALERTA")
    answer = press(at_the_desk(other), waiting, "confirmar", word="ALERTA", propuesta=read.isoformat())
    assert "La alerta cambió desde que abriste esta página" in answer.content.decode()
    assert Alert.objects.get().state == State.WAITING


def test_a_verb_that_is_none_is_not_found() -> None:
    assert at_the_desk().post(reverse("alerts_desk:act", args=[draft().pk, "volar"])).status_code == 404


def test_the_register_is_filled_and_leaves_as_csv() -> None:
    minor()
    record, client = ExtraordinaryMessage.objects.get(), at_the_desk()
    assert "Por justificar" in page(client, "register")
    answer = client.post(
        reverse("alerts_desk:justify", args=[record.pk]),
        {"justification": "=HOY() El agua se iba a cortar en una hora."},
        follow=True,
    )
    assert "La justificación quedó escrita." in answer.content.decode()
    exported = b"".join(client.get(reverse("alerts_desk:register_csv"))).decode()
    assert "'=HOY() El agua se iba a cortar" in exported and "Corte de agua en La Loma" in exported


def test_no_field_brings_a_script_to_the_desk() -> None:
    evil = "<script>alert(1)</script>"
    alert = draft(
        "tormenta", event=evil, headline=evil, description=evil, instruction=evil, area=evil, contact=evil
    )
    client = at_the_desk()
    for name in ("sheet", "edit"):
        assert evil not in page(client, name, alert.pk)
    press(client, alert, "proponer", word="ALERTA")
    for name in ("sheet", "register"):
        assert evil not in page(client, name, *([alert.pk] if name == "sheet" else []))
    assert evil not in client.get(reverse("alertas:index")).content.decode()
    assert evil not in client.get(reverse("wagtailadmin_home")).content.decode()
