from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from factories.accounts import UserFactory
from factories.delivery import SpokenChannel, SubscriberFactory, ask, came_to, live, prepare_all
from pregon.accounts.enums import Role
from pregon.core.work import Lane, turn
from pregon.delivery import forms
from pregon.delivery.contract import Parcel, Preview, Token
from pregon.delivery.enums import Mode, Standing, State
from pregon.delivery.errors import Misconfigured
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Roster, Subscriber
from pregon.delivery.views import WRITE_AGAIN

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(client: Client) -> Client:
    client.force_login(UserFactory.create(roles=[Role.HEAD]))
    return client


@pytest.fixture
def dispatch() -> Dispatch:
    SubscriberFactory.create()
    asked = ask()
    prepare_all()
    return asked


def page(client: Client, name: str, *args: object, **query: str) -> str:
    return client.get(reverse(name, args=args), query).content.decode()


def test_dispatches_are_listed_with_their_bars(head: Client, dispatch: Dispatch) -> None:
    shown = page(head, "envios:index")
    assert (dispatch.headline in shown, "0 de 1" in shown) == (True, True)


def test_a_long_history_is_cut_by_id(head: Client) -> None:
    first = ask()
    for _number in range(20):
        ask()
    answer = head.get(reverse("envios:index"))
    assert len(answer.context["progress"]) == 20
    older = head.get(answer.context["older_url"])
    assert [one.dispatch for one in older.context["progress"]] == [first]


def test_the_list_costs_the_same_with_one_dispatch_and_with_three(head: Client) -> None:
    spent = []
    for _number in range(3):
        ask()
        page(head, "envios:index")
        with CaptureQueriesContext(connection) as queries:
            page(head, "envios:index")
        spent.append(len(queries))
    assert spent[0] == spent[2]


@pytest.mark.parametrize("name", ["envios:now", "envios:progress"])
def test_a_fragment_is_not_a_whole_page(head: Client, dispatch: Dispatch, name: str) -> None:
    args = [dispatch.pk] if name == "envios:progress" else []
    assert "<html" not in page(head, name, *args)


def test_one_dispatch_shows_each_line_and_why_some_failed(head: Client, dispatch: Dispatch) -> None:
    came_to(State.FAILED, reason="El buzón ya no existe.")
    shown = page(head, "envios:dispatch", dispatch.pk)
    assert ("El buzón ya no existe." in shown, "Falló" in shown) == (True, True)


def test_lines_are_narrowed_by_state_and_cut_by_id(head: Client, dispatch: Dispatch) -> None:
    lines = [
        Delivery(
            dispatch=dispatch, channel="spoken", destination=f"p{n}", lane="now", due_at=dispatch.created_at
        )
        for n in range(60)
    ]
    Delivery.objects.bulk_create(lines)
    first = head.get(reverse("envios:dispatch", args=[dispatch.pk]), {"state": "due"})
    second = head.get(first.context["older_url"])
    none = head.get(reverse("envios:dispatch", args=[dispatch.pk]), {"state": "failed"})
    assert [len(answer.context["lines"]) for answer in (first, second, none)] == [50, 11, 0]


@pytest.mark.parametrize(("answer", "state"), [("arrived", State.SENT), ("again", State.DUE)])
def test_a_line_in_doubt_has_its_two_answers(
    head: Client, dispatch: Dispatch, answer: str, state: State
) -> None:
    came_to(State.UNCERTAIN)
    line = Delivery.objects.get()
    assert "Sí llegó" in page(head, "envios:dispatch", dispatch.pk)
    head.post(reverse("envios:resolve", args=[line.pk]), {"answer": answer})
    assert Delivery.objects.get().state == state


def test_a_line_has_no_third_answer(head: Client, dispatch: Dispatch) -> None:
    line = Delivery.objects.get()
    assert head.post(reverse("envios:resolve", args=[line.pk]), {"answer": "burn"}).status_code == 404


def test_who_may_only_look_answers_nothing(client: Client, dispatch: Dispatch) -> None:
    came_to(State.UNCERTAIN)
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    shown = page(client, "envios:dispatch", dispatch.pk)
    client.post(reverse("envios:resolve", args=[Delivery.objects.get().pk]), {"answer": "arrived"})
    assert ("Sí llegó" in shown, Delivery.objects.get().state) == (False, State.UNCERTAIN)


