"""The act that has no form of its own: leaving an act uncovered, with the reason and who signs."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from pregon.agenda import actions as agenda
from pregon.agenda.forms import ExcuseForm
from pregon.agenda.models import Act


class ExcuseView(PermissionRequiredMixin, WagtailAdminTemplateMixin, FormView[ExcuseForm]):
    """*No se cubrirá*: closes every coverage that the act still owes."""

    permission_required = "agenda.change_act"
    raise_exception = True
    form_class = ExcuseForm
    template_name = "agenda/desk/excuse.html"
    page_title = gettext_lazy("No se cubrirá")
    header_icon = "calendar"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.has_permission():
            raise PermissionDenied
        self.act = get_object_or_404(Act, pk=kwargs["pk"])
        self.open = list(self.act.coverages.filter(settlement="pendiente").select_related("assignee"))
        if not self.open:
            messages.info(request, _("Este acto ya no debe ninguna cobertura."))
            return redirect("actos:edit", self.act.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return self.act.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("actos:index"), "label": _("Agenda")},
            {"url": reverse("actos:edit", args=[self.act.pk]), "label": self.act.title},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(act=self.act, open=self.open, **kwargs)

    def form_valid(self, form: ExcuseForm) -> HttpResponse:
        at = timezone.now()
        with transaction.atomic():
            for coverage in self.open:
                agenda.excuse(coverage, by=self.request.user, reason=form.cleaned_data["reason"], at=at)  # type: ignore[arg-type]  # the permission keeps strangers out
        messages.success(
            self.request, _("Quedó anotado que «%(act)s» no se cubrirá.") % {"act": self.act.title}
        )
        return HttpResponseRedirect(reverse("actos:edit", args=[self.act.pk]))
