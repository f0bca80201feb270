"""Addresses of the plan on the desk."""

from __future__ import annotations

from django.urls import path

from pregon.plan.views.beginning import BeginYearView, ReviewView
from pregon.plan.views.capturing import CaptureView
from pregon.plan.views.choosing import MeasureView
from pregon.plan.views.closing import CloseView, MonthsView, ReopenView
from pregon.plan.views.explaining import ExplainView
from pregon.plan.views.importing import DraftView, ImportView
from pregon.plan.views.reporting import ReportView
from pregon.plan.views.sheets import CurrentPlanView, SheetView

app_name = "plan_desk"

urlpatterns = [
    path("", CurrentPlanView.as_view(), name="index"),
    path("importar/", ImportView.as_view(), name="import"),
    path("importar/<int:pk>/", DraftView.as_view(), name="draft"),
    path("medida/vista/", MeasureView.as_view(), name="measure"),
    path("<int:pk>/", SheetView.as_view(), name="sheet"),
    path("<int:pk>/informe/", ReportView.as_view(), name="report"),
    path("<int:pk>/otro-ano/", BeginYearView.as_view(), name="begin_year"),
    path("<int:pk>/metas/", ReviewView.as_view(), name="review"),
    path("<int:pk>/meses/", MonthsView.as_view(), name="months"),
    path("<int:pk>/meses/<int:month>/cerrar/", CloseView.as_view(), name="close"),
    path("<int:pk>/meses/<int:month>/abrir/", ReopenView.as_view(), name="reopen"),
    path("<int:pk>/<slug:item>/capturar/", CaptureView.as_view(), name="capture"),
    path("<int:pk>/<slug:item>/<int:month>/desviacion/", ExplainView.as_view(), name="explain"),
]
