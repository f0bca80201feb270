"""What a person reads after publishing, and what a script does."""

from __future__ import annotations

import io
import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from factories.delivery import live
from factories.newsroom import folder, shelf
from pregon.accounts.models import Office
from pregon.core.home import Home
from pregon.delivery import actions as delivery
from pregon.delivery.enums import Standing
from pregon.delivery.models import Subscriber
from pregon.newsroom.errors import BadFolder
from pregon.newsroom.models import Bulletin

pytestmark = [pytest.mark.django_db, pytest.mark.parts]


@pytest.fixture(autouse=True)
def office(home: Home) -> None:
    shelf()


def published(path: Path, **options: object) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("publish", path, **({"wait": 0} | options), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_report_tells_number_addresses_photos_and_time(tmp_path: Path) -> None:
    out, err = published(folder(tmp_path / "andador", photos=2))
    bulletin = Bulletin.objects.get()
    lines = out.splitlines()
    assert (lines[:4], err) == (
        [
            f"Publicado el boletín {bulletin.folio}: Reabre el andador Juárez",
            f"  Boletín   http://testserver{bulletin.get_absolute_url()}  (todavía se prepara)",
            f"  Acto      http://testserver{bulletin.act.get_absolute_url()}",
            "  Fotos     2",
        ],
        "",
    )
    assert lines[-1].startswith("  Tiempo    leer ")


def test_each_channel_is_told_by_its_name_and_its_counts(tmp_path: Path) -> None:
    delivery.add_office_channel("@canal", channel="telegram", name="Canal", at=timezone.now())
    out, _ = published(folder(tmp_path / "andador"), wait=20)
    assert "  Telegram  0 de 1, 1 en ensayo" in out.splitlines()


def test_the_same_folder_again_says_so_with_the_same_address(tmp_path: Path) -> None:
    path = folder(tmp_path / "andador")
    published(path)
    bulletin = Bulletin.objects.get()
    assert published(path)[0].splitlines() == [
        f"Esta carpeta ya se publicó como boletín {bulletin.folio}; no se publicó nada dos veces.",
        f"  Boletín   http://testserver{bulletin.get_absolute_url()}",
    ]


def test_an_embargo_is_told_in_the_hour_of_the_office(tmp_path: Path) -> None:
    office = Office.load()
    office.time_zone = "America/Tijuana"
    office.save()
    later = timezone.localtime(timezone.now() + timedelta(days=2), office.zone)
    out, _ = published(folder(tmp_path / "andador", more=f"embargo: {later:%Y-%m-%d %H:%M}\n"))
    assert out.splitlines() == [
        (
            f"Queda embargado hasta {later:%d/%m/%Y %H:%M}; "
            "sale solo a esa hora mientras «pregon up» esté encendido."
        ),
        "  Fotos     0",
    ]


def test_json_is_one_object_on_stdout_and_what_was_held_back_goes_to_stderr(tmp_path: Path) -> None:
    path = folder(tmp_path / "andador", photos=1)
    (path / "callada.jpg").write_bytes((path / "foto-1.jpg").read_bytes() + b"\0")
    out, err = published(path, json=True)
    told = json.loads(out)
    assert (out.count("\n"), sorted(told)) == (
        1,
        ["act", "bulletin", "channels", "evidence", "photos", "seconds"],
    )
    assert (told["photos"], told["bulletin"]["number"]) == (2, Bulletin.objects.get().folio)
    assert err == (
        "La foto «callada.jpg» se queda en el álbum y no sale: "
        "escribe en acto.md su pie o su texto_alternativo.\n"
    )


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFolder) as refusal:
        published(tmp_path / "nada", json=True)
    assert str(refusal.value) == (
        f"«{tmp_path / 'nada'}» no es una carpeta: escribe la ruta de la carpeta del acto."
    )


def test_a_dead_mail_server_is_told_with_what_becomes_of_the_messages(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]  # nobody listens there once it is closed
    live("email", host="127.0.0.1", port=port, security="none", sender_address="prensa@muestra.example")
    reader = {"address": "vecina@muestra.example", "standing": Standing.CONFIRMED}
    Subscriber.objects.create(channel="email", asked_at=timezone.now(), **reader)
    with pytest.raises(CommandError) as told:
        published(folder(tmp_path / "andador"), wait=2)
    folio = Bulletin.objects.get().folio
    assert str(told.value) == (
        f"El boletín {folio} ya está publicado, pero hay envíos que no pueden salir. "
        "Correo: El servidor de correo «127.0.0.1» no contesta; se intentará de nuevo. Esperan sin perderse: "
        "salen mientras «pregon up» esté encendido, y «pregon doctor» dice si siguen ahí."
    )
