"""Addresses of the plan on the desk."""

from __future__ import annotations

from django.urls import path

from pregon.plan.views import (
    BeginYearView,
    CurrentPlanView,
    DraftView,
    ImportView,
    ReportView,
    ReviewView,
    SheetView,
)

app_name = "plan_desk"

urlpatterns = [
    path("", CurrentPlanView.as_view(), name="index"),
    path("importar/", ImportView.as_view(), name="import"),
    path("importar/<int:pk>/", DraftView.as_view(), name="draft"),
    path("<int:pk>/", SheetView.as_view(), name="sheet"),
    path("<int:pk>/informe/", ReportView.as_view(), name="report"),
    path("<int:pk>/otro-ano/", BeginYearView.as_view(), name="begin_year"),
    path("<int:pk>/metas/", ReviewView.as_view(), name="review"),
]
