"""Addresses of the delivery desk: dispatches, channels, and what is done with subscribers beside their list."""

from __future__ import annotations

from django.urls import include, path

from pregon.delivery.steering import (
    CancelView,
    HurryView,
    PassedOnView,
    PauseView,
    ResolveAllView,
    ResolveView,
    ResumeView,
    RetryView,
    WriteToAllAgainView,
)
from pregon.delivery.views import (
    ChannelsView,
    ChannelView,
    DispatchesView,
    DispatchView,
    ExportView,
    LeaveView,
    NowView,
    OfficeChannelView,
    PreviewHtmlView,
    PreviewView,
    ProgressView,
    RosterStateView,
    RostersView,
    RosterView,
    SuppressView,
    WriteAgainView,
)

dispatches = [
    path("", DispatchesView.as_view(), name="index"),
    path("ahora/", NowView.as_view(), name="now"),
    path("<int:pk>/", DispatchView.as_view(), name="dispatch"),
    path("<int:pk>/avance/", ProgressView.as_view(), name="progress"),
    path("<int:pk>/vista/<slug:kind>/", PreviewView.as_view(), name="preview"),
    path("<int:pk>/vista/<slug:kind>/html/", PreviewHtmlView.as_view(), name="preview_html"),
    path("<int:pk>/pausar/", PauseView.as_view(), name="pause"),
    path("<int:pk>/reanudar/", ResumeView.as_view(), name="resume"),
    path("<int:pk>/cancelar/", CancelView.as_view(), name="cancel"),
    path("<int:pk>/intentar-ya/", HurryView.as_view(), name="hurry"),
    path("<int:pk>/reintentar/", RetryView.as_view(), name="retry"),
    path("<int:pk>/en-duda/<slug:kind>/<slug:answer>/", ResolveAllView.as_view(), name="resolve_all"),
    path("<int:pk>/volver-a-escribir/<slug:kind>/", WriteToAllAgainView.as_view(), name="write_again"),
    path("linea/<int:pk>/", ResolveView.as_view(), name="resolve"),
    path("linea/<int:pk>/publicado/", PassedOnView.as_view(), name="passed_on"),
]
channels = [
    path("", ChannelsView.as_view(), name="index"),
    path("<slug:kind>/", ChannelView.as_view(), name="edit"),
]
subscribers = [
    path("nuevo-canal/", OfficeChannelView.as_view(), name="add"),
    path("<int:pk>/baja/", LeaveView.as_view(), name="leave"),
    path("<int:pk>/volver/", WriteAgainView.as_view(), name="write_again"),
    path("listas/", RostersView.as_view(), name="rosters"),
    path("listas/<int:pk>/", RosterView.as_view(), name="roster"),
    path("listas/<int:pk>/avance/", RosterStateView.as_view(), name="roster_state"),
    path("exportar/csv/", ExportView.as_view(), {"form": "csv"}, name="export_csv"),
    path("exportar/xlsx/", ExportView.as_view(), {"form": "xlsx"}, name="export_xlsx"),
    path("no-escribir/", SuppressView.as_view(), name="suppress"),
]

urlpatterns = [
    path("envios/", include((dispatches, "envios"))),
    path("canales/", include((channels, "canales"))),
    path("suscriptores/", include((subscribers, "suscriptores_desk"))),
]
