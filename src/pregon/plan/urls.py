"""Addresses of the plan on the desk."""

from __future__ import annotations

from django.urls import path

from pregon.plan.views import CurrentPlanView, MeasureView, SheetView

app_name = "plan_desk"

urlpatterns = [
    path("", CurrentPlanView.as_view(), name="index"),
    path("medida/vista/", MeasureView.as_view(), name="measure"),
    path("<int:pk>/", SheetView.as_view(), name="sheet"),
]
