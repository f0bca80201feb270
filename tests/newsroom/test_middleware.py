"""Wagtail's own views publish without asking what lacks: whoever used one is led to the editor with the sentence."""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from factories.accounts import UserFactory
from factories.newsroom import beside, video
from pregon.newsroom.actions.workflow import ensure_workflow
from pregon.newsroom.models import Video

pytestmark = pytest.mark.django_db


def approved(client: Client, **headers: str) -> tuple[HttpResponse, Video]:
    """The answer to whoever approves a recording that lost its captions while it was under review."""
    user = UserFactory.create(is_superuser=True)
    client.force_login(user)
    recording = video(public=False)
    ensure_workflow(beside())
    recording.save_revision()
    recording.get_workflow().start(recording, user)
    recording = Video.objects.get()
    recording.captions = ""
    recording.save_revision()
    for _asked in ("for the words that were sent", "for those that took their place"):
        state = Video.objects.get().current_workflow_task_state
        address = reverse("wagtailadmin_pages:workflow_action", args=[recording.pk, "approve", state.pk])
        answer = client.post(address, {"comment": "Va."}, headers=headers)
    return answer, Video.objects.get()


def test_the_modal_of_approval_leads_to_the_editor_and_says_what_lacks(client: Client) -> None:
    answer, recording = approved(client, **{"X-Requested-With": "XMLHttpRequest"})
    editor = reverse("wagtailadmin_pages:edit", args=[recording.pk])
    assert answer.json() == {"step": "success", "redirect": editor}
    assert "Faltan los subtítulos" in client.get(editor).content.decode()
    assert (recording.live, recording.workflow_in_progress) == (False, True)


def test_without_script_it_does_the_same(client: Client) -> None:
    answer, recording = approved(client)
    assert answer.headers["Location"] == reverse("wagtailadmin_pages:edit", args=[recording.pk])
    assert ["Faltan los subtítulos" in str(said) for said in get_messages(answer.wsgi_request)] == [True]
    assert (recording.live, recording.workflow_in_progress) == (False, True)
