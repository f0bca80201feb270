from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, PageViewRestriction
from wagtail.test.utils.form_data import nested_form_data, streamfield

from factories.accounts import UserFactory
from factories.newsroom import NOON, act, beside, campaign, draft, published, shelf, town, video
from pregon.accounts.enums import Role
from pregon.agenda.enums import Product
from pregon.agenda.models import Coverage
from pregon.delivery.models import Dispatch
from pregon.newsroom import actions as newsroom
from pregon.newsroom.actions.workflow import ensure_workflow
from pregon.newsroom.models import Bulletin, Campaign, Video

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(client: Client) -> Client:
    client.force_login(UserFactory.create(is_superuser=True))
    return client


def test_hours_the_wrong_way_round_are_told_in_our_words() -> None:
    assert _("Go live date/time must be before expiry date/time") == (
        "La página se quitaría antes de salir: revisa las dos horas."
    )


def test_hoy_begins_with_the_acts_whether_or_not_something_is_live(client: Client) -> None:
    town()
    client.force_login(UserFactory.create(roles=[Role.HEAD]))
    calm = client.get("/escritorio/").content.decode()
    newsroom.open_live(act("Desfile"), by=None, at=timezone.now())
    live = client.get("/escritorio/").content.decode()
    for page in (calm, live):
        first_column = page.split('<div class="desk-stack">')[1]
        assert "Actos de hoy" in first_column
    columns = live.index('<div class="desk-columns">')
    assert live.index("En vivo ahora") < columns
    assert "En vivo ahora" not in calm


def editor_form(bulletin: Bulletin, **fields: object) -> dict[str, object]:
    """Wagtail's plain editor as a browser sends it."""
    told: dict[str, object] = (
        nested_form_data({"body": streamfield([])})
        | {
            "title": bulletin.title,
            "slug": bulletin.slug,
            "lead": bulletin.lead,
            "second_headline": "",
            "dateline": "",
            "contact": "",
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
        }
        | fields
    )
    return told


def post(client: Client, bulletin: Bulletin, **fields: object) -> str:
    answer = client.post(
        reverse("wagtailadmin_pages:edit", args=[bulletin.pk]), editor_form(bulletin, **fields)
    )
    return str(answer.headers.get("Location", ""))


def sheet(bulletin: Bulletin) -> str:
    return reverse("newsroom_desk:sheet", args=[bulletin.pk])


def correction(bulletin: Bulletin) -> str:
    """Where other words lead: what was just typed is where the correction starts from."""
    return f"{reverse('newsroom_desk:correct', args=[bulletin.pk])}?borrador=1"


def public(bulletin: Bulletin) -> Bulletin:
    found: Bulletin = Bulletin.objects.get(pk=bulletin.pk)
    return found


def draft_in_tijuana() -> Bulletin:
    office = town()
    office.time_zone = "America/Tijuana"
    office.save()
    bulletin = draft()
    bulletin.save_revision()
    return bulletin


def test_publishing_other_words_leads_to_the_correction_and_changes_nothing(head: Client) -> None:
    bulletin = published()
    went = post(head, bulletin, title="Otro título", **{"action-publish": "yes"})
    assert (went, public(bulletin).title) == (
        correction(bulletin),
        "Reabre el andador",
    )


def test_publishing_the_same_words_again_goes_through(head: Client) -> None:
    bulletin = published()
    went = post(head, bulletin, **{"action-publish": "yes"})
    assert (went, public(bulletin).live) == (reverse("boletines:index"), True)


def test_a_bulletin_that_came_to_be_hidden_returns_with_other_words_only_as_a_correction(
    head: Client,
) -> None:
    """Wagtail overwrites the row of a hidden page with every draft: the first save must not be what counts."""
    bulletin = published()
    bulletin.unpublish()
    post(head, bulletin, title="Otro título")
    went = post(head, bulletin, title="Otro título", **{"action-publish": "yes"})
    assert (went, public(bulletin).live) == (correction(bulletin), False)


def test_a_bulletin_that_came_to_be_hidden_returns_with_the_same_words(head: Client) -> None:
    bulletin = published()
    bulletin.unpublish()
    post(head, bulletin, title="Otro título")
    post(head, bulletin, **{"action-publish": "yes"})
    back = public(bulletin)
    assert (back.live, back.title, back.folio) == (True, "Reabre el andador", bulletin.folio)


