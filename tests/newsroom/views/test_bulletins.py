from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from factories.accounts import UserFactory
from factories.delivery import SubscriberFactory, live
from factories.library import photo
from factories.newsroom import act, draft, published, shelf
from pregon.accounts.enums import Role
from pregon.accounts.models import Topic
from pregon.core.work import Lane, drain
from pregon.delivery.models import Dispatch
from pregon.newsroom.actions.workflow import ensure_page_permissions
from pregon.newsroom.models import Bulletin, Correction
from pregon.newsroom.views.bulletins import needs_correction

pytestmark = pytest.mark.django_db


def come_in(client: Client, role: Role) -> Client:
    ensure_page_permissions(shelf())
    client.force_login(UserFactory.create(roles=[role]))
    return client


@pytest.fixture
def head(client: Client) -> Client:
    return come_in(client, Role.HEAD)


def words(**fields: Any) -> dict[str, Any]:
    """The form of a correction as a browser sends it."""
    body = streamfield([("paragraph", rich_text("<p>Con banquetas nuevas.</p>"))])
    told: dict[str, Any] = (
        nested_form_data({"body": body})
        | {
            "title": "Reabre el andador",
            "second_headline": "",
            "lead": "El andador reabrió este viernes.",
            "dateline": "",
            "contact": "",
            "cover": "",
            "motivo-change": "El día de la reapertura.",
            "motivo-reason": "La dependencia nos dio otra fecha.",
        }
        | fields
    )
    return told


def test_a_bulletin_begins_with_what_its_act_says(head: Client) -> None:
    made = act("Reapertura del andador")
    made.topics = [Topic.objects.get(name="Salud")]
    made.save()
    form = head.get(reverse("newsroom_desk:new"), {"acto": made.pk}).context["form"]
    assert (form["title"].value(), form["act"].value(), form["department"].value()) == (
        "Reapertura del andador",
        made.pk,
        made.department_id,
    )
    assert [topic.name for topic in form.instance.topics.all()] == ["Salud"]


def test_a_bulletin_without_an_act_begins_empty(head: Client) -> None:
    shelf()
    answer = head.get(reverse("newsroom_desk:new"), {"acto": "x"})
    assert (answer.status_code, answer.context["form"]["title"].value()) == (200, "")


def test_the_address_of_a_new_bulletin_is_nobodys_to_type(head: Client) -> None:
    shelf()
    told = {"title": "Reapertura del andador", "lead": "Reabre el viernes.", "body-count": "0"}
    slugs = []
    for _time in range(2):
        head.post(reverse("newsroom_desk:new"), told)
        slugs.append(Bulletin.objects.latest("pk").slug)
    assert slugs == ["reapertura-del-andador", "reapertura-del-andador-2"]


def test_who_does_not_write_begins_nothing(client: Client) -> None:
    come_in(client, Role.READER)
    assert client.get(reverse("newsroom_desk:new")).status_code == 302


def test_the_sheet_tells_what_became_of_a_bulletin(head: Client) -> None:
    bulletin = published()
    page = head.get(reverse("newsroom_desk:sheet", args=[bulletin.pk])).content.decode()
    assert [said in page for said in (bulletin.folio, "Publicado", "Corregir", "Retirar")] == [True] * 4


def test_what_was_only_rehearsed_is_not_told_as_received(head: Client) -> None:
    SubscriberFactory.create(channel="email")
    bulletin = published()
    drain([Lane.NOW], clock=timezone.now)
    live("email")
    for name in ("sheet", "correct"):
        page = strip_tags(head.get(reverse(f"newsroom_desk:{name}", args=[bulletin.pk])).content.decode())
        assert ("Ya lo recibieron" in page, "No salieron: se guardaron en ensayo" in page) == (False, True)


def test_a_draft_has_no_sheet(head: Client) -> None:
    assert head.get(reverse("newsroom_desk:sheet", args=[draft().pk])).status_code == 404


def test_a_writer_sees_the_sheet_but_neither_corrects_nor_withdraws(client: Client) -> None:
    bulletin = published()
    come_in(client, Role.EDITOR)
    assert client.get(reverse("newsroom_desk:sheet", args=[bulletin.pk])).status_code == 200
    for name in ("correct", "withdraw"):
        client.post(reverse(f"newsroom_desk:{name}", args=[bulletin.pk]), words() | {"reason": "Porque sí."})
    bulletin.refresh_from_db()
    assert (Correction.objects.count(), bulletin.withdrawn_at) == (0, None)