def test_a_message_is_seen_as_its_receiver_sees_it(head: Client, dispatch: Dispatch) -> None:
    shown = page(head, "envios:preview", dispatch.pk, "spoken")
    assert ("desk-bubble" in shown, dispatch.headline in shown) == (True, True)


def test_a_mail_is_seen_in_a_frame_that_can_do_nothing(
    head: Client, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mail(channel: SpokenChannel, parcel: Parcel) -> Preview:
        html = f"<html><body>{parcel.unsubscribe_url}<script>alert(1)</script></body></html>"
        return Preview(subject="Asunto", text="Texto", html=html)

    monkeypatch.setattr(SpokenChannel, "preview", mail)
    assert 'sandbox=""' in page(head, "envios:preview", dispatch.pk, "spoken")
    answer = head.get(reverse("envios:preview_html", args=[dispatch.pk, "spoken"]))
    policy = answer["Content-Security-Policy"]
    assert (policy.startswith("sandbox; default-src 'none'"), "script-src" in policy) == (True, False)
    assert "/suscripcion/muestra/" in answer.content.decode()


@pytest.mark.parametrize("name", ["envios:preview", "envios:preview_html"])
def test_an_unknown_channel_shows_nothing(head: Client, dispatch: Dispatch, name: str) -> None:
    assert head.get(reverse(name, args=[dispatch.pk, "smoke"])).status_code == 404


def test_channels_say_what_they_may_do(head: Client) -> None:
    live("spoken")
    shown = page(head, "canales:index")
    assert ("En vivo" in shown, "Ensayo" in shown, "De viva voz" in shown) == (True, True, True)


def test_a_channel_is_set_up_and_asked_whether_it_is_known(
    head: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SpokenChannel, "check", lambda channel: "@muestra")
    answer = head.post(reverse("canales:edit", args=["spoken"]), {"mode": "live", "do": "check"})
    assert "El proveedor nos reconoce como @muestra." in answer.content.decode()
    assert ChannelAccount.objects.get().mode == Mode.LIVE


def test_a_test_of_the_channel_asks_how_long_its_key_lives(
    head: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = timezone.now() + timedelta(days=6, hours=1)
    monkeypatch.setattr(SpokenChannel, "check", lambda channel: "@muestra")
    monkeypatch.setattr(SpokenChannel, "token", lambda channel: Token(expires_at=ends))
    answer = head.post(reverse("canales:edit", args=["spoken"]), {"mode": "live", "do": "check"})
    assert "La clave vence en 6 días" in answer.content.decode()
    assert ChannelAccount.objects.get().token_expires_at == ends


def test_a_channel_says_how_it_fares_and_takes_a_pace(head: Client) -> None:
    address = reverse("canales:edit", args=["spoken"])
    head.post(address, {"mode": "live", "do": "save", "ritmo-per_minute": "30", "ritmo-per_day": "500"})
    account = ChannelAccount.objects.get()
    shown = head.get(address).content.decode()
    assert (account.per_minute, account.per_day, "0 de 500" in shown) == (30, 500, True)
    assert "Está en vivo y al corriente" in shown


def test_a_pace_of_nothing_is_refused(head: Client) -> None:
    head.post(reverse("canales:edit", args=["spoken"]), {"mode": "live", "ritmo-per_minute": "0"})
    assert ChannelAccount.objects.count() == 0


def test_the_ledger_begins_with_what_needs_a_person(head: Client, dispatch: Dispatch) -> None:
    lines = [
        Delivery(
            dispatch=dispatch,
            channel="spoken",
            destination=f"p{state}",
            lane="now",
            state=state,
            due_at=dispatch.created_at,
        )
        for state in (State.SENT, State.FAILED, State.UNCERTAIN)
    ]
    Delivery.objects.bulk_create(lines)
    shown = head.get(reverse("envios:dispatch", args=[dispatch.pk])).context["lines"]
    assert [line.delivery.state for line in shown] == ["uncertain", "failed", "due", "sent"]


def test_where_the_public_reads_it_is_linked(head: Client) -> None:
    SubscriberFactory.create(address="@muestra", broadcast=True)
    asked = ask()
    prepare_all()
    came_to(State.SENT, url="https://muestra.example/214")
    assert "Ya se lee en" in page(head, "envios:dispatch", asked.pk)


def test_a_refusal_of_the_provider_is_shown_in_its_words(
    head: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(channel: SpokenChannel) -> str:
        raise Misconfigured("El proveedor no reconoce la clave.")

    monkeypatch.setattr(SpokenChannel, "check", refuse)
    answer = head.post(reverse("canales:edit", args=["spoken"]), {"mode": "sandbox", "do": "check"})
    assert "El proveedor no reconoce la clave." in answer.content.decode()


def test_an_editor_sees_the_channels_and_changes_none(client: Client) -> None:
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    shown = page(client, "canales:index")
    client.post(reverse("canales:edit", args=["spoken"]), {"mode": "live", "do": "save"})
    assert ("Configurar" in shown, ChannelAccount.objects.count()) == (False, 0)


def test_an_office_channel_receives_from_then_on(head: Client) -> None:
    told = {"channel": "spoken", "address": "@muestra", "name": "Canal de la oficina"}
    head.post(reverse("suscriptores_desk:add"), told)
    made = Subscriber.objects.get()
    assert (made.address, made.broadcast, made.standing) == ("@muestra", True, Standing.CONFIRMED)


def test_a_person_who_left_is_no_channel_of_the_office(head: Client) -> None:
    one = SubscriberFactory.create(standing=Standing.LEFT)
    told = {"channel": "spoken", "address": one.address, "name": "Canal de la oficina"}
    shown = head.post(reverse("suscriptores_desk:add"), told).content.decode()
    assert "no puede ser un canal de la oficina" in " ".join(shown.split())
    assert list(Subscriber.objects.values_list("broadcast", "standing")) == [(False, Standing.LEFT)]


def test_a_trouble_is_told_once(head: Client) -> None:
    account = live("spoken")
    account.last_failure, account.last_failure_at = "La clave ya no sirve.", timezone.now()
    account.save()
    assert page(head, "canales:edit", "spoken").count("La clave ya no sirve.") == 1


def test_states_are_explained_in_a_few_words(head: Client, dispatch: Dispatch) -> None:
    came_to(State.UNCERTAIN)
    shown = page(head, "envios:dispatch", dispatch.pk)
    told = ("Retenido: se guardó y no salió", "Omitido: ya no debía salir", "En duda: no se sabe si llegó")
    assert [words in shown for words in (*told, "Incierto")] == [True, True, True, False]


def test_a_subscription_is_ended_only_after_asking(head: Client) -> None:
    one = SubscriberFactory.create()
    address = reverse("suscriptores_desk:leave", args=[one.pk])
    assert one.address in head.get(address).content.decode()
    assert Subscriber.objects.get().standing == Standing.CONFIRMED
    head.post(address)
    assert Subscriber.objects.get().standing == Standing.LEFT


def test_who_bounced_is_written_to_again_only_after_asking_and_it_is_recorded(head: Client) -> None:
    one = SubscriberFactory.create(standing=Standing.GONE)
    address = reverse("suscriptores_desk:write_again", args=[one.pk])
    assert address in page(head, "suscriptores:index")
    assert one.address in head.get(address).content.decode()
    assert Subscriber.objects.get().standing == Standing.GONE
    head.post(address)
    assert Subscriber.objects.get().standing == Standing.CONFIRMED
    noted = ModelLogEntry.objects.get(action=WRITE_AGAIN)
    assert (noted.label, noted.user is not None) == (f"Suscriptor {one.pk}", True)


def test_who_left_is_not_written_to_again_by_the_office(head: Client) -> None:
    one = SubscriberFactory.create(standing=Standing.LEFT)
    address = reverse("suscriptores_desk:write_again", args=[one.pk])
    assert "No se le puede volver a escribir" in head.get(address).content.decode()
    assert "No volvió" in head.post(address, follow=True).content.decode()
    assert Subscriber.objects.get().standing == Standing.LEFT


def test_an_editor_neither_adds_nor_ends_subscriptions(client: Client) -> None:
    one = SubscriberFactory.create()
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    client.post(reverse("suscriptores_desk:leave", args=[one.pk]))
    client.post(reverse("suscriptores_desk:add"), {"channel": "spoken", "address": "@a", "name": "A"})
    assert list(Subscriber.objects.values_list("standing", flat=True)) == [Standing.CONFIRMED]


# --- Lists of subscribers -----------------------------------------------------------------------------------


def upload(text: str = "correo,canal\na,spoken\n,spoken\n", **fields: object) -> dict[str, object]:
    return {"file": SimpleUploadedFile("lista.csv", text.encode()), "statement": "Feria.", **fields}


def test_a_list_is_handed_in_checked_and_taken_in(head: Client) -> None:
    there = head.post(reverse("suscriptores_desk:rosters"), upload())["Location"]
    assert "data-waiting" in head.get(there).content.decode()
    turn(Lane.BULK, at=timezone.now())
    shown = head.get(there).content.decode()
    assert [words in shown for words in ("Falta la dirección", "Importar 1 línea", "data-waiting")] == [
        True,
        True,
        False,
    ]
    roster = Roster.objects.get()
    head.post(there, {"digest": roster.digest})
    turn(Lane.BULK, at=timezone.now())
    one = Subscriber.objects.get()
    assert (one.standing, roster.by_id, "la importó Redacción" in one.consent) == (
        Standing.PENDING,
        int(head.session["_auth_user_id"]),
        True,
    )
    assert "Importada" in page(head, "suscriptores_desk:roster_state", roster.pk)


def test_a_list_other_than_the_one_that_was_seen_is_not_taken_in(head: Client) -> None:
    there = head.post(reverse("suscriptores_desk:rosters"), upload())["Location"]
    turn(Lane.BULK, at=timezone.now())
    shown = head.post(there, {"digest": "otra"}, follow=True).content.decode()
    turn(Lane.BULK, at=timezone.now())
    assert ("ya no es la que se revisó" in shown, Subscriber.objects.count()) == (True, 0)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"statement_on": "2999-01-01"}, "Esa fecha está en el futuro"),
        ({"file": ""}, "Elige el archivo de la lista."),
    ],
)
def test_a_form_that_lacks_something_says_so(head: Client, fields: dict[str, object], sentence: str) -> None:
    shown = head.post(reverse("suscriptores_desk:rosters"), upload(**fields)).content.decode()
    assert (sentence in shown, Roster.objects.count()) == (True, 0)