def test_an_issued_bulletin_does_not_go_through_approval_again(head: Client) -> None:
    ensure_workflow(shelf())
    bulletin = published()
    went = post(head, bulletin, title="Otro título", **{"action-submit": "yes"})
    assert (went, public(bulletin).current_workflow_state) == (sheet(bulletin), None)


def test_whoever_sends_a_draft_to_be_approved_goes_on_at_the_list(head: Client) -> None:
    ensure_workflow(shelf())
    bulletin = draft()
    assert post(head, bulletin, **{"action-submit": "yes"}) == reverse("boletines:index")
    assert public(bulletin).current_workflow_state is not None


def test_whoever_came_from_elsewhere_goes_back_there(head: Client) -> None:
    home = reverse("wagtailadmin_home")
    assert post(head, draft(), next=home, **{"action-publish": "yes"}) == home


def test_whoever_saves_a_draft_stays_in_the_editor(head: Client) -> None:
    bulletin = draft()
    assert post(head, bulletin) == reverse("wagtailadmin_pages:edit", args=[bulletin.pk])


def test_a_draft_is_published_from_the_plain_editor(head: Client) -> None:
    bulletin = draft()
    bulletin.save_revision()
    post(head, bulletin, **{"action-publish": "yes"})
    assert public(bulletin).number == 1


def test_an_embargo_that_has_passed_unseen_may_be_put_off_again(head: Client) -> None:
    """The clock stood still at its hour. What counts is the new hour, and the old one is neither compared nor kept."""
    with time_machine.travel(NOON, tick=False) as clock:
        bulletin = draft(go_live_at=NOON + timedelta(hours=1))
        newsroom.publish(bulletin, by=None)
        clock.move_to(NOON + timedelta(hours=3))
        again = NOON + timedelta(hours=5)
        typed = timezone.localtime(again).strftime("%Y-%m-%d %H:%M")
        scheduled = public(bulletin).scheduled_revision
        head.post(reverse("wagtailadmin_pages:revisions_unschedule", args=[bulletin.pk, scheduled.pk]))
        post(head, bulletin, go_live_at=typed, **{"action-publish": "yes"})
        at_once = newsroom.publish_due(timezone.now())
        clock.move_to(again)
        assert (at_once, newsroom.publish_due(again), newsroom.publish_due(again)) == (0, 1, 0)
    assert (public(bulletin).number, Dispatch.objects.about(bulletin.origin).count()) == (1, 1)


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("2026-12-01 10:00", "2026-12-01T18:00"),
        ("2027-03-14 01:59", "2027-03-14T09:59"),
        ("2027-03-14 03:00", "2027-03-14T10:00"),
        ("2027-11-07 01:30", "2027-11-07T08:30"),  # it comes twice: the first one
        ("2027-11-07 02:00", "2027-11-07T10:00"),
    ],
)
def test_an_embargo_is_of_the_offices_hours_also_when_its_clocks_change(
    head: Client, typed: str, there: str
) -> None:
    bulletin = draft_in_tijuana()
    with time_machine.travel(NOON, tick=False):
        post(head, bulletin, go_live_at=typed, **{"action-publish": "yes"})
        page = head.get(reverse("wagtailadmin_pages:edit", args=[bulletin.pk])).content.decode()
    leaves = datetime.fromisoformat(there).replace(tzinfo=UTC)
    assert public(bulletin).scheduled_revision.approved_go_live_at == leaves
    assert f'name="go_live_at" value="{typed}"' in page


def test_an_embargo_at_an_hour_that_the_clocks_skip_is_refused_in_a_sentence(head: Client) -> None:
    bulletin = draft_in_tijuana()
    with time_machine.travel(NOON, tick=False):
        answer = head.post(
            reverse("wagtailadmin_pages:edit", args=[bulletin.pk]),
            editor_form(bulletin, go_live_at="2027-03-14 02:30", **{"action-publish": "yes"}),
        )
    assert answer.context["form"].errors == {
        "go_live_at": ["Ese día se adelanta el reloj y las 2:30 no existen: escribe las 3:30 u otra hora."]
    }
    assert (public(bulletin).number, public(bulletin).scheduled_revision) == (None, None)


