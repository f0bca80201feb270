"""Each button of a dispatch does what it says, for those who may, and what cannot be undone asks first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from factories.accounts import UserFactory
from factories.delivery import (
    NOON,
    Hands,
    SpokenChannel,
    SubscriberFactory,
    ask,
    came_to,
    live,
    prepare_all,
    run,
)
from pregon.accounts.enums import Role
from pregon.delivery import actions as delivery
from pregon.delivery.actions.suppress import suppress
from pregon.delivery.contract import Limits
from pregon.delivery.enums import Reason, Standing, State
from pregon.delivery.ledger import FAR
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.delivery.progress import spoken
from pregon.delivery.views import WRITE_AGAIN

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(client: Client) -> Client:
    client.force_login(UserFactory.create(roles=[Role.HEAD]))
    return client


@pytest.fixture
def dispatch() -> Dispatch:
    SubscriberFactory.create_batch(3)
    asked = ask()
    prepare_all()
    return asked


def press(client: Client, name: str, *args: object, **told: str) -> str:
    answer = client.post(reverse(f"envios:{name}", args=args), told, follow=True)
    return answer.content.decode()


def states() -> list[str]:
    return sorted(Delivery.objects.values_list("state", flat=True))


def test_a_dispatch_is_held_back_and_goes_on(head: Client, dispatch: Dispatch) -> None:
    paused = press(head, "pause", dispatch.pk)
    dispatch.refresh_from_db()
    assert (bool(dispatch.paused_at), "Reanudar" in paused, "en pausa" in paused) == (True, True, True)
    press(head, "resume", dispatch.pk)
    dispatch.refresh_from_db()
    assert dispatch.paused_at is None


def test_a_press_that_the_login_swallowed_is_told_and_not_done(client: Client, dispatch: Dispatch) -> None:
    line = Delivery.objects.order_by("pk")[0]
    pressed = [("pause", dispatch.pk), ("resume", dispatch.pk), ("retry", dispatch.pk)]
    pressed += [("resolve", line.pk), ("passed_on", line.pk)]
    client.force_login(UserFactory.create(roles=[Role.HEAD]))
    for name, number in pressed:
        answer = client.get(reverse(f"envios:{name}", args=[number]), follow=True)
        assert answer.redirect_chain == [(reverse("envios:dispatch", args=[dispatch.pk]), 302)]
        assert "No se hizo: la sesión había terminado" in answer.content.decode()
    dispatch.refresh_from_db()
    assert dispatch.paused_at is None


def test_whoever_may_press_nothing_is_not_led_anywhere(client: Client, dispatch: Dispatch) -> None:
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    answer = client.get(reverse("envios:pause", args=[dispatch.pk]))
    assert answer["Location"] == reverse("wagtailadmin_home")


@pytest.mark.parametrize("name", ["pause", "resume", "cancel", "retry"])
def test_an_old_page_steers_nothing_that_was_called_off(head: Client, dispatch: Dispatch, name: str) -> None:
    press(head, "cancel", dispatch.pk)
    shown = press(head, name, dispatch.pk)
    assert ("Este envío ya se canceló" in shown, "saliendo" in shown) == (True, False)
    dispatch.refresh_from_db()
    assert dispatch.paused_at is None


def test_what_is_in_doubt_of_something_called_off_is_not_sent_again(head: Client, dispatch: Dispatch) -> None:
    came_to(State.UNCERTAIN)
    Dispatch.objects.update(cancelled_at=NOON)
    one = press(head, "resolve", Delivery.objects.order_by("pk")[0].pk, answer="again")
    assert "Este envío ya se canceló" in one
    assert "Este envío ya se canceló" in press(head, "resolve_all", dispatch.pk, "spoken", "enviar-otra-vez")
    assert states() == ["uncertain"] * 3


@pytest.mark.parametrize("name", ["pause", "resume", "cancel"])
def test_an_old_page_steers_nothing_that_has_ended(head: Client, dispatch: Dispatch, name: str) -> None:
    came_to(State.SENT, settled_at=NOON)
    assert "Este envío ya terminó" in press(head, name, dispatch.pk)
    dispatch.refresh_from_db()
    assert (dispatch.paused_at, dispatch.cancelled_at) == (None, None)


def test_nothing_to_try_again_is_said(head: Client, dispatch: Dispatch) -> None:
    assert "No había nada que intentar otra vez." in press(head, "retry", dispatch.pk)


def test_what_was_put_off_says_why_and_is_tried_now(head: Client, dispatch: Dispatch) -> None:
    soon = timezone.now() + timedelta(hours=1)
    first, *_others = Delivery.objects.order_by("pk")
    Delivery.objects.update(reason="451 Ocupado.", due_at=soon + timedelta(hours=1))
    Delivery.objects.filter(pk=first.pk).update(due_at=soon)
    when = spoken(soon, at=timezone.now())
    for name in ("dispatch", "progress"):
        shown = head.get(reverse(f"envios:{name}", args=[dispatch.pk])).content.decode()
        assert f"3 esperan: 451 Ocupado. Se intenta otra vez {when}." in shown
        assert "Intentar ya" in shown
    assert "3 mensajes se intentan ya." in press(head, "hurry", dispatch.pk, channel="spoken")
    assert not Delivery.objects.filter(due_at__gt=timezone.now()).exists()
    assert "No había nada que intentar antes." in press(head, "hurry", dispatch.pk, channel="spoken")


def test_a_pause_is_not_hurried(head: Client, dispatch: Dispatch) -> None:
    press(head, "pause", dispatch.pk)
    while delivery.sweep_due(at=timezone.now()):
        pass
    press(head, "hurry", dispatch.pk, channel="spoken")
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {FAR}


def test_calling_off_says_first_what_follows(head: Client, dispatch: Dispatch) -> None:
    asked = head.get(reverse("envios:cancel", args=[dispatch.pk])).content.decode()
    dispatch.refresh_from_db()
    assert ("3 personas o canales todavía no lo reciben" in asked, dispatch.cancelled_at) == (True, None)
    assert "Se canceló a las" in press(head, "cancel", dispatch.pk)


def test_what_failed_alike_is_tried_again_together(head: Client, dispatch: Dispatch) -> None:
    first, *others = Delivery.objects.order_by("pk")
    came_to(State.FAILED, first, reason="No existe.")
    came_to(State.FAILED, *others, reason="Lleno.")
    shown = head.get(reverse("envios:dispatch", args=[dispatch.pk])).context["failures"]
    assert [(group.count, group.reason) for group in shown] == [(2, "Lleno."), (1, "No existe.")]
    press(head, "retry", dispatch.pk, channel="spoken", reason="Lleno.")
    assert states() == ["due", "due", "failed"]
    press(head, "retry", dispatch.pk)
    assert states() == ["due", "due", "due"]


def test_each_failure_says_what_to_do(head: Client, dispatch: Dispatch) -> None:
    came_to(State.FAILED, reason="Lleno.")
    shown = head.get(reverse("envios:dispatch", args=[dispatch.pk])).content.decode()
    assert "Les pasó a casi todos: prueba el canal" in shown


def test_an_address_that_is_no_more_is_not_tried_again(head: Client, dispatch: Dispatch) -> None:
    came_to(State.FAILED, reason="El buzón ya no existe.")
    Subscriber.objects.update(standing=Standing.GONE)
    shown = head.get(reverse("envios:dispatch", args=[dispatch.pk])).content.decode()
    assert ("Ahí ya no se envía." in shown, 'value="El buzón' in shown) == (True, False)


def gone_with(dispatch: Dispatch) -> None:
    came_to(State.FAILED, reason="El buzón no existe.", settled_at=NOON)
    for person in Subscriber.objects.all():
        suppress(person.channel, person.address, reason=Reason.GONE, at=NOON)


def test_who_bounced_together_is_written_to_again_and_it_is_recorded(
    head: Client, dispatch: Dispatch
) -> None:
    gone_with(dispatch)
    address = reverse("envios:write_again", args=[dispatch.pk, "spoken"])
    assert address in head.get(reverse("envios:dispatch", args=[dispatch.pk])).content.decode()
    assert "3 personas de De viva voz habían confirmado" in head.get(address).content.decode()
    shown = press(head, "write_again", dispatch.pk, "spoken")
    assert ("A 3 personas se les vuelve a escribir" in shown, 'value="El buzón' in shown) == (True, True)
    assert set(Subscriber.objects.values_list("standing", flat=True)) == {Standing.CONFIRMED}
    assert ModelLogEntry.objects.get(action=WRITE_AGAIN).data == {"people": 3, "channel": "spoken"}
    assert "No había a quién" in press(head, "write_again", dispatch.pk, "spoken")


def test_lines_of_who_is_gone_are_never_tried_again(head: Client, dispatch: Dispatch) -> None:
    gone_with(dispatch)
    press(head, "retry", dispatch.pk)
    press(head, "resolve", Delivery.objects.order_by("pk")[0].pk, answer="retry")
    assert states() == ["failed"] * 3
    shown = head.get(reverse("envios:dispatch", args=[dispatch.pk])).content.decode()
    assert "Reintentar" not in shown


def test_what_was_answered_meanwhile_is_said(head: Client, dispatch: Dispatch) -> None:
    shown = press(head, "retry", dispatch.pk, channel="spoken", reason="Lleno.")
    assert "alguien lo resolvió antes" in shown


def test_one_line_is_tried_again(head: Client, dispatch: Dispatch) -> None:
    came_to(State.FAILED)
    press(head, "resolve", Delivery.objects.order_by("pk")[0].pk, answer="retry")
    assert states() == ["due", "failed", "failed"]


@pytest.mark.parametrize(("answer", "state"), [("si-llego", "sent"), ("enviar-otra-vez", "due")])
def test_all_doubts_of_a_channel_are_answered_together(
    head: Client, dispatch: Dispatch, answer: str, state: str
) -> None:
    came_to(State.UNCERTAIN)
    address = reverse("envios:resolve_all", args=[dispatch.pk, "spoken", answer])
    assert "3 mensajes en duda de De viva voz" in head.get(address).content.decode()
    assert states() == ["uncertain"] * 3
    head.post(address)
    assert states() == [state] * 3


@pytest.mark.parametrize(("kind", "answer"), [("smoke", "si-llego"), ("spoken", "quien-sabe")])
def test_there_is_no_third_answer(head: Client, dispatch: Dispatch, kind: str, answer: str) -> None:
    address = reverse("envios:resolve_all", args=[dispatch.pk, kind, answer])
    assert head.get(address).status_code == 404


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, hands: Hands) -> Delivery:
    monkeypatch.setattr(SpokenChannel, "limits", Limits(by_hand=True))
    live("spoken")
    SubscriberFactory.create(address="https://muestra.example/canal", broadcast=True)
    ask()
    run(hands)
    return Delivery.objects.get()


def test_what_a_person_passes_on_is_ready_to_copy_and_then_done(head: Client, package: Delivery) -> None:
    shown = head.get(reverse("envios:dispatch", args=[package.dispatch_id])).content.decode()
    assert ("data-copy" in shown, "Listo para pegar en De viva voz" in shown) == (True, True)
    done = press(head, "passed_on", package.pk, url="https://muestra.example/canal/214")
    package.refresh_from_db()
    assert (package.state, package.url) == (State.SENT, "https://muestra.example/canal/214")
    assert ("data-copy" in done, "Ya se lee en" in done) == (False, True)


def test_an_address_that_is_none_is_refused_in_words(head: Client, package: Delivery) -> None:
    assert "no es un enlace" in press(head, "passed_on", package.pk, url="javascript:alert(1)")
    assert Delivery.objects.get().state == State.WITHHELD


@pytest.mark.parametrize("name", ["pause", "resume", "retry", "cancel"])
def test_who_may_only_look_steers_nothing(client: Client, dispatch: Dispatch, name: str) -> None:
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    came_to(State.FAILED)
    answer = client.post(reverse(f"envios:{name}", args=[dispatch.pk]))
    dispatch.refresh_from_db()
    assert (answer.headers["Location"], states()) == (reverse("wagtailadmin_home"), ["failed"] * 3)
    assert (dispatch.paused_at, dispatch.cancelled_at) == (None, None)


@pytest.mark.parametrize("name", ["resolve", "passed_on"])
def test_nor_any_line_of_it(client: Client, dispatch: Dispatch, name: str) -> None:
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    line = Delivery.objects.order_by("pk")[0]
    answer = client.post(reverse(f"envios:{name}", args=[line.pk]))
    assert answer.headers["Location"] == reverse("wagtailadmin_home")
    shown = client.get(reverse("envios:dispatch", args=[dispatch.pk])).content.decode()
    assert "Pausar" not in shown