def test_a_list_that_weighs_too_much_is_refused_at_the_door(
    head: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_BYTES", 10)
    shown = head.post(reverse("suscriptores_desk:rosters"), upload()).content.decode()
    assert ("divídela en varias" in shown, Roster.objects.count()) == (True, 0)


def test_a_list_that_cannot_be_read_shows_why_and_one_that_was_forgotten_too(head: Client) -> None:
    there = head.post(reverse("suscriptores_desk:rosters"), upload("nombre\nVecina\n"))["Location"]
    turn(Lane.BULK, at=timezone.now())
    assert "Ninguna columna se llama «correo»" in head.get(there).content.decode()
    there = head.post(reverse("suscriptores_desk:rosters"), upload())["Location"]
    turn(Lane.BULK, at=timezone.now())
    Roster.objects.update(content=None)
    shown = head.get(there).content.decode()
    assert ("súbelo otra vez" in shown, "Importar 1" in shown) == (True, False)
    assert page(head, "suscriptores_desk:rosters").count("lista.csv") == 2


def checked(head: Client, content: bytes, **fields: object) -> str:
    """What the desk shows of a list once it was checked."""
    told = upload(file=SimpleUploadedFile("lista.csv", content), **fields)
    there = head.post(reverse("suscriptores_desk:rosters"), told)["Location"]
    turn(Lane.BULK, at=timezone.now())
    return " ".join(head.get(there).content.decode().split())


@pytest.mark.parametrize(("encoding", "warned"), [("mac_roman", True), ("cp1252", True), ("utf-8", False)])
def test_the_first_lines_are_shown_as_they_were_read(head: Client, encoding: str, warned: bool) -> None:
    names = ("María Núñez", "José", "Inés", "Ángel", "Lucía", "Sofía")
    lines = "".join(f"{number},spoken,{name}\n" for number, name in enumerate(names))
    content = f"correo,canal,nombre\n{lines}".encode(encoding)
    shown = checked(head, content)
    read = content.decode("utf-8" if encoding == "utf-8" else "cp1252").splitlines()
    cells = [f"<td>{line.split(',')[2]}</td>" in shown for line in read[1:]]
    assert (cells, "guárdala como «CSV UTF-8»" in shown) == ([True] * 5 + [False], warned)


def test_nothing_of_a_list_is_shown_once_its_file_is_gone(head: Client) -> None:
    assert "Así se leen" in checked(head, b"correo,canal\na,spoken\n")
    Roster.objects.update(content=None)
    assert "Así se leen" not in page(head, "suscriptores_desk:roster", Roster.objects.get().pk)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"correo,canal\n", "La lista solo tiene encabezados"),
        (b"correo,canal\n,spoken\n", "Ninguna línea puede entrar"),
        (b"correo,canal\nconocida,spoken\n", "Nadie de esta lista es nuevo"),
    ],
)
def test_a_list_with_nothing_to_take_in_says_why(head: Client, content: bytes, reason: str) -> None:
    SubscriberFactory.create(address="conocida")
    shown = checked(head, content)
    assert (reason in shown, "no hay nada que importar" in shown, "visto bueno" in shown) == (
        True,
        True,
        False,
    )