@pytest.mark.parametrize("verb", ["delete", "unpublish"])
def test_an_issued_bulletin_is_neither_deleted_nor_hidden(head: Client, verb: str) -> None:
    bulletin = published()
    answer = head.post(reverse(f"wagtailadmin_pages:{verb}", args=[bulletin.pk]))
    assert (answer["Location"], public(bulletin).live) == (sheet(bulletin), True)


def test_a_draft_may_be_deleted(head: Client) -> None:
    bulletin = draft()
    head.post(reverse("wagtailadmin_pages:delete", args=[bulletin.pk]))
    assert Bulletin.objects.count() == 0


BULK = ["delete", "unpublish", "publish", "move"]
#: What the confirmation of each one asks besides; to delete many, their number has to be meant.
TYPED = {
    "unpublish": {"include_descendants": "on"},
    "publish": {"include_descendants": "on"},
    "delete": {"confirm_site_name": settings.WAGTAIL_SITE_NAME},
}


def bulk(client: Client, verb: str, page: Page) -> str:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", verb])
    told = {"chooser": Page.objects.get(depth=1).pk, **TYPED.get(verb, {})}
    return str(client.post(f"{address}?id={page.pk}", told).headers.get("Location", ""))


@pytest.mark.parametrize("verb", ["delete", "unpublish"])
def test_many_at_once_obey_the_same_rule(head: Client, verb: str) -> None:
    bulletin = published()
    assert (bulk(head, verb, bulletin), public(bulletin).live) == (sheet(bulletin), True)


@pytest.mark.parametrize("verb", BULK)
def test_many_at_once_leave_the_shelf_under_issued_bulletins(head: Client, verb: str) -> None:
    bulletin = published()
    stack = Page.objects.get(depth=1).add_child(instance=Page(title="Otra", slug="otra"))
    shelf().move(stack, pos="last-child")
    page = {"move": shelf()}.get(verb, stack)
    assert (bulk(head, verb, page), public(bulletin).live) == (sheet(bulletin), True)
    assert shelf().get_parent().pk == stack.pk


def test_many_at_once_may_delete_a_shelf_of_drafts(head: Client) -> None:
    draft()
    bulk(head, "delete", shelf())
    assert Bulletin.objects.count() == 0


@pytest.mark.parametrize("verb", ["delete", "unpublish"])
def test_the_shelf_is_neither_deleted_nor_hidden_under_issued_bulletins(head: Client, verb: str) -> None:
    bulletin = published()
    address = reverse(f"wagtailadmin_pages:{verb}", args=[shelf().pk])
    answer = head.post(address, {"include_descendants": "on"})
    assert (answer["Location"], public(bulletin).live) == (sheet(bulletin), True)


def test_the_shelf_is_not_moved_under_issued_bulletins(head: Client) -> None:
    bulletin = published()
    other = Page.objects.get(depth=1).add_child(instance=Page(title="Otra", slug="otra"))
    answer = head.post(reverse("wagtailadmin_pages:move_confirm", args=[shelf().pk, other.pk]))
    assert (answer["Location"], shelf().get_parent().pk) == (sheet(bulletin), Page.objects.get(depth=1).pk)


def test_who_sees_the_shelf_is_not_asked_of_wagtail(head: Client) -> None:
    """Its restriction would be promised and not kept: the gate alone decides."""
    address = reverse("wagtailadmin_pages:set_privacy", args=[shelf().pk])
    head.post(address, {"restriction_type": "login"})
    assert PageViewRestriction.objects.count() == 0


# --- Copies -------------------------------------------------------------------------------------------------


def copy(client: Client, page: Page, **fields: str) -> str:
    told = {
        "new_title": "Otra vez",
        "new_slug": "otra-vez",
        "new_parent_page": page.get_parent().pk,
        **fields,
    }
    answer = client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), told)
    return str(answer.headers.get("Location", ""))


def editor(bulletin: Bulletin) -> str:
    address = reverse("wagtailadmin_pages:edit", args=[bulletin.pk])
    return f"{address}?next={reverse('boletines:index')}"


