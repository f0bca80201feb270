"""The index says which bulletins hold the words; the queryset that comes in says which may be seen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from factories.newsroom import act, campaign, draft, episode, published, service, video
from pregon.core.visibility import gated_models
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, Service
from pregon.website.search import KINDS, MOST_SHOWN, Words, WordsBeingTyped, find, holding, suggest

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_every_word_must_be_there() -> None:
    both = published("Puente y camino")
    published("Solo puente")
    assert holding(Words("camino puente")) == [both.pk]


@pytest.mark.parametrize("words", ["", "   ", "¿?", "ñandú"])
def test_no_words_or_unknown_ones_hold_nothing(words: str) -> None:
    published("Puente")
    assert holding(Words(words)) == []


def test_only_what_comes_in_can_come_out() -> None:
    draft("Puente en borrador")
    shown = published("Puente nuevo")
    assert list(find(Bulletin.objects.live(), q="puentes")) == [shown]


def test_the_first_and_the_last_day_of_all_are_days_to_ask_for() -> None:
    shown = published("Puente nuevo")
    public = Bulletin.objects.live()
    assert list(find(public, desde=date.min, hasta=date.max)) == [shown]
    assert list(find(public, desde=date.max)) == list(find(public, hasta=date.min)) == []


def test_services_are_found_by_their_own_words() -> None:
    published("Agua para todos")
    found = service(requirements="Escrituras de la casa")
    assert holding(Words("escritura casas"), among=Service) == [found.pk]


# --- ñ --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["año", "AÑOS", "an\u0303o"])
def test_who_types_enye_does_not_mean_n(asked: str) -> None:
    year = published("Informe del año")
    published("Cáncer de ano: jornada de detección")
    assert holding(Words(asked)) == [year.pk]


def test_who_types_n_may_mean_enye() -> None:
    both = {published("Informe del año").pk, published("Cáncer de ano: jornada de detección").pk}
    assert set(holding(Words("ano"))) == both


# --- While somebody types -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked", ["{}/{}", "boletín {}", "Boletín número {} de {}", "folio {}", "n.º {}", "{:03d}"]
)
def test_a_bulletin_is_found_by_its_folio(asked: str) -> None:
    wanted = published("Puente nuevo")
    said = asked.format(wanted.number, wanted.year)
    for _ in range(MOST_SHOWN + 1):
        published(f"Boletín de prensa, folio {said}")
    assert wanted in find(Bulletin.objects.live(), q=said)
    assert titles(said)[0] == "Puente nuevo"


def test_a_number_that_is_no_folio_finds_what_holds_it() -> None:
    for number in range(3):
        published(f"Calle {number}")
    assert list(find(Bulletin.objects.live(), q="calle 2")) == [Bulletin.objects.get(title="Calle 2")]
    assert not find(Bulletin.objects.live(), q=f"{10**20} 1 2 3")


def titles(asked: str) -> list[str]:
    return ["".join(piece for piece, _ in found.title) for found in suggest(asked, at=timezone.now())]


@pytest.mark.parametrize(
    "asked",
    [
        "vac",
        "vacunacio",
        "VACUNACIÓN",
        "jornadas de vacun",
        "antirrábica va",
        "niñ",
        "nin",
        "ninas vacunacion",
    ],
)
def test_the_beginning_of_the_last_word_and_any_form_of_the_others_are_enough(asked: str) -> None:
    published("Jornada de vacunación antirrábica", lead="Para perros de niñas y niños.")
    published("Otra cosa")
    assert titles(asked) == ["Jornada de vacunación antirrábica"]


@pytest.mark.parametrize("asked", ["", "v", "¿?", "vacunacio jornada", "\x01", '"*)(', "NEAR", "va* OR x"])
def test_too_little_finds_nothing_and_nothing_breaks(asked: str) -> None:
    published("Jornada de vacunación")
    assert titles(asked) == []


def test_the_beginning_of_a_word_with_enye_is_not_that_of_one_with_n() -> None:
    published("Niñas al museo")
    published("Ninguna calle cerrada")
    assert (titles("niñ"), sorted(titles("nin"))) == (
        ["Niñas al museo"],
        ["Ninguna calle cerrada", "Niñas al museo"],
    )


def test_acts_are_found_beside_bulletins_and_a_title_comes_before_a_text() -> None:
    act("Feria del libro", place="Plaza principal", description="Con cuentacuentos.")
    published("Abre la biblioteca", lead="Habrá feria los sábados.")
    assert titles("feri") == ["Feria del libro", "Abre la biblioteca"]
    assert titles("cuentac") == ["Feria del libro"]


def test_campaigns_services_episodes_and_videos_are_found_and_say_what_they_are() -> None:
    campaign("Cuida el agua")
    service("Conectar el agua")
    episode("El agua que bebemos")
    video("El agua vista desde el cerro")
    found = suggest("agu", at=timezone.now())
    assert {one.kind for one in found} == {"Campaña", "Trámites y servicios", "Podcast", "Video"}
    assert {one.url.split("/")[1] for one in found} == {"campanas", "servicios", "podcast", "videos"}


def test_what_a_listing_hides_is_not_suggested() -> None:
    at = timezone.now()
    campaign("Puente sin publicar", public=False)
    video("Puente quitado").unpublish()
    draft("Puente en borrador")
    newsroom.withdraw(published("Puente retirado"), reason="Error.", by=None, at=at)
    newsroom.publish(draft("Puente embargado", go_live_at=at + timedelta(days=1)), by=None)
    act("Puente interno", public=False)
    act("Puente anunciado mañana", public_from=at + timedelta(days=1))
    assert titles("puen") == []


def test_as_many_are_shown_as_one_looks_over() -> None:
    for number in range(10):
        published(f"Puente {number}")
    assert titles("puente") == [f"Puente {number}" for number in range(9, 1, -1)]


def test_of_more_than_are_looked_at_the_newest_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pregon.website.search.MOST_LOOKED_AT", 2)
    for name in ("Uno", "Dos", "Tres"):
        published(f"Puente {name}")
    assert titles("puente") == ["Puente Tres", "Puente Dos"]


def test_every_kind_is_behind_the_gate_and_has_stems_in_its_index() -> None:
    assert {kind.model for kind in KINDS} <= gated_models()
    indexed = [{field.field_name for field in kind.model.get_search_fields()} for kind in KINDS]  # type: ignore[attr-defined]  # it is indexed
    assert all("shadow" in names for names in indexed)


# --- Marking --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("inauguro puente", ["Inauguración", "puentes"]),
        ("inaug", ["Inauguración"]),
        ("ano", ["año"]),
        ("añ", ["año"]),
        ("otra", []),
    ],
)
def test_the_words_that_answer_are_marked(asked: str, expected: list[str]) -> None:
    text = "Inauguración de dos puentes <b>este año</b>"
    pieces = WordsBeingTyped(asked).marked(text)
    assert [piece for piece, marked in pieces if marked] == expected
    assert "".join(piece for piece, _ in pieces) == text