def test_how_many_lines_is_said_in_one_way_and_with_its_verb(head: Client) -> None:
    shown = checked(head, b"correo,canal\na,spoken\n,spoken\n")
    assert "<b>1</b> queda por confirmar y no recibe boletines" in shown
    assert "<b>1</b> tiene un problema: no entra" in shown
    Roster.objects.update(counts={"checked": {"confirmed": 90_000, "bad": 1_500}})
    shown = page(head, "suscriptores_desk:roster", Roster.objects.get().pk)
    assert "<b>90,000</b> reciben desde ahora" in shown
    assert ("Importar 90,000 líneas" in shown, "Y 1,499 líneas más." in shown) == (True, True)


def test_the_lists_cost_the_same_with_one_and_with_three(head: Client) -> None:
    spent = []
    for _number in range(3):
        head.post(reverse("suscriptores_desk:rosters"), upload())
        page(head, "suscriptores_desk:rosters")
        with CaptureQueriesContext(connection) as queries:
            page(head, "suscriptores_desk:rosters")
        spent.append(len(queries))
    assert spent[0] == spent[2]


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_list_leaves_as_a_file_bit_by_bit(head: Client, form: str, begins: bytes) -> None:
    SubscriberFactory.create()
    answer = head.get(reverse(f"suscriptores_desk:export_{form}"))
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # both are streamed
    assert (answer.streaming, content.startswith(begins)) == (True, True)
    assert f'.{form}"' in answer["Content-Disposition"]


