"""Choosing a measure: what it would have said in the past months, before anybody promises it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from pregon.plan.errors import MeasureFailed
from pregon.plan.forms import MeasureForm
from pregon.plan.previews import preview
from pregon.plan.views.desk import Desk


class MeasureView(Desk, TemplateView):
    """A page of its own, and a part of the form that chooses one."""

    page_title = _("Medidas")

    def get_template_names(self) -> list[str]:
        return ["plan/desk/past_months.html" if "parte" in self.request.GET else "plan/desk/measure.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = MeasureForm(self.request.GET)
        chosen = form.cleaned_data["measure"] if form.is_valid() else ""
        shown, trouble = None, ""
        try:
            shown = preview(chosen, form.parameters(), at=self.at) if chosen else None
        except MeasureFailed as refusal:
            trouble = str(refusal)
        return super().get_context_data(form=form, preview=shown, trouble=trouble, **kwargs)
