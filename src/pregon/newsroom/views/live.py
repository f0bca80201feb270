"""The desk of a live coverage, made for a telephone held in one hand: write, shoot, post.

Each post is sent with a key made on the page, so it may be sent again as often as the signal asks. The script of the
page keeps what could not leave and sends it later; without the script the same form is posted as any other.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.agenda.models import Act
from pregon.agenda.panels import local_midnight
from pregon.core.errors import PregonError
from pregon.core.visibility import may_see
from pregon.newsroom import actions as newsroom
from pregon.newsroom.errors import EditedMeanwhile
from pregon.newsroom.forms import LiveCorrectionForm, LivePostForm, LiveRemovalForm, SummaryForm
from pregon.newsroom.models import LiveBlog, LivePost
from pregon.newsroom.panels import sheet_or_editor

Verb = Callable[[LiveBlog], object]


class LiveDesk(PermissionRequiredMixin, WagtailAdminTemplateMixin, TemplateView):
    """Base of the pages of a live coverage."""

    permission_required = "newsroom.add_livepost"
    raise_exception = True
    header_icon = "radio-full"
    page_title = gettext_lazy("Minuto a minuto")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        url = reverse("newsroom_live:index")
        return [*self.breadcrumbs_items, {"url": url, "label": _("Minuto a minuto")}, *self.trail()]

    def trail(self) -> list[dict[str, Any]]:
        return []


class LiveIndexView(LiveDesk):
    """Coverages under way and past, and the acts of today that may have one."""

    template_name = "newsroom/desk/live_index.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        blogs = list(LiveBlog.objects.select_related("act", "bulletin")[:60])
        at = timezone.now()
        acts = Act.objects.between(local_midnight(at), local_midnight(at, days=1)).filter(live_blog=None)
        return super().get_context_data(
            now=[blog for blog in blogs if not blog.is_over],
            past=[blog for blog in blogs if blog.is_over],
            acts=acts.taking_place().order_by("start"),
            **kwargs,
        )


class OpenLiveView(PermissionRequiredMixin, View):
    """Opens the coverage of an act and goes there."""

    permission_required = "newsroom.add_liveblog"
    raise_exception = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        act = get_object_or_404(Act, pk=pk)
        try:
            blog = newsroom.open_live(act, by=request.user, at=timezone.now())  # type: ignore[arg-type]  # the permission keeps strangers out
        except PregonError as refusal:
            messages.error(request, str(refusal))
            return redirect("actos:edit", act.pk)
        return redirect("newsroom_live:blog", blog.pk)


class LiveBlogView(LiveDesk):
    """One coverage: the form first, then what is essential, then what was posted."""

    template_name = "newsroom/desk/live.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.blog = get_object_or_404(LiveBlog.objects.select_related("act", "bulletin"), pk=kwargs["pk"])

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": "", "label": self.blog.title}]

    def get_page_subtitle(self) -> str:
        return self.blog.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        posts = self.blog.posts.standing().newest_first().select_related("photo", "by")
        context = {
            "blog": self.blog,
            "posts": posts,
            "form": LivePostForm(initial={"key": uuid4()}),
            "summary_form": SummaryForm(initial={"summary": self.blog.summary, "version": self.blog.version}),
            "unseen": not may_see(self.blog, at=timezone.now()),
            "draft": sheet_or_editor(self.blog.bulletin) if self.blog.bulletin else "",
        }
        return super().get_context_data(**(context | kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A new post. Asked by the script of the page it answers with what it became, or with why not."""
        form = LivePostForm(request.POST, request.FILES)
        refusal = "" if form.is_valid() else first_error(form)
        if not refusal:
            try:
                self.take(form)
            except (PregonError, ValidationError) as problem:
                refusal = sentence_of(problem)
        if request.headers.get("Accept") == "application/json":
            if refusal:
                return JsonResponse({"error": refusal}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
            return JsonResponse({"key": str(form.cleaned_data["key"])}, status=HTTPStatus.CREATED)
        if refusal:
            messages.error(request, refusal)
            answer = self.render_to_response(self.get_context_data(form=form))
            answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
            return answer
        return redirect("newsroom_live:blog", self.blog.pk)

    def take(self, form: LivePostForm) -> None:
        with form.shot() as shot:
            newsroom.post(
                self.blog,
                form.words(),
                key=form.cleaned_data["key"],
                shot=shot,
                written_at=form.cleaned_data["written_at"],
                by=self.request.user,  # type: ignore[arg-type]  # the permission keeps strangers out
                at=timezone.now(),
            )


class LivePostsView(LiveBlogView):
    """What was posted, alone, for the page to show after each post of its own and of others."""

    template_name = "newsroom/desk/live_posts.html"


class LiveVerbView(PermissionRequiredMixin, View):
    """A button of the coverage: pause, resume, close, pin."""

    permission_required = "newsroom.add_livepost"
    raise_exception = True

    def post(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        blog = get_object_or_404(LiveBlog, pk=pk)
        at = timezone.now()
        verbs: dict[str, Verb] = {
            "pausar": lambda blog: newsroom.pause(blog, at=at),
            "seguir": lambda blog: newsroom.resume(blog, at=at),
            "cerrar": lambda blog: newsroom.close_live(blog, by=request.user, at=at),  # type: ignore[arg-type]  # the permission keeps strangers out
            "esencial": lambda blog: pin_from(request, blog),
        }
        if verb not in verbs:
            raise Http404
        try:
            verbs[verb](blog)
        except (PregonError, ValidationError) as problem:
            messages.error(request, sentence_of(problem))
            if written := request.POST.get("summary"):  # the page that follows shows what another wrote
                messages.info(request, _("Esto habías escrito: «%(words)s»") % {"words": written})
        return redirect("newsroom_live:blog", pk)


def pin_from(request: HttpRequest, blog: LiveBlog) -> None:
    form = SummaryForm(request.POST)
    if not form.is_valid():
        raise PregonError(first_error(form))
    newsroom.pin(blog, **form.cleaned_data, at=timezone.now())


class LiveChangeView(LiveDesk):
    """One post: corrected in its place, or taken away; either way readers are told why."""

    template_name = "newsroom/desk/live_change.html"
    page_title = gettext_lazy("Corregir una publicación")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        found = LivePost.objects.standing().select_related("blog", "photo")
        self.posted = get_object_or_404(found, pk=kwargs["pk"])

    def trail(self) -> list[dict[str, Any]]:
        blog = self.posted.blog
        back = {"url": reverse("newsroom_live:blog", args=[blog.pk]), "label": blog.title}
        return [back, {"url": "", "label": _("Corregir")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "posted": self.posted,
            "form": LiveCorrectionForm.of(self.posted),
            "removal": LiveRemovalForm(initial={"version": self.posted.version}, prefix="quitar"),
            "changes": self.posted.changes.select_related("by"),
        }
        return super().get_context_data(**(context | kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        removing = "quitar-note" in request.POST
        form: LiveCorrectionForm | LiveRemovalForm = (
            LiveRemovalForm(request.POST, prefix="quitar") if removing else LiveCorrectionForm(request.POST)
        )
        again = {"removal" if removing else "form": form}
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**again))
        who = {"by": request.user, "at": timezone.now()}
        common = {name: form.cleaned_data[name] for name in ("note", "version")} | who
        try:
            if isinstance(form, LiveRemovalForm):
                newsroom.remove_post(self.posted, **common)
            else:
                newsroom.correct_post(self.posted, form.words(), **common)
        except EditedMeanwhile as refusal:
            self.posted.refresh_from_db()
            if self.posted.removed_at:
                messages.error(request, _("Alguien más quitó esta publicación mientras escribías."))
                return redirect("newsroom_live:blog", self.posted.blog_id)
            now = self.posted.text or self.posted.headline
            messages.error(request, f"{refusal} " + _("Ahora dice: «%(words)s».") % {"words": now})
            # What was written stays; sent once more it is a change of what is said now.
            name = form.add_prefix("version")
            form.data = request.POST.dict() | {name: str(self.posted.version)}
            return self.render_to_response(self.get_context_data(**again))
        except (PregonError, ValidationError) as problem:
            messages.error(request, sentence_of(problem))
            return self.render_to_response(self.get_context_data(**again))
        return HttpResponseRedirect(reverse("newsroom_live:blog", args=[self.posted.blog_id]))


def sentence_of(problem: PregonError | ValidationError) -> str:
    return " ".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)


def first_error(form: Form) -> str:
    return next((str(errors[0]) for errors in form.errors.values()), "")
