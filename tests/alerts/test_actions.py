from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from factories.accounts import LocalityFactory
from factories.alerts import draft, minor, person, sent
from pregon.accounts.enums import Role
from pregon.alerts import actions as alerts
from pregon.alerts.enums import MessageType, Severity, State, Status
from pregon.alerts.errors import (
    AlertError,
    AnotherMode,
    Changed,
    NotActive,
    NotReady,
    NotTakenBack,
    NotWaiting,
    OwnWord,
    Sealed,
    TooSoon,
    WrongWord,
)
from pregon.alerts.models import Alert, AlertOffice, AlertTemplate, ExtraordinaryMessage
from pregon.alerts.queries import reach_of
from pregon.core.work import Lane
from pregon.delivery.enums import MessageKind
from pregon.delivery.models import Delivery, Dispatch

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def dispatches() -> list[tuple[str, str]]:
    return list(Dispatch.objects.order_by("pk").values_list("kind", "lane"))


def test_what_one_person_may_send_goes_at_once_in_the_alert_lane() -> None:
    alert = minor()
    assert (alert.state, alert.second, dispatches()) == (
        State.ACTIVE,
        None,
        [(MessageKind.ALERT, Lane.ALERT)],
    )


def test_a_grave_one_waits_for_the_second_person_and_asks_everybody_else_who_may() -> None:
    head, editor, reader = person(Role.HEAD), person(), person(Role.READER)
    waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    assert (waiting.state, set(waiting.asked.all()), dispatches()) == (State.WAITING, {head}, [])
    assert reader not in waiting.asked.all()
    gone = alerts.confirm(waiting, by=head, at=timezone.now(), word="ALERTA")
    assert (gone.state, gone.second, gone.alone, len(dispatches())) == (State.ACTIVE, head, False, 1)


def test_nobody_confirms_what_they_proposed_themselves() -> None:
    editor = person()
    waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    with pytest.raises(OwnWord):
        alerts.confirm(waiting, by=editor, at=timezone.now(), word="ALERTA")


def test_one_person_sends_it_only_when_nobody_answered_in_time_and_it_is_written_down() -> None:
    editor, at = person(), timezone.now()
    other = person()
    minutes = AlertOffice.load().minutes
    waiting = alerts.propose(draft(by=editor), by=editor, at=at, word="ALERTA")
    with pytest.raises(TooSoon):
        alerts.send_alone(waiting, by=editor, at=at + timedelta(minutes=minutes, seconds=-1), word="ALERTA")
    with pytest.raises(AlertError, match="Solo quien la propuso"):
        alerts.send_alone(waiting, by=other, at=at + timedelta(hours=1), word="ALERTA")
    gone = alerts.send_alone(waiting, by=editor, at=at + timedelta(minutes=minutes), word="ALERTA")
    assert (gone.alone, gone.waited, gone.second, list(gone.asked.all())) == (
        True,
        minutes * 60,
        None,
        [other],
    )


def test_a_second_person_says_yes_only_to_what_they_read() -> None:
    editor, other, at = person(), person(), timezone.now()
    waiting = alerts.propose(draft(by=editor), by=editor, at=at, word="ALERTA")
    again = alerts.give_back(waiting, at=at)
    again.headline = "Otra cosa"
    again.save()
    again = alerts.propose(again, by=editor, at=at + timedelta(seconds=9), word="ALERTA")
    with pytest.raises(Changed):
        alerts.confirm(again, by=other, at=at + timedelta(seconds=10), word="ALERTA", read=at)
    later = at + timedelta(seconds=10)
    assert alerts.confirm(again, by=other, at=later, word="ALERTA", read=again.proposed_at).sent == later


def test_how_far_it_came_outlives_the_ledger() -> None:
    alert = minor()
    dispatch = Dispatch.objects.get()
    Delivery.objects.create(
        dispatch=dispatch, channel="email", destination="a@b.example", state="sent", due_at=alert.sent
    )
    assert (alerts.note_reach(at=alert.sent), alerts.note_reach(at=alert.sent)) == (1, 0)
    dispatch.delete()
    assert reach_of(ExtraordinaryMessage.objects.get()) == {"email": 1}


