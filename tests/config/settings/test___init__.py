"""What the settings refuse, and that they tell it all at once. Read anew for each test, as a process reads them."""

from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from pregon.config import settings

KEY = "clave-de-muestra-" * 5
TOO_WEAK = (
    "PREGON_SECRET_KEY es demasiado corta o conocida: usa al menos 40 caracteres al azar, "
    "por ejemplo los que escribe «pregon init»."
)


@pytest.fixture(autouse=True)
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office of which nothing is known but its folder."""
    for name in list(os.environ):
        if name.startswith("PREGON_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PREGON_HOME", str(tmp_path))
    return tmp_path


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    for name, value in variables.items():
        monkeypatch.setenv(f"PREGON_{name}", value)
    return runpy.run_path(str(settings.__file__))


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    with pytest.raises(ImproperlyConfigured) as problem:
        read(monkeypatch, **variables)
    return str(problem.value)


def test_an_office_without_a_key_is_told_how_to_get_one(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(monkeypatch) == (
        f"Esta oficina no tiene clave secreta: prepárala con «pregon init --home {office}», "
        "o escribe una en PREGON_SECRET_KEY."
    )


@pytest.mark.parametrize(
    "key", ["corta", "x" * 39, f"django-insecure-{KEY}", f"CHANGEME{KEY}", f"my-Secret-Key-{KEY}"]
)
def test_a_short_or_known_key_is_refused(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, SECRET_KEY=key) == TOO_WEAK


def test_a_weak_key_in_the_home_is_refused_as_well(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (office / "secret.key").write_text("corta", encoding="utf-8")
    assert refusal(monkeypatch) == TOO_WEAK


def test_the_key_of_the_home_serves(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (office / "secret.key").write_text(f"{KEY}\n", encoding="utf-8")
    assert read(monkeypatch)["SECRET_KEY"] == KEY


def test_a_key_may_come_from_a_file_of_its_own(office: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (office / "elsewhere").write_text(KEY, encoding="utf-8")
    assert read(monkeypatch, SECRET_KEY_FILE=str(office / "elsewhere"))["SECRET_KEY"] == KEY


def test_several_problems_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    told = refusal(
        monkeypatch,
        SECRET_KEY="corta",
        DEBUG="quizá",
        SMTP_PORT="correo",
        DATABASE_URL="mysql://localhost/pregon",
    )
    assert told == (
        "PREGON_DEBUG debe ser 1 o 0, y dice «quizá». "
        f"{TOO_WEAK} "
        "PREGON_DATABASE_URL debe empezar con postgresql://, o quedar vacía para usar SQLite. "
        "PREGON_SMTP_PORT debe ser un número entero, y dice «correo»."
    )


def test_without_an_address_the_database_is_the_file_of_the_home(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = read(monkeypatch, SECRET_KEY=KEY)["DATABASES"]["default"]
    assert (database["ENGINE"], database["NAME"]) == (
        "django.db.backends.sqlite3",
        office / "pregon.sqlite3",
    )
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_the_address_of_a_server_is_taken_apart_and_its_signs_are_unquoted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = "postgresql://preg%C3%B3n:cla%40ve@base.example:6432/oficina%20uno"
    database = read(monkeypatch, SECRET_KEY=KEY, DATABASE_URL=address)["DATABASES"]["default"]
    wanted = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")
    assert [database[name] for name in wanted] == [
        "django.db.backends.postgresql",
        "oficina uno",
        "pregón",
        "cla@ve",
        "base.example",
        6432,
    ]


def test_an_address_may_leave_out_all_but_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, SECRET_KEY=KEY, DATABASE_URL="postgres:///oficina")
    database = found["DATABASES"]["default"]
    assert [database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "oficina",
        "",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize("port", ["correo", "99999"])
def test_a_port_that_does_not_exist_is_refused_without_telling_the_password(
    port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = refusal(monkeypatch, SECRET_KEY=KEY, DATABASE_URL=f"postgresql://a:clave@base:{port}/pregon")
    assert told == "PREGON_DATABASE_URL no lleva un puerto que exista: escríbelo como :5432, o quítalo."


def test_a_machine_that_is_cut_off_holds_nothing_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, SECRET_KEY=KEY, DATABASE_URL="postgresql://base.example/oficina")
    options = found["DATABASES"]["default"]["OPTIONS"]
    ours = {name: value for name, value in options.items() if name != "options"}
    assert ours == {
        "connect_timeout": 10,
        "keepalives_idle": 5,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 14_000,
    }
    assert options["options"].split(" -c ") == [
        "-c tcp_keepalives_idle=5",
        "tcp_keepalives_interval=3",
        "tcp_keepalives_count=3",
        "tcp_user_timeout=14s",
        "idle_in_transaction_session_timeout=30s",
    ]


def test_a_broker_asks_for_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, SECRET_KEY=KEY, QUEUE_URL="redis://cola.example") == (
        "PREGON_QUEUE_URL debe empezar con amqp:// o amqps://, o quedar vacía si basta una máquina. "
        "PREGON_QUEUE_URL es para varias máquinas, y pide PostgreSQL: escribe también PREGON_DATABASE_URL."
    )
    address = "amqp://pregon:clave@cola.example/oficina"
    found = read(
        monkeypatch, SECRET_KEY=KEY, QUEUE_URL=address, DATABASE_URL="postgresql://base.example/oficina"
    )
    assert found["PREGON_QUEUE_URL"] == address


def test_a_broker_asks_for_celery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    told = refusal(
        monkeypatch,
        SECRET_KEY=KEY,
        QUEUE_URL="amqp://cola.example",
        DATABASE_URL="postgresql://base.example/oficina",
    )
    assert told == "PREGON_QUEUE_URL pide Celery, que aquí no está: instálalo con «make motor»."


@pytest.mark.parametrize(
    ("address", "secure"), [("https://muestra.example", True), ("http://muestra", False)]
)
def test_cookies_travel_encrypted_where_the_site_does(
    address: str, secure: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = read(monkeypatch, SECRET_KEY=KEY, BASE_URL=f"{address}/")
    assert [found[name] for name in ("BASE_URL", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")] == [
        address,
        secure,
        secure,
    ]


def test_links_carry_the_address_where_the_office_was_last_served(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (office / "address").write_text("http://localhost:8123\n", encoding="utf-8")
    assert read(monkeypatch, SECRET_KEY=KEY)["BASE_URL"] == "http://localhost:8123"


def test_nothing_is_shown_to_strangers_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(monkeypatch, SECRET_KEY=KEY)
    assert (found["DEBUG"], "*" in found["ALLOWED_HOSTS"]) == (False, False)
