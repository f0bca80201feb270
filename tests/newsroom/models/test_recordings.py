from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import ProtectedError
from django.http import QueryDict

from factories import newsroom as news
from factories.accounts import UserFactory
from pregon.config.demo.recordings import chimes
from pregon.newsroom.errors import NotReady
from pregon.newsroom.models import Episode, Video

pytestmark = pytest.mark.django_db

SUBRIP = "1\n00:00:01,000 --> 00:00:02,000\nBuenos días.\n"


def form_of(episode: Episode, *, button: str = "", captions_file: bytes = b"", **fields: Any) -> Any:
    """The editor's own form, as a browser sends it."""
    form_class = Episode.get_edit_handler().get_form_class()
    user = UserFactory.create(is_superuser=True)
    blank = form_class(instance=episode, for_user=user, parent_page=episode.get_parent())
    data = QueryDict(mutable=True)
    for name in blank.fields:
        value = blank.initial.get(name)
        if name not in {"captions_file", "topics", "localities"} and value is not None and name != "body":
            data[name] = str(value)
    data.update({"body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", **fields})
    if button:
        data[button] = "yes"
    files = {"captions_file": SimpleUploadedFile("a.srt", captions_file)} if captions_file else {}
    return form_class(data, files, instance=episode, for_user=user, parent_page=episode.get_parent())


def test_what_is_said_is_read_from_its_captions() -> None:
    episode = news.episode()
    assert [(passage.voice, passage.text) for passage in episode.transcript] == [
        ("Comunicación Social", "¿De dónde viene el agua?"),
        ("Servicios Públicos", "De tres manantiales y un pozo."),
    ]
    assert (episode.seconds, episode.media_type) == (1, "audio/wav")


@pytest.mark.parametrize("make", [news.episode, news.video])
def test_without_captions_it_stays_a_draft(make: Any) -> None:
    recording = make(captions="", public=False)
    with pytest.raises(NotReady, match="Faltan los subtítulos"):
        recording.save_revision().publish()
    assert type(recording).objects.get().live is False


def test_the_editor_says_at_the_field_what_is_missing_before_it_goes_out() -> None:
    episode = news.episode(captions="", recording=None, public=False)
    draft, public = form_of(episode), form_of(episode, button="action-publish")
    assert draft.is_valid(), draft.errors
    assert set(public.errors) == {"captions", "recording"}


def test_captions_come_as_a_file_of_another_program() -> None:
    form = form_of(news.episode(captions="", public=False), captions_file=SUBRIP.encode())
    assert form.is_valid(), form.errors
    assert form.cleaned_data["captions"] == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nBuenos días.\n"
    assert form.instance.captions == form.cleaned_data["captions"]


def test_a_file_that_holds_none_is_refused_in_words() -> None:
    form = form_of(news.episode(public=False), captions_file=b"hola")
    assert form.errors["captions_file"] == ["Línea 1: falta el tiempo, como «00:01.000 --> 00:04.000»."]


@pytest.mark.parametrize(
    ("field", "text"), [("captions", "WEBVTT\n\nhola"), ("chapters", "al principio: saludo")]
)
def test_captions_and_chapters_that_cannot_be_read_are_refused(field: str, text: str) -> None:
    episode = news.episode(public=False)
    setattr(episode, field, text)
    with pytest.raises(ValidationError) as refusal:
        episode.full_clean()
    assert set(refusal.value.message_dict) == {field}


def test_a_document_in_the_place_of_the_recording_is_refused() -> None:
    episode = news.episode(public=False)
    episode.recording = news.document(b"%PDF-1.7", "acta.pdf")
    with pytest.raises(ValidationError, match="no se puede reproducir aquí"):
        episode.full_clean()


def test_a_video_is_a_file_or_an_address_and_not_both() -> None:
    video = news.video(public=False)
    video.url = "https://videos.muestra.example/1"
    with pytest.raises(ValidationError, match="una sola de las dos cosas"):
        video.full_clean()


def test_a_video_that_lies_elsewhere_goes_out_with_what_is_seen_in_it() -> None:
    assert news.video(url="https://videos.muestra.example/1", captions="").live
    with pytest.raises(NotReady, match="Di qué se ve"):
        news.video("Otro", url="https://videos.muestra.example/2", captions="", described="")
    assert Video.objects.filter(live=True).count() == 1


def test_who_takes_part_is_told_with_the_role() -> None:
    episode = Episode(title="x", people="Comunicación Social: conduce\nDirección de Salud")
    assert episode.people_list == [("Comunicación Social", "conduce"), ("Dirección de Salud", "")]


def test_the_file_of_a_recording_is_not_deleted_under_it() -> None:
    recording = news.document(chimes(seconds=1), "agua.wav")
    news.episode(recording=recording)
    with pytest.raises(ProtectedError):
        recording.delete()