def test_a_real_one_asks_for_the_word_and_a_drill_does_not() -> None:
    real, drill = draft("tormenta"), draft("tormenta", status=Status.EXERCISE)
    with pytest.raises(WrongWord):
        alerts.propose(real, by=person(), at=timezone.now(), word="simulacro")
    assert alerts.propose(drill, by=person(), at=timezone.now()).state == State.ACTIVE


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"headline": "Inundación en {lugar}"}, "Falta llenar «lugar»."),
        ({"expires": timezone.now() - timedelta(minutes=1)}, "Esta alerta ya terminó antes de salir"),
        ({"polygon": "19.9,-103.0 19.8,-103.1 19.7,-103.0"}, "no se cierra|al menos tres puntos"),
        ({"polygon": "-103,19.9 -103.1,19.8 -103.2,19.7 -103,19.9"}, "la latitud no existe"),
        ({"circle": "19.9,-103.0 0"}, "El radio de un círculo"),
        ({"instruction": "  "}, "Escribe qué debe hacer la gente."),
    ],
)
def test_what_cannot_be_does_not_go_out_and_says_why(fields: dict[str, object], sentence: str) -> None:
    alert = draft("tormenta", **fields)
    with pytest.raises(NotReady, match=sentence):
        alerts.propose(alert, by=person(), at=timezone.now(), word="ALERTA")
    assert (Alert.objects.get().state, dispatches()) == (State.DRAFT, [])


def test_one_that_expired_while_it_waited_does_not_go_out() -> None:
    editor = person()
    waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    with pytest.raises(NotReady, match="ya terminó antes de salir"):
        alerts.confirm(waiting, by=person(), at=waiting.expires, word="ALERTA")


def test_what_went_out_is_never_edited_nor_deleted() -> None:
    alert = minor()
    alert.headline = "Otra cosa"
    with pytest.raises(Sealed):
        alert.save()
    with pytest.raises(Sealed):
        alerts.discard(alert)
    assert Alert.objects.get().headline == "Corte de agua en La Loma"


def test_a_drill_is_never_turned_into_the_real_thing() -> None:
    drill = draft(status=Status.EXERCISE)
    drill.status = Status.ACTUAL
    with pytest.raises(AnotherMode):
        drill.save()
    follow = alerts.update(sent(status=Status.EXERCISE), by=person(), at=timezone.now())
    assert follow.status == Status.EXERCISE


def test_an_update_takes_the_place_of_the_first_and_names_it() -> None:
    first = minor()
    second = alerts.update(first, by=person(), at=timezone.now())
    second.headline = "El agua regresa más tarde"
    second.save()
    second = alerts.propose(second, by=person(), at=timezone.now(), word="ALERTA")
    first.refresh_from_db()
    assert (first.state, second.state, second.message_type) == (
        State.UPDATED,
        State.ACTIVE,
        MessageType.UPDATE,
    )
    assert first.identifier in second.xml and second.get_absolute_url() == first.get_absolute_url()
    with pytest.raises(NotActive):
        alerts.update(first, by=person(), at=timezone.now())


def test_two_updates_of_the_same_message_go_out_once() -> None:
    first = minor()
    one, other = (alerts.update(first, by=person(), at=timezone.now()) for _ in range(2))
    alerts.propose(one, by=person(), at=timezone.now(), word="ALERTA")
    with pytest.raises(NotReady, match="ya no está vigente"):
        alerts.propose(other, by=person(), at=timezone.now(), word="ALERTA")


def test_a_cancellation_ends_it_everywhere() -> None:
    first = minor()
    end = alerts.cancel(first, by=person(), at=timezone.now())
    end = alerts.propose(end, by=person(), at=timezone.now(), word="ALERTA")
    first.refresh_from_db()
    assert (first.state, end.state, Alert.objects.active(timezone.now()).count()) == (
        State.CANCELLED,
        State.CANCELLED,
        0,
    )
    assert Dispatch.objects.latest("pk").headline == "Cancelada: Corte de agua en La Loma"


def test_a_drill_that_went_out_as_real_is_taken_back_by_one_person_on_every_channel() -> None:
    real = sent()
    end = alerts.it_was_a_drill(real, by=person(), at=timezone.now())
    real.refresh_from_db()
    assert (real.state, end.message_type, end.status, end.alone) == (
        State.CANCELLED,
        MessageType.CANCEL,
        Status.ACTUAL,
        True,
    )
    newest = Dispatch.objects.latest("pk")
    assert (newest.lane, newest.headline, newest.origin) == (
        Lane.ALERT,
        "Fue un simulacro: no hay emergencia",
        Dispatch.objects.earliest("pk").origin,
    )
    with pytest.raises(NotTakenBack):
        alerts.it_was_a_drill(real, by=person(), at=timezone.now())


def test_whoever_had_it_hears_that_it_was_a_drill_also_when_it_has_ended() -> None:
    real = sent()
    alerts.expire_due(at=real.expires)
    late = real.expires + timedelta(days=6)
    end = alerts.it_was_a_drill(real, by=person(), at=late)
    before = Alert.objects.get(pk=real.pk)
    assert (before.state, before.ended_at, end.sent) == (State.CANCELLED, real.expires, late)
    assert end.expires > late and real.identifier in end.xml
    newest = Dispatch.objects.latest("pk")
    assert (newest.lane, newest.headline) == (Lane.ALERT, "Fue un simulacro: no hay emergencia")