def test_a_correction_replaces_the_words_and_is_kept(head: Client) -> None:
    bulletin = published()
    answer = head.post(reverse("newsroom_desk:correct", args=[bulletin.pk]), words())
    assert answer["Location"] == reverse("newsroom_desk:sheet", args=[bulletin.pk])
    assert Bulletin.objects.get(pk=bulletin.pk).lead == "El andador reabrió este viernes."
    assert Correction.objects.values_list("change", flat=True).get() == "El día de la reapertura."


def test_a_correction_without_reasons_keeps_what_was_typed_and_changes_nothing(head: Client) -> None:
    bulletin = published()
    told = words(**{"motivo-change": "", "motivo-reason": ""})
    page = head.post(reverse("newsroom_desk:correct", args=[bulletin.pk]), told).content.decode()
    assert ("Escribe qué cambió" in page, "El andador reabrió este viernes." in page) == (True, True)
    assert Bulletin.objects.get(pk=bulletin.pk).lead == "El andador reabrió este día."


def test_an_unchanged_text_is_no_correction(head: Client) -> None:
    bulletin = published()
    told = words(lead=bulletin.lead) | nested_form_data({"body": streamfield([])})
    page = head.post(reverse("newsroom_desk:correct", args=[bulletin.pk]), told).content.decode()
    assert ("no hay nada que corregir" in page, Correction.objects.count()) == (True, 0)


def with_draft(**fields: str) -> Bulletin:
    bulletin = published()
    for name, value in fields.items():
        setattr(bulletin, name, value)
    bulletin.save_revision(user=UserFactory.create(first_name="Redacción", last_name=""))
    return bulletin


def correcting(client: Client, bulletin: Bulletin, **query: str) -> tuple[str, str]:
    """The lead that the form of a correction starts from, and what is said of a draft."""
    answer = client.get(reverse("newsroom_desk:correct", args=[bulletin.pk]), query)
    words = answer.context["panel"].form
    said = re.search(
        r'<div class="desk-note" data-tone="warn">(.*?)</div>', answer.content.decode(), re.DOTALL
    )
    return str(words["lead"].value()), " ".join(strip_tags(said[1]).split()) if said else ""


def test_a_correction_starts_from_what_is_public_and_tells_of_a_draft(head: Client) -> None:
    bulletin = with_draft(lead="Lo que alguien ya escribió.", contact="Otro.")
    lead, said = correcting(head, bulletin)
    assert lead == "El andador reabrió este día."
    assert "Hay un borrador que no es público" in said
    assert "En el borrador cambia: entrada, contacto. Redacción" in said


def test_a_correction_that_starts_from_a_draft_says_so(head: Client) -> None:
    bulletin = with_draft(lead="Lo que alguien ya escribió.")
    lead, said = correcting(head, bulletin, borrador="1")
    assert lead == "Lo que alguien ya escribió."
    assert "Este texto parte de un borrador que no es público. En el borrador cambia: entrada." in said


def test_what_changes_in_the_draft_can_be_looked_at(head: Client) -> None:
    bulletin = with_draft(lead="Lo que alguien ya escribió.")
    address = reverse("wagtailadmin_pages:revisions_compare", args=[bulletin.pk, "live", "latest"])
    page = head.get(reverse("newsroom_desk:correct", args=[bulletin.pk])).content.decode()
    assert (address in page, "Lo que alguien" in strip_tags(head.get(address).content.decode())) == (
        True,
        True,
    )


def test_no_draft_is_told_where_none_says_other_words(head: Client) -> None:
    assert correcting(head, published(), borrador="1") == ("El andador reabrió este día.", "")


def test_a_withdrawal_needs_its_reason_and_happens_once(head: Client) -> None:
    bulletin = published()
    address = reverse("newsroom_desk:withdraw", args=[bulletin.pk])
    assert "Escribe por qué" in head.post(address, {"reason": ""}).content.decode()
    head.post(address, {"reason": "No era cierto."})
    again = head.get(address)
    assert (Bulletin.objects.get(pk=bulletin.pk).withdrawal.reason, again["Location"]) == (
        "No era cierto.",
        reverse("newsroom_desk:sheet", args=[bulletin.pk]),
    )


def test_only_other_words_in_public_need_a_correction() -> None:
    bulletin = published()
    same = needs_correction(bulletin)
    bulletin.title = "Otro título"
    assert (same, needs_correction(bulletin), needs_correction(draft("Aparte"))) == (False, True, False)


# --- Before it goes out -----------------------------------------------------------------------------------------


def reach(client: Client, bulletin: Bulletin, **query: str) -> str:
    return client.get(reverse("newsroom_desk:reach", args=[bulletin.pk]), query).content.decode()


