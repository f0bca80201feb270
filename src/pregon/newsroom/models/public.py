"""What every page of the newsroom shares, whatever it tells: its address, what its page shows, and one way to publish.

A page is a stock Wagtail page: drafts, history, locks, workflow and scheduled publication are Wagtail's. Its embargo
*is* Wagtail's ``go_live_at``: one hour, kept in one place.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.admin.forms.pages import CopyForm
from wagtail.models import Page

from pregon.core.visibility import Reader
from pregon.newsroom.signals import page_asked


class DraftCopyForm(CopyForm):
    """A copy begins as a draft of its own: it neither goes out at once nor follows what it was copied from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("publish_copies", "alias"):
            self.fields.pop(name, None)


class PublicPage(Page):
    """A page that the public reads at an address of ours."""

    #: Which part of the site it stands in, for the bar above it.
    section: ClassVar[str] = ""
    copy_form_class = DraftCopyForm
    private_page_options: list[str] = []  # who sees it is decided by the gate and by nothing else

    class Meta:
        abstract = True

    @property
    def origin(self) -> str:
        """How the engines below name this page."""
        return f"{self._meta.label_lower}/{self.pk}"

    @property
    def plain_body(self) -> str:
        """The words of the body without markup."""
        return " ".join(
            str(text) for block in self.body for text in block.block.get_searchable_content(block.value)
        )

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str] | None:
        """Wagtail's own address of a page, so that "view live" on the desk opens the public one."""
        parts = super().get_url_parts(request)
        return (parts[0], settings.BASE_URL, self.get_absolute_url()) if parts else None

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What its template needs, for the public page and for the preview on the desk."""
        preview = bool(getattr(request, "is_preview", False))
        reader = Reader.DESK if preview else Reader.PUBLIC
        context = {
            **super().get_context(request, *args, **kwargs),
            "section": self.section,
            "preview": preview,
            # Asked once, for all parts of its template.
            "topics": list(self.topics.all()),
            "localities": list(self.localities.all()),
        }
        for _receiver, parts in page_asked.send(type(self), page=self, to=reader, at=timezone.now()):
            context.update(parts)  # type: ignore[arg-type]  # the stubs say str; a receiver may answer anything
        return context

    def publish(self, revision: Any, user: Any = None, **options: Any) -> Any:
        """Wagtail's one way to publish: from the editor, from the workflow, from the clock and from the command line.

        Everything that follows from a publication (``receivers.py`` listens to Wagtail's signal) happens in the same
        transaction, or none of it does.
        """
        with transaction.atomic():
            result = super().publish(revision, user=user, **options)
        self.refresh_from_db()
        return result
