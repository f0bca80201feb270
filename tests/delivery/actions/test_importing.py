"""A list is checked without a trace and taken in as it was checked; nobody comes back or is mailed by it unasked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.accounts import LocalityFactory, TopicFactory, UserFactory
from factories.delivery import NOON, Hands, SpokenChannel, SubscriberFactory, ask, live, run, said_to
from pregon.core.work import Lane
from pregon.delivery import actions as delivery
from pregon.delivery import registry
from pregon.delivery.actions import importing
from pregon.delivery.enums import Frequency, Handling, Reason, Standing
from pregon.delivery.errors import RosterMoved
from pregon.delivery.models import Dispatch, Roster, Subscriber, Suppression

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

PROVED = "correo,canal,consentimiento,fecha de consentimiento\n{0},de viva voz,Firmó la hoja,2026-05-01\n"


def handed(text: str, **fields: Any) -> Roster:
    """A list on the channel of the tests, handed in and checked."""
    roster = delivery.hand_in(text.encode(), name="lista.csv", by=fields.pop("by", None), at=NOON, **fields)
    assert delivery.roster_due(at=NOON) == 1
    roster.refresh_from_db()
    return roster


def taken(text: str, **fields: Any) -> Roster:
    """A list taken in to its end."""
    roster = handed(text, **fields)
    delivery.approve(roster, digest=roster.digest)
    assert delivery.roster_due(at=NOON) == 1
    roster.refresh_from_db()
    return roster


def lines(*rows: str, headings: str = "correo,canal") -> str:
    return "\n".join([headings, *rows, ""])


def problem(
    row: str, *, headings: str = "correo,canal,temas,localidades,frecuencia,fecha de consentimiento"
) -> str:
    roster = handed(lines(row, headings=headings), statement="Firmaron.")
    [bad] = roster.problems
    assert (bad["line"], roster.counts["checked"]["bad"]) == (2, 1)
    return str(bad["problem"])


# --- Checking -----------------------------------------------------------------------------------------------


def test_checking_writes_nothing_about_anybody() -> None:
    roster = handed(
        lines("a,spoken", "b,spoken", ",spoken"), statement="Firmaron la hoja.", with_letters=True
    )
    assert (roster.handling, roster.counts) == (Handling.CHECKED, {"checked": {"pending": 2, "bad": 1}})
    assert (Subscriber.objects.count(), Dispatch.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (",spoken,,,,", "Falta la dirección: escríbela o quita la línea."),
        ("a,fax,,,,", "No hay un canal «fax»: escribe uno de estos: Con clave, De viva voz, Despacio."),
        ("a,,,,,", "No hay un canal «»: escribe uno de estos: Con clave, De viva voz, Despacio."),
        ("a,spoken,Salut,,,", "No hay un tema «Salut». ¿Quisiste decir «Salud»?"),
        ("a,spoken,Cohetes,,,", "No hay un tema «Cohetes». Créalo antes o quítalo."),
        ("a,spoken,,Las Lomas,,", "No hay una localidad «Las Lomas». ¿Quisiste decir «La Loma»?"),
        (
            "a,spoken,,,a veces,",
            "No se entiende la frecuencia «a veces»: escribe «cada boletín», «diaria» o «semanal».",
        ),
        ("a,spoken,,,,ayer", "«ayer» no es una fecha: escríbela como 2026-11-20 o 20/11/2026."),
        ("a,spoken,,,,2026-11-21", "La fecha de consentimiento está en el futuro: corrígela."),
    ],
)
def test_a_bad_line_is_told_with_what_to_do(row: str, sentence: str) -> None:
    TopicFactory.create(name="Salud")
    LocalityFactory.create(name="La Loma")
    assert problem(row) == sentence


def test_a_line_without_proof_of_consent_is_bad() -> None:
    roster = handed(lines("a,spoken,", "b,spoken,Firmó", headings="correo,canal,consentimiento"))
    assert (roster.problems[0]["problem"], roster.counts["checked"]) == (
        "Falta cómo aceptó recibir: escríbelo en la columna «consentimiento», o para toda la lista.",
        {"pending": 1, "bad": 1},
    )


def test_a_repeated_address_is_named_with_its_first_line() -> None:
    roster = handed(lines("a,spoken", "b,spoken", "A,spoken", "a,keyed"), statement="Firmaron.")
    assert [(bad["line"], bad["problem"]) for bad in roster.problems] == [
        (4, "Repite la dirección de la línea 2: deja una sola.")
    ]


def test_few_bad_lines_are_named_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "NAMED", 3)
    monkeypatch.setattr(importing, "BATCH", 2)
    roster = handed(lines(*(f"a{n},fax" for n in range(9))), statement="Firmaron.")
    assert ([bad["line"] for bad in roster.problems], roster.counts["checked"]) == ([2, 3, 4], {"bad": 9})


def test_a_list_that_cannot_be_read_is_refused_in_a_sentence() -> None:
    roster = handed("nombre\nVecina\n")
    assert (roster.handling, roster.content) == (Handling.REFUSED, None)
    assert roster.refusal.startswith("Ninguna columna se llama «correo»")
    with pytest.raises(RosterMoved):
        delivery.approve(roster, digest=roster.digest)


def test_columns_that_nobody_understood_are_named() -> None:
    roster = handed(lines("a,spoken,33", headings="correo,canal,Edad"), statement="Firmaron.")
    assert roster.ignored == ["Edad"]


# --- Taking in ----------------------------------------------------------------------------------------------


def test_a_line_becomes_a_subscriber_with_its_proof() -> None:
    topic, locality = TopicFactory.create(name="Obra pública"), LocalityFactory.create(name="La Loma")
    by = UserFactory.create(first_name="Redacción")
    roster = taken(
        lines(
            "a,De viva voz,Vecina,obra publica,la loma,semanal,Firmó la hoja,01/05/2026",
            headings="correo,canal,nombre,temas,localidades,frecuencia,consentimiento,fecha de consentimiento",
        ),
        by=by,
        as_confirmed=True,
    )
    one = Subscriber.objects.get()
    assert (one.address, one.name, one.standing, one.confirmed_at, one.frequency) == (
        "a",
        "Vecina",
        Standing.CONFIRMED,
        NOON,
        Frequency.WEEKLY,
    )
    assert (list(one.topics.all()), list(one.localities.all()), one.every_topic, one.every_locality) == (
        [topic],
        [locality],
        False,
        False,
    )
    assert one.consent == (
        f"Firmó la hoja (1/5/2026). Lista «lista.csv», línea 2; la importó {by} el 20/11/2026."
    )
    assert one.asked_at == datetime(2026, 5, 1, 18, tzinfo=UTC)
    assert (roster.handling, roster.content, roster.counts["taken"]) == (
        Handling.IMPORTED,
        None,
        {"confirmed": 1, "bad": 0},
    )


@pytest.mark.parametrize(
    ("text", "fields", "standing"),
    [
        (PROVED, {}, Standing.PENDING),
        (PROVED, {"as_confirmed": True}, Standing.CONFIRMED),
        (PROVED.replace("2026-05-01", ""), {"as_confirmed": True}, Standing.PENDING),
        (
            PROVED.replace("Firmó la hoja", ""),
            {"as_confirmed": True, "statement": "Feria"},
            Standing.CONFIRMED,
        ),
        (lines("{0},spoken"), {"as_confirmed": True, "statement": "Feria"}, Standing.PENDING),
        (
            lines("{0},spoken"),
            {"as_confirmed": True, "statement": "Feria", "statement_on": date(2026, 5, 1)},
            Standing.CONFIRMED,
        ),
    ],
)
def test_only_proof_with_origin_and_date_spares_the_second_yes(
    text: str, fields: dict[str, Any], standing: Standing
) -> None:
    taken(text.format("a"), **fields)
    assert Subscriber.objects.get().standing == standing


@pytest.mark.parametrize("letters", [True, False])
def test_the_unconfirmed_get_one_letter_if_somebody_asks_and_never_a_bulletin(
    letters: bool, hands: Hands
) -> None:
    live("spoken")
    taken(lines("a,spoken", "b,spoken"), statement="Feria.", with_letters=letters)
    ask()
    run(hands)
    run(hands, lane=Lane.BULK, turns=2)
    assert sorted(said_to()) == (["a", "b"] if letters else [])
    assert all(parcel.confirm_url for parcel in SpokenChannel.sent)


def test_who_is_there_or_left_or_is_suppressed_stays_as_they_are() -> None:
    topic = TopicFactory.create()
    there = SubscriberFactory.create(address="known", name="Vecina")
    there.topics.add(topic)
    for standing in (Standing.LEFT, Standing.GONE, Standing.PENDING):
        SubscriberFactory.create(address=standing.value, standing=standing, confirmed_at=None)
    delivery.suppress("spoken", "silenced", reason=Reason.COMPLAINT, at=NOON)
    before = list(Subscriber.objects.order_by("pk").values())
    names = ("known", "left", "gone", "pending", "silenced")
    rows = (f"{name},spoken,Otra,Firmó,2026-05-01" for name in names)
    text = lines(*rows, headings="correo,canal,nombre,consentimiento,fecha de consentimiento")
    roster = taken(text, as_confirmed=True, with_letters=True)
    assert list(Subscriber.objects.order_by("pk").values()) == before
    assert roster.counts["taken"] == roster.counts["checked"] | {"bad": 0}
    assert roster.counts["taken"] == {"known": 2, "left": 2, "suppressed": 1, "bad": 0}
    assert (Suppression.objects.count(), Dispatch.objects.count()) == (1, 0)


def test_who_leaves_between_check_and_import_is_not_brought_back() -> None:
    roster = handed(PROVED.format("a"), as_confirmed=True)
    delivery.suppress("spoken", "a", reason=Reason.MANUAL, at=NOON)
    delivery.approve(roster, digest=roster.digest)
    delivery.roster_due(at=NOON)
    assert Subscriber.objects.count() == 0


def test_a_list_is_taken_in_as_it_was_checked_or_not_at_all() -> None:
    roster = handed(PROVED.format("a"))
    with pytest.raises(RosterMoved):
        delivery.approve(roster, digest="0" * 64)
    delivery.approve(roster, digest=roster.digest)
    with pytest.raises(RosterMoved):
        delivery.approve(roster, digest=roster.digest)
    Roster.objects.update(content=PROVED.format("b").encode())
    delivery.roster_due(at=NOON)
    roster.refresh_from_db()
    assert (roster.handling, roster.content, Subscriber.objects.count()) == (Handling.CHECKED, None, 0)


def test_the_same_list_again_changes_nothing() -> None:
    for _time in range(2):
        roster = taken(PROVED.format("a"), as_confirmed=True)
    assert (roster.counts["taken"], Subscriber.objects.count()) == ({"known": 1, "bad": 0}, 1)


@pytest.mark.parametrize("crash", range(4))
def test_after_a_crash_it_goes_on_behind_the_last_batch(crash: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    rows = [f"p{n},spoken" if n != 3 else ",spoken" for n in range(8)]
    roster = handed(lines(*rows), statement="Feria.", with_letters=True)
    delivery.approve(roster, digest=roster.digest)
    write, calls = importing.write, iter(range(100))

    def fall(*args: Any, **kwargs: Any) -> None:
        write(*args, **kwargs)
        if next(calls) == crash:
            raise RuntimeError

    monkeypatch.setattr(importing, "write", fall)
    with pytest.raises(RuntimeError):
        delivery.roster_due(at=NOON)
    assert (Subscriber.objects.count(), delivery.roster_due(at=NOON)) == (crash * 2 - (crash > 1), 0)
    assert delivery.roster_due(at=NOON + importing.LEASE + timedelta(seconds=1)) == 1
    roster.refresh_from_db()
    assert (
        roster.handling,
        roster.counts["taken"],
        Subscriber.objects.count(),
        Dispatch.objects.count(),
    ) == (
        Handling.IMPORTED,
        {"pending": 7, "bad": 1},
        7,
        4,
    )


def test_a_worker_that_was_overtaken_keeps_its_hands_off() -> None:
    roster = handed(PROVED.format("a"))
    delivery.approve(roster, digest=roster.digest)
    roster.refresh_from_db()
    Roster.objects.update(cursor=1)
    importing.take_in(roster, at=NOON)
    assert Subscriber.objects.count() == 0


def test_mail_is_the_channel_of_a_line_that_names_none_and_capitals_make_no_other_box(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Post(SpokenChannel):
        kind = "email"
        label = "Correo"

    monkeypatch.setattr(registry, "_channels", {"email": Post})
    taken("correo\nVecina@Muestra.example\n", statement="Feria.")
    one = Subscriber.objects.get()
    assert (one.channel, one.address) == ("email", "vecina@muestra.example")


def test_a_batch_costs_the_same_for_one_line_and_for_three() -> None:
    topic = TopicFactory.create()
    spent = []
    for count in (1, 2, 3):
        rows = (f"p{count}-{n},spoken,{topic.name}" for n in range(count))
        roster = handed(lines(*rows, headings="correo,canal,temas"), statement="Feria.", with_letters=True)
        delivery.approve(roster, digest=roster.digest)
        with CaptureQueriesContext(connection) as asked:
            delivery.roster_due(at=NOON)
        spent.append(len(asked))
    assert spent[0] == spent[2]
