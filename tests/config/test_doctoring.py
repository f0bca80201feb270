"""Each ailment has its sentence, and a healthy office has none."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import Settings

from factories.accounts import UserFactory
from factories.delivery import live
from factories.newsroom import NOON, draft, town
from factories.plan import PlanFactory, bulletin, sent
from pregon.accounts.models import Office, User
from pregon.analytics import actions as analytics
from pregon.config import doctoring
from pregon.config.doctoring import examine
from pregon.core.home import Home
from pregon.delivery import registry
from pregon.delivery.enums import State
from pregon.delivery.models import ChannelAccount, Delivery
from pregon.library.enums import Development
from pregon.library.models import Photo
from pregon.newsroom import actions as newsroom
from pregon.plan import actions as plans
from pregon.plan.models import Seal
from pregon.website import actions as website
from pregon.website.models import Broadcast
from servers.command import free_port
from servers.rabbitmq import point_at

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

LONG_AGO = NOON - timedelta(hours=1)


@pytest.fixture(autouse=True)
def healthy(home: Home) -> Home:
    """An office that lacks nothing."""
    town()
    Office.objects.update(privacy_notice="<p>Quién responde.</p>")
    UserFactory(email="titular@muestra.example", is_superuser=True)
    home.secret.write_text("x" * 60, encoding="utf-8")
    home.secret.chmod(0o600)
    return home


@pytest.fixture(autouse=True)
def at_home(settings: Settings) -> None:
    settings.BASE_URL = "http://localhost:8000"


def ills() -> list[str]:
    return [finding.sentence for finding in examine(at=NOON) if finding.ill]


def told() -> list[str]:
    return [finding.sentence for finding in examine(at=NOON) if not finding.ill]


def test_a_healthy_office_has_no_ailment_and_is_told_how_it_stands(healthy: Home) -> None:
    assert ills() == []
    first, *rest = told()
    assert first.startswith(f"La carpeta de la oficina es {healthy.root}, con ")
    assert rest == [
        f"La base de datos ({connection.vendor}) está al día.",
        "El sitio tiene 0 páginas horneadas.",
        "Las vistas del sitio se cuentan, sin guardar de quién son.",
    ]


def test_a_home_that_is_not_there_ends_the_examination(settings: Settings, tmp_path: Path) -> None:
    settings.HOME = Home(tmp_path / "nada")
    assert ills() == [
        f"No existe la carpeta {tmp_path / 'nada'}: prepárala con «pregon init --home {tmp_path / 'nada'}»."
    ]


def test_a_folder_that_cannot_be_written_is_named(healthy: Home) -> None:
    healthy.outbox.rmdir()
    assert ills() == [f"No se puede escribir en {healthy.outbox}: revisa de quién es la carpeta."]


def test_a_key_that_others_may_read_is_an_ailment(healthy: Home) -> None:
    healthy.secret.chmod(0o644)
    assert ills() == [f"La clave secreta la puede leer cualquiera: ejecuta «chmod 600 {healthy.secret}»."]


def test_a_disk_that_is_nearly_full_is_an_ailment(monkeypatch: pytest.MonkeyPatch, healthy: Home) -> None:
    there = os.statvfs(healthy.root)
    monkeypatch.setattr(doctoring, "ENOUGH_DISK", there.f_blocks * there.f_frsize * 2)
    [sentence] = ills()
    assert sentence.endswith(" MB libres en el disco: libera espacio antes de publicar.")


@pytest.mark.parametrize(("count", "lacks"), [(1, "le falta 1 cambio"), (2, "le faltan 2 cambios")])
def test_a_database_of_an_older_version_is_an_ailment(count: int, lacks: str) -> None:
    for app in ["website", "plan"][:count]:
        MigrationRecorder.Migration.objects.filter(app=app).order_by("name").last().delete()
    assert ills() == [f"A la base de datos {lacks}: ejecuta «pregon init» para ponerla al día."]


def no_head() -> None:
    User.objects.update(is_active=False)


def no_town() -> None:
    Office.objects.update(municipality="")


def failed_photo() -> None:
    Photo.objects.create(title="x", file="x.jpg", width=3, height=2, development=Development.FAILED)


def late_page() -> None:
    website.mark(["/agenda/"], at=LONG_AGO)


def missed_hour() -> None:
    made = draft(go_live_at=NOON + timedelta(days=9000))
    newsroom.publish(made, by=None)
    made.latest_revision.approved_go_live_at = LONG_AGO
    made.latest_revision.save(update_fields=["approved_go_live_at"])


def unsure() -> None:
    sent(bulletin("2026-11-20 10:00"), "2026-11-20 10:05", state=State.UNCERTAIN)


def unset_channel() -> None:
    live("email")


def lost_channel() -> None:
    live("email")
    ChannelAccount.objects.update(kind="fax")


def late_channel() -> None:
    live("email", host="correo.example", sender_address="prensa@muestra.example")
    line = sent(bulletin("2026-11-20 10:00"), "2026-11-20 10:05", channel="email", state=State.DUE)
    Delivery.objects.filter(pk=line.pk).update(settled_at=None)


def lagging_channel() -> None:
    """Something got through a moment ago, and this did not."""
    late_channel()
    ChannelAccount.objects.update(last_success_at=NOON - timedelta(minutes=5))


def dying_key() -> None:
    live("email", host="correo.example", sender_address="prensa@muestra.example")
    ChannelAccount.objects.update(token_expires_at=NOON + timedelta(days=1, hours=1))


def stuck_channel() -> None:
    """A dead server while the workers run: what waits was put off a moment ago."""
    late_channel()
    Delivery.objects.update(due_at=NOON + timedelta(seconds=30))
    ChannelAccount.objects.update(
        last_success_at=LONG_AGO,
        last_failure_at=NOON,
        last_failure="El servidor de correo no contesta.",
    )


@pytest.mark.parametrize(
    ("ail", "sentence"),
    [
        (no_head, "La oficina no tiene titular: ejecuta «pregon init» y sigue lo que dice."),
        (no_town, "Falta el nombre del municipio: escríbelo en el escritorio, en Oficina."),
        (failed_photo, "1 foto no se pudo preparar: ábrela en el escritorio y súbela de nuevo."),
        (
            late_page,
            "1 página espera hornearse desde hace más de diez minutos: enciende «pregon up».",
        ),
        (missed_hour, "1 boletín pasó su hora sin salir: enciende el reloj con «pregon up»."),
        (unsure, "Hay 1 envío en duda: dile al escritorio, en Envíos, si llegó."),
        (
            unset_channel,
            "A Correo le falta: Servidor de salida (SMTP), Correo desde el que se envía. Escríbelo en Envíos, Canales.",
        ),
        (
            lost_channel,
            f"El canal «fax» no está instalado; los que hay son: {', '.join(registry.kinds())}.",
        ),
        (
            late_channel,
            "Correo no logra enviar y 1 mensaje espera: ningún trabajador los toma; enciende «pregon up».",
        ),
        (lagging_channel, "Correo tiene envíos atrasados: ningún trabajador los toma."),
        (
            dying_key,
            "Correo: La clave vence en 1 día, el 21 de noviembre. Consigue otra antes y escríbela aquí.",
        ),
        (stuck_channel, "Correo no puede salir: El servidor de correo no contesta."),
    ],
)
def test_an_ailment_is_one_sentence_that_says_what_to_do(ail: Callable[[], None], sentence: str) -> None:
    ail()
    assert ills() == [sentence]


def test_two_of_a_kind_are_told_in_the_plural() -> None:
    failed_photo()
    failed_photo()
    assert ills() == ["2 fotos no se pudieron preparar: ábrelas en el escritorio y súbelas de nuevo."]


def test_a_site_that_is_not_encrypted_is_an_ailment_but_at_home(settings: Settings) -> None:
    settings.BASE_URL, settings.SECURE = "http://prensa.muestra.example", False
    assert ills() == [
        "El sitio se anuncia sin cifrar (http://prensa.muestra.example): pon https en PREGON_BASE_URL."
    ]


def test_a_live_channel_that_keeps_up_is_told_as_healthy() -> None:
    live("email", host="correo.example", sender_address="prensa@muestra.example")
    assert (ills(), "Correo está en vivo y al corriente." in told()) == ([], True)


def test_a_channel_that_has_sent_since_it_failed_is_healthy() -> None:
    stuck_channel()
    ChannelAccount.objects.update(last_success_at=NOON)
    assert ills() == []


def test_an_original_that_a_cut_left_without_its_photo_is_named(healthy: Home) -> None:
    lost = healthy.media / "original_images" / "cortada.jpg"
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"\xff\xd8\xff")
    os.utime(lost, (LONG_AGO.timestamp() - 1, LONG_AGO.timestamp() - 1))
    said = (
        "1 original quedó sin foto por un corte: en media/original_images puedes borrarlo o subirlo de nuevo."
    )
    assert (ills(), [sentence for sentence in told() if "original_images" in sentence]) == ([], [said])


# --- Several machines ---------------------------------------------------------------------------------------


def test_a_lane_that_nobody_attends_is_named(settings: Settings) -> None:
    settings.PREGON_QUEUE_URL = "memory://"
    point_at(settings.PREGON_QUEUE_URL)
    assert ills() == [
        f"Nadie atiende el carril {lane}: enciende «pregon worker --lane {lane}» en alguna máquina."
        for lane in ("alert", "now", "bulk", "pages", "photos")
    ]
    assert "RabbitMQ responde, con 0 trabajadores a la escucha." in told()


def test_a_broker_that_does_not_answer_is_an_ailment_that_tells_no_password(settings: Settings) -> None:
    settings.PREGON_QUEUE_URL = f"amqp://pregon:clave@127.0.0.1:{free_port()}//"
    point_at(settings.PREGON_QUEUE_URL)
    assert ills() == [
        (
            "RabbitMQ no responde (ConnectionRefusedError): los trabajadores siguen por su cuenta y nada se pierde, "
            "pero enciéndelo o revisa PREGON_QUEUE_URL."
        )
    ]


def test_a_clock_that_differs_from_the_databases_is_an_ailment(
    time_machine_at: Callable[[datetime], None],
) -> None:
    time_machine_at(timezone.now() + timedelta(minutes=2))
    difference = (
        "El reloj de esta máquina y el de la base de datos difieren 120 segundos: ponlos a la hora con chrony o "
        "systemd-timesyncd."
    )
    assert ills() == ([difference] if connection.vendor == "postgresql" else [])


def test_an_nginx_that_takes_nothing_of_what_is_told_is_an_ailment(settings: Settings) -> None:
    website.tell(["sitio"], "news", {}, at=NOON - timedelta(minutes=2))
    assert ills() == []
    settings.PREGON_HUB_URL = "http://127.0.0.1:8090/"
    [sentence] = ills()
    assert sentence.startswith("nginx no recibe en http://127.0.0.1:8090/ lo que oyen las páginas abiertas:")
    Broadcast.objects.update(posted_at=NOON)
    assert "nginx recibe lo que oyen las páginas abiertas." in told()


def test_views_that_cannot_be_written_are_an_ailment(healthy: Home) -> None:
    healthy.views.rmdir()
    assert ills() == [
        f"No se pueden anotar las vistas en {healthy.views}: revisa que exista y de quién es la carpeta."
    ]


def test_a_log_of_nginx_that_leads_nowhere_is_an_ailment(healthy: Home) -> None:
    log = healthy.views / "nginx"
    log.symlink_to(healthy.root / "nada")
    assert ills() == [
        f"No se pueden leer las vistas en {log}: dale permiso al grupo con el que corre Pregón."
    ]


def test_views_that_nobody_counts_are_an_ailment(healthy: Home) -> None:
    log = healthy.views / "2026112017-web-1.log"
    log.write_text("1 none / 2026-11-20T17+00:00\n", encoding="ascii")
    os.utime(log, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    assert ills() == [
        "Hay vistas sin contar desde hace más de diez minutos: enciende el reloj con «pregon up»."
    ]
    analytics.count_views(at=LONG_AGO)
    assert ills() == []


def test_an_office_that_counts_no_views_is_told_so(healthy: Home, settings: Settings) -> None:
    settings.PREGON_COUNT_VIEWS = False
    healthy.views.rmdir()
    assert ills() == []
    assert "Las vistas del sitio no se cuentan: así lo dice PREGON_COUNT_VIEWS." in told()


def test_the_chains_of_closings_are_looked_at_and_one_that_was_touched_is_an_ailment() -> None:
    plan = PlanFactory.create(year=2025, slug="plan-2025")
    seal = plans.close_month(plan, 10, by=UserFactory(), at=NOON)
    assert "1 cierre de mes está como se firmó." in told()
    Seal.objects.filter(pk=seal.pk).update(openings={"f" * 64: {"nonce": "", "said": {}}})
    [ill] = ills()
    assert ill.startswith(f"La cadena de cierres de {plan} no está entera: ejecuta «pregon plan verify")


def test_a_chain_of_which_every_link_is_gone_is_an_ailment() -> None:
    plan = PlanFactory.create(year=2025, slug="plan-2025")
    plans.close_month(plan, 10, by=UserFactory(), at=NOON)
    table = " ON plan_seal" if connection.vendor == "postgresql" else ""
    connection.check_constraints()  # PostgreSQL drops no trigger while others wait
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER plan_seals_stay{table}")  # as whoever holds the database can
    plan.seals.all().delete()
    [ill] = ills()
    assert ill.startswith(f"La cadena de cierres de {plan} no está entera")