def test_an_address_can_be_silenced_for_good(head: Client) -> None:
    SubscriberFactory.create(address="vecina@muestra.example")
    wish = {"channel": "spoken", "address": "vecina@muestra.example"}
    shown = head.post(reverse("suscriptores_desk:suppress"), wish, follow=True).content.decode()
    assert ("ya no se le escribe" in shown, Subscriber.objects.get().standing) == (True, Standing.LEFT)
    assert "La oficina lo anotó a petición suya" in page(head, "suscriptores_desk:suppress")


@pytest.mark.parametrize("name", ["rosters", "export_csv", "export_xlsx", "suppress"])
def test_who_only_writes_bulletins_neither_imports_nor_exports(client: Client, name: str) -> None:
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    assert client.get(reverse(f"suscriptores_desk:{name}")).status_code == 302
    assert client.post(reverse(f"suscriptores_desk:{name}"), upload()).status_code == 302
    assert Roster.objects.count() == 0


def test_a_preview_whose_text_was_erased_says_so(head: Client, dispatch: Dispatch) -> None:
    Dispatch.objects.update(emptied_at=timezone.now())
    assert "ya se borró, como manda el plazo" in page(head, "envios:preview", dispatch.pk, "spoken")
    assert head.get(reverse("envios:preview_html", args=[dispatch.pk, "spoken"])).status_code == 404