def test_a_draft_says_whom_it_reaches_and_how_it_will_look(head: Client) -> None:
    live("email", host="correo.example", sender_address="prensa@muestra.example")
    SubscriberFactory.create_batch(2, channel="email")
    SubscriberFactory.create(channel="telegram", broadcast=True, address="@muestra")
    made = draft("Reabre el andador")
    shown = reach(head, made)
    [total] = re.findall(r'<p class="desk-total">(.*?)</p>', shown)
    assert " ".join(strip_tags(total).split()) == "2 personas lo reciben"
    assert "En ensayo" in shown
    assert "desk-seen" in reach(head, made, canal="telegram")
    assert "USD" not in shown
    SubscriberFactory.create(channel="x", broadcast=True, address="muestra")
    assert "En vivo costaría 0.015 USD." in reach(head, made)


def test_a_draft_is_read_as_a_letter_in_its_frame(head: Client) -> None:
    made = draft("Reabre el andador")
    letter = head.get(reverse("newsroom_desk:reach_html", args=[made.pk, "email"]))
    assert "Reabre el andador" in letter.content.decode()
    assert letter["Content-Security-Policy"].startswith("sandbox;")


def test_the_letter_of_a_draft_keeps_the_place_of_its_photo(head: Client, tmp_path: Path) -> None:
    cover = photo(tmp_path, alt_text="Vecinas en el andador")
    made = draft("Reabre el andador", cover=cover)
    letter = head.get(reverse("newsroom_desk:reach_html", args=[made.pk, "email"])).content.decode()
    assert ('src="data:image/svg+xml,' in letter, "/fotos/" in letter) == (True, False)
    assert "Aqu%C3%AD%20va%20la%20foto" in letter


@pytest.mark.parametrize("out", [False, True])
def test_a_trial_bears_the_link_only_once_it_leads_somewhere(head: Client, out: bool) -> None:
    live("email", host="correo.example", sender_address="prensa@muestra.example")
    made = published("Reabre el andador") if out else draft("Reabre el andador")
    told = {"channel": "email", "address": "yo@muestra.example"}
    head.post(reverse("newsroom_desk:reach", args=[made.pk]), told)
    trial = Dispatch.objects.get(trial=True)
    assert bool(trial.message.url) is out


def test_one_sends_oneself_a_trial(head: Client) -> None:
    live("email", host="correo.example", sender_address="prensa@muestra.example")
    made = draft("Reabre el andador")
    told = {"channel": "email", "address": "yo@muestra.example"}
    answer = head.post(reverse("newsroom_desk:reach", args=[made.pk]), told)
    trial = Dispatch.objects.get()
    assert (trial.trial, trial.headline) == (True, "Prueba: Reabre el andador")
    assert answer.headers["Location"] == reverse("envios:dispatch", args=[trial.pk])


def test_ones_own_address_stands_only_where_it_is_one(head: Client) -> None:
    live("email", host="correo.example", sender_address="prensa@muestra.example")
    live("telegram", token="123456:" + "a" * 35)
    made, own = draft(), get_user_model().objects.get().email
    shown = [reach(head, made, canal=kind) for kind in ("email", "telegram")]
    assert [f'value="{own}"' in page for page in shown] == [True, False]


def test_a_trial_to_no_address_is_refused_in_words(head: Client) -> None:
    live("email", host="correo.example", sender_address="prensa@muestra.example")
    told = {"channel": "email", "address": "nadie"}
    answer = head.post(reverse("newsroom_desk:reach", args=[draft().pk]), told)
    assert (Dispatch.objects.count(), "nadie" in answer.content.decode()) == (0, True)


def test_without_a_live_channel_there_is_no_trial(head: Client) -> None:
    assert "Ningún canal que llegue a una sola persona está en vivo" in reach(head, draft())


def test_who_may_not_write_sees_no_draft(client: Client) -> None:
    come_in(client, Role.READER)
    answer = client.get(reverse("newsroom_desk:reach", args=[draft().pk]))
    assert answer.headers["Location"] == reverse("wagtailadmin_home")


def test_the_editor_leads_there_until_it_is_out(head: Client) -> None:
    made, out = draft("Por salir"), published()
    address = reverse("newsroom_desk:reach", args=[made.pk])
    editor = head.get(reverse("wagtailadmin_pages:edit", args=[made.pk])).content.decode()
    after = head.get(reverse("wagtailadmin_pages:edit", args=[out.pk])).content.decode()
    assert (address in editor, "a-quien-llega" in after) == (True, False)