def test_what_ended_long_ago_or_was_a_drill_all_along_is_left_as_it_is() -> None:
    real, drill = sent(), sent(status=Status.EXERCISE)
    alerts.expire_due(at=real.expires)
    for alert, at in ((real, real.expires + timedelta(days=7, seconds=1)), (drill, drill.expires)):
        with pytest.raises(NotTakenBack):
            alerts.it_was_a_drill(alert, by=person(), at=at)
    assert len(dispatches()) == 2


def test_what_has_ended_is_neither_updated_nor_cancelled_otherwise() -> None:
    real, at = minor(), timezone.now()
    draft_of_end = alerts.cancel(real, by=person(), at=at)
    alerts.expire_due(at=real.expires)
    real.refresh_from_db()
    for verb in (alerts.update, alerts.cancel):
        with pytest.raises(NotActive):
            verb(real, by=person(), at=at)
    with pytest.raises(NotReady, match="ya no está vigente"):
        alerts.propose(draft_of_end, by=person(), at=at, word="ALERTA")


def test_what_is_given_back_is_a_draft_that_waits_for_nobody() -> None:
    editor = person()
    waiting = alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    back = alerts.give_back(waiting, at=timezone.now())
    assert (back.state, back.proposer, back.asked.count()) == (State.DRAFT, None, 0)
    with pytest.raises(NotWaiting):
        alerts.confirm(back, by=person(), at=timezone.now(), word="ALERTA")


def test_a_rehearsal_of_a_real_one_is_another_chain_and_a_drill() -> None:
    real = sent(localities=(LocalityFactory.create(),))
    drill = alerts.rehearse(real, by=person(), at=timezone.now())
    assert (drill.status, drill.thread, drill.replaces, drill.headline) == (
        Status.EXERCISE,
        None,
        None,
        real.headline,
    )
    assert list(drill.localities.all()) == list(real.localities.all())


def test_the_hour_ends_an_alert_and_only_once() -> None:
    alert = minor()
    assert (alerts.expire_due(at=alert.expires), alerts.expire_due(at=alert.expires)) == (1, 0)
    alert.refresh_from_db()
    assert alert.state == State.EXPIRED


def test_a_real_one_leaves_its_record_and_a_drill_none() -> None:
    real = minor()
    sent(status=Status.EXERCISE)
    record = ExtraordinaryMessage.objects.get()
    assert (record.alert, record.sent_at, record.justification) == (real, real.sent, "")
    assert record.due_on == timezone.localdate(real.sent) + timedelta(days=AlertOffice.load().days)
    with pytest.raises(AlertError, match="Escribe por qué"):
        alerts.justify(record, text=" ", by=person(), at=timezone.now())
    assert alerts.justify(record, text="No podía esperar.", by=person(), at=timezone.now()).justified_at


def test_the_database_itself_refuses_a_grave_one_that_nobody_else_saw() -> None:
    alert = draft("tormenta", severity=Severity.EXTREME)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(
            state=State.ACTIVE, sent=timezone.now(), identifier="x", xml="<alert/>"
        )


def test_a_template_gives_its_words_with_the_slots_filled_and_the_others_left() -> None:
    made = alerts.begin(
        AlertTemplate.objects.get(slug="inundacion"),
        status=Status.EXERCISE,
        by=person(),
        at=timezone.now(),
        words={"lugar": "El Llano", "albergue": ""},
    )
    assert (made.headline, "{albergue}" in made.description) == ("Inundación en El Llano", True)


@pytest.mark.django_db(transaction=True)
def test_two_persons_who_confirm_at_the_same_moment_send_it_once() -> None:
    editor, at = person(), timezone.now()
    waiting = alerts.propose(draft(by=editor), by=editor, at=at, word="ALERTA")
    others = [person(), person()]
    ready, outcomes = threading.Barrier(2), []

    def press(act: Callable[[], Alert]) -> None:
        ready.wait()
        try:
            act()
            outcomes.append("sent")
        except NotWaiting:
            outcomes.append("late")
        finally:
            connections.close_all()

    hands = [
        threading.Thread(
            target=press, args=(lambda who=who: alerts.confirm(waiting, by=who, at=at, word="ALERTA"),)
        )
        for who in others
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert (sorted(outcomes), Dispatch.objects.count(), ExtraordinaryMessage.objects.count()) == (
        ["late", "sent"],
        1,
        1,
    )
