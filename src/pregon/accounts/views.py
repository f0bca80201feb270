"""The first run in the browser, where whoever holds the one-time address becomes the head of the office; and in which
zone the desk tells the hours."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from wagtail.users.models import UserProfile

from pregon.accounts import actions as accounts
from pregon.accounts.errors import AccountsError, BadAddress, HeadExists
from pregon.accounts.forms import WelcomeForm
from pregon.accounts.models import Office, User


def token_file() -> Path:
    path: Path = settings.HOME.run / "welcome-token"
    return path


def welcomes(token: str) -> bool:
    """Whether ``token`` is the one that this office waits for. A guess costs the same however near it is."""
    try:
        kept = token_file().read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return False
    return bool(kept) and constant_time_compare(kept, token)


@method_decorator([never_cache, sensitive_post_parameters("password", "again")], name="dispatch")
class WelcomeView(FormView[WelcomeForm]):
    """One use: the token goes with the first head, and nobody finds the page afterwards."""

    form_class = WelcomeForm
    template_name = "accounts/welcome.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not welcomes(kwargs["token"]) or User.objects.filter(is_superuser=True).exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: WelcomeForm) -> HttpResponse:
        told = form.cleaned_data
        try:
            head = accounts.appoint_head(told["email"], password=told["password"], at=timezone.now())
        except HeadExists as late:
            raise Http404 from late
        except AccountsError as refusal:
            form.add_error("email" if isinstance(refusal, BadAddress) else "password", str(refusal))
            return self.form_invalid(form)
        token_file().unlink(missing_ok=True)
        login(self.request, head)
        return redirect("wagtailadmin_home")


def in_zone_of_the_office(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever chose no zone of their own reads and types the office's hours at the desk; Wagtail asks their profile,
    and would take the server's."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            profile = UserProfile.get_for_user(request.user)
            if not profile.current_time_zone:
                profile.current_time_zone = Office.load(request_or_site=request).time_zone
            profile.user = request.user  # and the other way round: this one is found there
        return view(request, *args, **kwargs)

    return answer