def test_the_copy_of_a_published_bulletin_is_a_draft_of_its_own(head: Client) -> None:
    bulletin = published()
    went = copy(head, bulletin, publish_copies="on")
    made = Bulletin.objects.get(title="Otra vez")
    latest = made.get_latest_revision_as_object()
    assert (went, made.folio, latest.folio, made.live) == (editor(made), "", "", False)
    assert (public(bulletin).folio, public(bulletin).live) == (bulletin.folio, True)


def test_the_copy_of_a_withdrawn_bulletin_goes_out_under_its_own_number(head: Client) -> None:
    bulletin = published()
    newsroom.withdraw(bulletin, reason="No era cierto.", by=None, at=timezone.now())
    copy(head, public(bulletin))
    made = Bulletin.objects.get(title="Otra vez")
    out = newsroom.publish(made.get_latest_revision_as_object(), by=None)
    assert (out.number, out.withdrawn_at, out.live) == (2, None, True)


def test_what_the_first_covered_stays_covered_by_the_first(head: Client) -> None:
    bulletin = published(act=act())
    copy(head, bulletin)
    newsroom.publish(Bulletin.objects.get(title="Otra vez"), by=None)
    assert Coverage.objects.get(product=Product.BULLETIN).evidence == public(bulletin).get_absolute_url()


def test_a_bulletin_has_no_alias(head: Client) -> None:
    """It would take the number of its first for its own as soon as that has one."""
    copy(head, draft(), alias="on")
    assert Bulletin.objects.get(title="Otra vez").alias_of is None


def test_the_shelf_is_not_copied(head: Client) -> None:
    published()
    went = copy(head, shelf(), copy_subpages="on")
    assert (went, Bulletin.objects.count()) == (reverse("boletines:index"), 1)


# --- The pages beside the bulletins --------------------------------------------------------------------------


def many(client: Client, action: str, *pages: Page, **fields: object) -> None:
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    client.post(f"{address}?{'&'.join(f'id={page.pk}' for page in pages)}", fields)


@pytest.mark.parametrize("action", ["delete", "move"])
def test_a_page_that_was_public_is_neither_deleted_nor_moved(head: Client, action: str) -> None:
    page = campaign()
    place = Page.objects.get(depth=1)
    answers = [
        head.post(reverse("wagtailadmin_pages:delete", args=[page.pk])),
        head.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, place.pk])),
    ]
    many(head, action, page, move_applicable="on", chooser=place.pk)
    editor = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert [answer.headers["Location"] for answer in answers] == [editor, editor]
    assert Campaign.objects.get().get_parent().specific == beside()


def test_it_is_hidden_by_whoever_may_but_its_shelf_is_not(head: Client) -> None:
    page = campaign()
    head.post(reverse("wagtailadmin_pages:unpublish", args=[beside().pk]), {"include_descendants": "on"})
    many(head, "unpublish", beside(), include_descendants="on")
    still = Campaign.objects.get().live
    head.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    assert (still, Campaign.objects.get().live) == (True, False)


def test_a_draft_that_nobody_saw_may_be_deleted(head: Client) -> None:
    page = campaign(public=False)
    head.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert not Campaign.objects.exists()


def test_the_shelf_with_what_was_public_is_not_deleted_and_not_copied(head: Client) -> None:
    campaign()
    head.post(reverse("wagtailadmin_pages:delete", args=[beside().pk]))
    head.post(
        reverse("wagtailadmin_pages:copy", args=[beside().pk]),
        {"new_title": "Otra", "new_slug": "otra", "copy_subpages": "on", "new_parent_page": 1},
    )
    assert Campaign.objects.count() == 1


def test_many_at_once_are_not_published_while_one_lacks_its_captions(head: Client) -> None:
    ready, silent = video("Con palabras", public=False), video("Sin palabras", captions="", public=False)
    for page in (ready, silent):
        page.save_revision()
    many(head, "publish", ready, silent)
    neither = Video.objects.filter(live=True).count()
    many(head, "publish", ready)
    assert (neither, Video.objects.get(live=True)) == (0, ready)


def test_the_menu_leads_to_each_list(head: Client) -> None:
    video()
    page = head.get(reverse("videos:index")).content.decode()
    assert [name for name in ("campanas", "servicios", "podcast", "videos") if f"/{name}/" not in page] == []
    assert "Un paseo por el pueblo" in page
