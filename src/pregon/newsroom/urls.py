"""Addresses of what may be done on the desk with a bulletin, beside those of its list, and with a live coverage."""

from __future__ import annotations

from django.urls import path

from pregon.newsroom.views.bulletins import (
    CorrectView,
    NewBulletinView,
    ReachHtmlView,
    ReachView,
    SheetView,
    WithdrawView,
)
from pregon.newsroom.views.live import (
    LiveBlogView,
    LiveChangeView,
    LiveIndexView,
    LivePostsView,
    LiveVerbView,
    OpenLiveView,
)
from pregon.newsroom.views.outreach import OutreachTableView, OutreachView, OverviewTableView, OverviewView

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

live_patterns = [
    path("", LiveIndexView.as_view(), name="index"),
    path("abrir/<int:pk>/", OpenLiveView.as_view(), name="open"),
    path("<int:pk>/", LiveBlogView.as_view(), name="blog"),
    path("<int:pk>/publicaciones/", LivePostsView.as_view(), name="posts"),
    path("<int:pk>/<slug:verb>/", LiveVerbView.as_view(), name="verb"),
    path("publicacion/<int:pk>/", LiveChangeView.as_view(), name="change"),
]
