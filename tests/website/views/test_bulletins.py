"""A bulletin's page, the listings that lead to it, and what each refuses to show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.formats import date_format
from wagtail.documents import get_document_model
from wagtail.models import Site

from factories.library import AlbumFactory, photo
from factories.newsroom import act, draft, published, town
from factories.website import HOSTILE, marks_taken_up, ready_photo, released_photo
from pregon.accounts.models import Department, Locality, Topic, User
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, Correction

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def body(*blocks: dict[str, object]) -> object:
    return Bulletin._meta.get_field("body").stream_block.to_python(list(blocks))


def month_of(bulletin: Bulletin) -> str:
    assert bulletin.first_published_at
    return timezone.localtime(bulletin.first_published_at).strftime("/boletines/%Y/%m/")


def titles(answer: object) -> list[str]:
    return [bulletin.title for bulletin in answer.context["bulletins"]]  # type: ignore[attr-defined]  # test answer


# --- One bulletin -------------------------------------------------------------------------------------------


def test_a_bulletin_shows_every_part_of_its_body(client: Client) -> None:
    shown = released_photo(caption="El andador terminado", credit="Redacción")
    bulletin = published(
        "Reabre el andador",
        second_headline="Trescientos metros",
        cover=shown,
        body=body(
            {"type": "paragraph", "value": "<p>Con <b>piedra</b> de la región.</p>"},
            {"type": "heading", "value": "Qué sigue"},
            {
                "type": "quote",
                "value": {"text": "Gracias", "person": "Obras Públicas", "office": "Dirección"},
            },
            {"type": "figures", "value": {"items": [{"value": "320 m", "label": "de empedrado"}]}},
            {"type": "items", "value": {"items": ["A pie", "En bicicleta"], "numbered": True}},
            {"type": "photo", "value": {"photo": shown.pk}},
            {"type": "video", "value": {"url": "https://video.example/1", "title": "Recorrido"}},
        ),
    )
    answer = client.get(bulletin.get_absolute_url())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<p>Con <b>piedra</b> de la región.</p>" in page
    assert "<h2>Qué sigue</h2>" in page
    assert "<p>«Gracias»</p>" in page
    assert "<dt>de empedrado</dt><dd>320 m</dd>" in page
    assert "<ol><li>A pie</li><li>En bicicleta</li></ol>" in page
    assert "Video en video.example" in page
    assert "<iframe" not in page
    assert page.count("El andador terminado Foto: Redacción.") == 2
    assert page.count("<h1>") == 1
    assert f"Boletín {bulletin.folio}" in page
    assert answer.cookies == {}


def test_easy_reading_opens_without_a_script_and_is_text(client: Client) -> None:
    easy = f"La calle ya abrió.\nPasa a pie.\n\nEl lunes: {HOSTILE}"
    page = client.get(published(easy_reading=easy).get_absolute_url()).content.decode()
    assert '<a href="#lectura-facil">Lectura fácil</a>' in page
    assert '<div class="lines"><p>La calle ya abrió.<br>Pasa a pie.</p>' in page
    assert "<script>alert" not in page
    assert "lectura-facil" not in client.get(published().get_absolute_url()).content.decode()


def test_photos_name_their_size_so_that_nothing_jumps(client: Client) -> None:
    shown = released_photo()
    page = client.get(published(cover=shown).get_absolute_url()).content.decode()
    folder = f"/fotos/{shown.public_id}"
    assert f'<img src="{folder}/960.webp" srcset="{folder}/480.webp 480w, {folder}/960.webp 960w"' in page
    assert 'width="960" height="640"' in page


def test_corrections_are_shown_with_their_hour_and_reason(client: Client) -> None:
    bulletin = published()
    Correction.objects.create(
        bulletin=bulletin, at=timezone.now(), change="Decía 16; son 18.", reason="Era un borrador."
    )
    page = client.get(bulletin.get_absolute_url()).content.decode()
    assert "Decía 16; son 18." in page
    assert "Era un borrador." in page


def test_a_hidden_act_album_or_photo_leaves_no_trace(client: Client) -> None:
    album = AlbumFactory(title="Álbum secreto", slug="album-secreto")
    hidden = ready_photo(album=album, caption="Foto secreta")
    inside = act("Acto secreto", public=False)
    blocks = body({"type": "photo", "value": {"photo": hidden.pk}})
    bulletin = published("A la vista", act=inside, album=album, cover=hidden, body=blocks)
    hidden.released_at = None
    hidden.save()
    page = client.get(bulletin.get_absolute_url()).content.decode()
    assert "A la vista" in page
    assert [word for word in ("secret", str(hidden.public_id)) if word in page] == []


def test_a_photo_without_copies_waits(client: Client) -> None:
    shown = released_photo(copies=[], caption="Todavía sin copias")
    page = client.get(published(cover=shown).get_absolute_url()).content.decode()
    assert str(shown.public_id) not in page
    assert "Todavía sin copias" not in page


@pytest.mark.parametrize("kind", ["draft", "embargo", "nothing"])
def test_what_is_not_out_is_not_found(client: Client, kind: str) -> None:
    town()
    path = "/boletines/no-existe/"
    if kind == "draft":
        path = draft("Secreto").get_absolute_url()
    elif kind == "embargo":
        bulletin = draft("Secreto", go_live_at=timezone.now() + timedelta(days=1))
        path = newsroom.publish(bulletin, by=None).get_absolute_url()
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Secreto" not in answer.content.decode()


def test_a_withdrawn_bulletin_says_when_and_why_and_nothing_of_its_text(client: Client) -> None:
    bulletin = published("Título retirado", lead="Entrada retirada.", second_headline="Segundo retirado")
    newsroom.withdraw(bulletin, reason="El convenio se canceló.", by=None, at=timezone.now())
    answer = client.get(bulletin.get_absolute_url())
    page = answer.content.decode()
    assert answer.status_code == 410
    assert "El convenio se canceló." in page
    assert bulletin.folio in page
    assert [
        word for word in ("Título retirado", "Entrada retirada", "Segundo retirado") if word in page
    ] == []


def test_hostile_words_stay_words_in_page_and_data(client: Client) -> None:
    bulletin = published(
        HOSTILE,
        lead=HOSTILE,
        second_headline=HOSTILE,
        contact=HOSTILE,
        dateline="<b>Aquí</b>",
        cover=released_photo(caption=HOSTILE, alt_text=HOSTILE, credit="<i>yo</i>"),
        body=body(
            {"type": "heading", "value": HOSTILE},
            {
                "type": "paragraph",
                "value": '<p onclick="x()">Hola<script>alert(3)</script><a href="javascript:alert(4)">ir</a></p>',
            },
            {"type": "quote", "value": {"text": HOSTILE, "person": HOSTILE, "office": HOSTILE}},
            {"type": "figures", "value": {"items": [{"value": "<b>1</b>", "label": HOSTILE}]}},
            {"type": "items", "value": {"items": [HOSTILE], "numbered": False}},
            {"type": "video", "value": {"url": "https://video.example/", "title": HOSTILE}},
        ),
    )
    page = client.get(bulletin.get_absolute_url()).content.decode()
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts == [
        '<script type="application/ld+json">',
        '<script type="module" src="/static/website/pregon.js">',
    ]
    assert [
        sign for sign in ("onclick", "javascript:", "<img src=x", "<b>1</b>", "<i>yo") if sign in page
    ] == []


def test_its_data_for_machines_can_be_read_back(client: Client) -> None:
    bulletin = published(HOSTILE, cover=released_photo())
    page = client.get(bulletin.get_absolute_url()).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == HOSTILE
    assert data["url"] == f"http://testserver{bulletin.get_absolute_url()}"


def test_social_networks_get_whole_addresses(client: Client) -> None:
    shown = released_photo()
    bulletin = published("Reabre el andador", cover=shown)
    page = client.get(bulletin.get_absolute_url()).content.decode()
    assert f'<link rel="canonical" href="http://testserver{bulletin.get_absolute_url()}">' in page
    assert f'<meta property="og:image" content="http://testserver/fotos/{shown.public_id}/full.jpg">' in page


def test_more_photos_cost_no_more_questions(questions: Callable[[str], int]) -> None:
    def with_photos(many: int) -> str:
        album = AlbumFactory()
        photos = [released_photo(album=album) for _ in range(many)]
        blocks = body(*({"type": "photo", "value": {"photo": photo.pk}} for photo in photos))
        return published(album=album, cover=photos[0], body=blocks).get_absolute_url()

    assert questions(with_photos(1)) == questions(with_photos(3))


# Wagtail leaves the temporary file of a new rendition for the garbage collector to close.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning", "ignore:unclosed file:ResourceWarning")
def test_the_desk_previews_a_draft_with_photos_that_are_not_out_yet(
    django_user_model: type[User], tmp_path: Path
) -> None:
    inside = photo(tmp_path, caption="Todavía adentro")
    bulletin = draft("Borrador", cover=inside, body=body({"type": "photo", "value": {"photo": inside.pk}}))
    editor = django_user_model.objects.create_superuser("edicion@muestra.example", "una clave larga")
    request = RequestFactory().get("/")
    request.user = editor
    answer = bulletin.make_preview_request(request)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("Todavía adentro") >= 2
    assert f'src="{settings.MEDIA_URL}' in page


def test_the_desk_opens_a_live_bulletin_at_its_public_address() -> None:
    bulletin = published()
    assert bulletin.get_absolute_url() == f"/boletines/{bulletin.slug}/"
    root = Site.objects.get(is_default_site=True)
    root.root_page = bulletin.get_parent()
    root.save()
    assert bulletin.full_url == f"http://testserver/boletines/{bulletin.slug}/"


def test_an_attached_document_is_taken_from_beside_the_page(client: Client) -> None:
    document = get_document_model().objects.create(
        title="Convocatoria", file=ContentFile(b"%PDF-1.4 hola", name="convocatoria.pdf")
    )
    blocks = body({"type": "attachment", "value": {"document": document.pk, "title": ""}})
    page = client.get(published(body=blocks).get_absolute_url()).content.decode()
    assert f'href="/documentos/{document.pk}/{document.filename}"' in page
    assert "<b>Convocatoria</b><small>PDF · 13" in page


def test_a_video_of_the_office_plays_beside_the_text_and_is_not_fetched_before(client: Client) -> None:
    film = get_document_model().objects.create(
        title="Recorrido", file=ContentFile(b"mp4", name="recorrido.mp4")
    )
    blocks = body({"type": "video", "value": {"file": film.pk, "url": "", "title": "De punta a punta"}})
    answer = client.get(published(body=blocks).get_absolute_url())
    page, policy = answer.content.decode(), answer.headers["Content-Security-Policy"]
    assert f'<video controls preload="none" src="/documentos/{film.pk}/{film.filename}"' in page
    assert "<figcaption>Video: De punta a punta</figcaption>" in page
    assert ("default-src 'self'" in policy, "media-src" in policy) == (True, False)


# --- Listings -----------------------------------------------------------------------------------------------


def test_the_latest_are_listed_newest_first_with_the_archive(client: Client) -> None:
    town()
    published("Primero", topics=[Topic.objects.get(name="Salud")])
    newest = published("Segundo")
    marks_taken_up()
    answer = client.get("/boletines/")
    assert titles(answer) == ["Segundo", "Primero"]
    assert [topic.name for topic in answer.context["topics"]] == ["Salud"]
    assert [(month.url, month.bulletins) for month in answer.context["months"]] == [(month_of(newest), 2)]


def test_an_empty_list_says_what_will_be_here(client: Client) -> None:
    town()
    page = client.get("/boletines/").content.decode()
    assert "Aquí aparecerán los boletines en cuanto se publique el primero." in page


def test_a_month_lists_its_own_and_leads_to_its_neighbours(client: Client) -> None:
    now, old = published("De este mes"), published("De hace un año")
    assert now.first_published_at
    Bulletin.objects.filter(pk=old.pk).update(first_published_at=now.first_published_at - timedelta(days=365))
    old.refresh_from_db()
    answer = client.get(month_of(now))
    assert titles(answer) == ["De este mes"]
    assert f'href="{month_of(old)}"' in answer.content.decode()
    assert answer.context["later"] is None
    assert titles(client.get(month_of(old))) == ["De hace un año"]


@pytest.mark.parametrize("path", ["/boletines/2020/01/", "/boletines/2020/13/", "/boletines/1999/01/"])
def test_a_month_without_bulletins_is_not_found(client: Client, path: str) -> None:
    published()
    assert client.get(path).status_code == 404


def test_a_topic_lists_its_own(client: Client) -> None:
    town()
    health = Topic.objects.get(name="Salud")
    published("De salud", topics=[health])
    published("De otra cosa")
    draft("Borrador de salud")
    assert titles(client.get(f"/boletines/tema/{health.slug}/")) == ["De salud"]
    assert client.get("/boletines/tema/no-existe/").status_code == 404


@pytest.mark.parametrize("where", ["/boletines/", "/boletines/tema/salud/", "/boletines/buscar/", "month"])
def test_listings_hide_what_is_hidden_and_ask_no_more_for_three(
    client: Client, questions: Callable[[str], int], where: str
) -> None:
    town()
    health = Topic.objects.get(name="Salud")
    department = Department.objects.get(name="Protección Civil")

    def add(title: str) -> Bulletin:
        return published(title, topics=[health], cover=released_photo(), department=department)

    first = add("Uno")
    path = month_of(first) if where == "month" else where
    one = questions(path)
    add("Dos")
    add("Tres")
    newsroom.withdraw(add("Retirado"), reason="Error.", by=None, at=timezone.now())
    draft("Borrador")
    assert questions(path) == one
    assert titles(client.get(path)) == ["Tres", "Dos", "Uno"]


# --- Search -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["inauguracion", "INAUGURÓ", "inauguraciones", "puente inaugurado", "púente"]
)
def test_a_word_is_found_in_any_of_its_forms(client: Client, words: str) -> None:
    published("La inauguración del puente")
    published("Otra cosa")
    answer = client.get("/boletines/buscar/", {"q": words})
    assert titles(answer) == ["La inauguración del puente"]
    assert "1 boletín encontrado." in answer.content.decode()


def test_filters_narrow_and_meet(client: Client) -> None:
    town()
    health, hill = Topic.objects.get(name="Salud"), Locality.objects.get(name="La Loma")
    civil = Department.objects.get(name="Protección Civil")
    whole = published("Todo", topics=[health], localities=[hill], department=civil)
    published("Solo tema", topics=[health])
    day = timezone.localdate(whole.first_published_at).isoformat()
    asked = {"tema": "salud", "dependencia": civil.slug, "localidad": hill.slug, "desde": day, "hasta": day}
    assert titles(client.get("/boletines/buscar/", asked)) == ["Todo"]
    assert titles(client.get("/boletines/buscar/", {"hasta": "2020-01-01"})) == []


def test_a_search_never_shows_what_a_listing_would_not(client: Client) -> None:
    draft("Puente secreto")
    newsroom.withdraw(published("Puente retirado"), reason="Error.", by=None, at=timezone.now())
    newsroom.publish(draft("Puente embargado", go_live_at=timezone.now() + timedelta(days=1)), by=None)
    answer = client.get("/boletines/buscar/", {"q": "puente"})
    assert titles(answer) == []
    assert "No encontramos boletines así." in answer.content.decode()


@pytest.mark.parametrize(
    "query", [{"tema": "no-existe"}, {"desde": "ayer"}, {"q": "x" * 300}, {"pagina": "-4"}, {"q": '"*)('}]
)
def test_a_broken_search_answers_with_a_page(client: Client, query: dict[str, str]) -> None:
    published()
    answer = client.get("/boletines/buscar/", query)
    assert answer.status_code == 200
    assert answer.cookies == {}


def test_what_was_searched_is_shown_as_words(client: Client) -> None:
    town()
    page = client.get("/boletines/buscar/", {"q": HOSTILE}).content.decode()
    assert "<script>alert" not in page


def test_words_that_were_found_are_marked_and_nothing_else_becomes_markup(client: Client) -> None:
    published(f"Puente {HOSTILE}", lead="Abre el puente.")
    page = client.get("/boletines/buscar/", {"q": "puentes script"}).content.decode()
    assert "<mark>Puente</mark>" in page
    assert "<script>alert" not in page
    assert "&lt;<mark>script</mark>&gt;" in page


def test_acts_stand_beside_the_bulletins_unless_filters_ask_for_bulletins_only(client: Client) -> None:
    act("Feria del libro")
    asked = client.get("/boletines/buscar/", {"q": "ferias"})
    assert [one.title for one in asked.context["acts"]] == ["Feria del libro"]
    narrowed = client.get("/boletines/buscar/", {"q": "ferias", "hasta": "2030-01-01"})
    assert list(narrowed.context["acts"]) == []


# --- While somebody types -----------------------------------------------------------------------------------


def test_suggestions_are_text_in_pieces_and_kept_for_seconds_only(client: Client) -> None:
    bulletin = published("Vacunación <b>gratuita</b>")
    assert bulletin.first_published_at
    answer = client.get("/buscar.json", {"q": "gratuita vacu"})
    day = date_format(timezone.localtime(bulletin.first_published_at), "j \\d\\e F \\d\\e Y").lower()
    assert answer.json() == {
        "said": "1 sugerencia.",
        "found": [
            {
                "title": [["Vacunación", True], [" <b>", False], ["gratuita", True], ["</b>", False]],
                "url": bulletin.get_absolute_url(),
                "about": f"Boletín {bulletin.folio} · {day}",
            }
        ],
    }
    assert answer.headers["Cache-Control"] == "public, max-age=10"
    assert answer.headers["Content-Type"] == "application/json"


def test_nothing_to_suggest_is_said(client: Client) -> None:
    assert client.get("/buscar.json").json() == {
        "said": "Sin sugerencias; con «Buscar» se ve todo.",
        "found": [],
    }


@pytest.mark.parametrize(
    ("asked", "status"),
    [("x" * 201, 422), ("a\x00b", 422), ("\x00" * 201, 422), ("x" * 200, 200)],
)
def test_strange_words_are_answered_kindly(client: Client, asked: str, status: int) -> None:
    answer = client.get("/buscar.json", {"q": asked})
    assert answer.status_code == status
    assert ("error" in answer.json()) == (status == 422)


def test_suggestions_cost_the_same_for_one_and_for_three(
    client: Client, questions: Callable[[str], int]
) -> None:
    published("Puente uno")
    act("Puente a puente")
    one = questions("/buscar.json?q=puen")
    published("Puente dos")
    act("Puente tres")
    assert questions("/buscar.json?q=puen") == one


def test_results_are_paged_and_keep_the_question(client: Client) -> None:
    town()
    health = Topic.objects.get(name="Salud")
    for number in range(21):
        published(f"Número {number:02d}", topics=[health])
    first = client.get("/boletines/buscar/", {"tema": "salud"})
    assert len(titles(first)) == 20
    assert 'href="?tema=salud&amp;pagina=2"' in first.content.decode()
    assert titles(client.get("/boletines/buscar/", {"tema": "salud", "pagina": "2"})) == ["Número 00"]


def test_pages_are_only_read(client: Client) -> None:
    assert client.post("/boletines/").status_code == 405
