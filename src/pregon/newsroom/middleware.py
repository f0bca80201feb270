"""A page that lacks something says so wherever it was let out: Wagtail's own approval publishes without asking first,
and answers its modal in data, so no hook of ours stands in between."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from wagtail.admin import messages

from pregon.newsroom.errors import NotReady


class SayWhatLacks:
    """Lead whoever let the page out to its editor, with the sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, NotReady):
            return None
        messages.error(request, str(problem))
        editor = reverse("wagtailadmin_pages:edit", args=[problem.page])
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return JsonResponse({"step": "success", "redirect": editor})  # what Wagtail's modal goes on with
        return HttpResponseRedirect(editor)
