"""Addresses of what may be done with a bulletin on the desk, beside those of its list."""

from __future__ import annotations

from django.urls import path

from pregon.newsroom.statistics import OutreachTableView, OutreachView, OverviewTableView, OverviewView
from pregon.newsroom.views import (
    CorrectView,
    NewBulletinView,
    ReachHtmlView,
    ReachView,
    SheetView,
    WithdrawView,
)

app_name = "newsroom_desk"

urlpatterns = [
    path("nuevo/", NewBulletinView.as_view(), name="new"),
    path("<int:pk>/", SheetView.as_view(), name="sheet"),
    path("<int:pk>/a-quien-llega/", ReachView.as_view(), name="reach"),
    path("<int:pk>/a-quien-llega/<slug:kind>/", ReachHtmlView.as_view(), name="reach_html"),
    path("<int:pk>/corregir/", CorrectView.as_view(), name="correct"),
    path("<int:pk>/alcance/", OutreachView.as_view(), name="outreach"),
    path("<int:pk>/alcance/csv/", OutreachTableView.as_view(), name="outreach_csv"),
    path("alcance/", OverviewView.as_view(), name="overview"),
    path("alcance/csv/", OverviewTableView.as_view(), name="overview_csv"),
    path("<int:pk>/retirar/", WithdrawView.as_view(), name="withdraw"),
]
