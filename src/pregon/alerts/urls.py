"""Addresses of the alerts' own pages on the desk, beside those of their viewsets."""

from __future__ import annotations

from django.urls import path

from pregon.alerts import views

app_name = "alerts_desk"

urlpatterns = [
    path("nueva/", views.BeginView.as_view(), name="begin"),
    path("nueva/<slug:slug>/", views.FillView.as_view(), name="fill"),
    path("esperan/", views.WaitingView.as_view(), name="waiting"),
    path("registro/", views.RegisterView.as_view(), name="register"),
    path("registro/mensajes.csv", views.RegisterCsvView.as_view(), name="register_csv"),
    path("registro/<int:pk>/", views.JustifyView.as_view(), name="justify"),
    path("<int:pk>/", views.SheetView.as_view(), name="sheet"),
    path("<int:pk>/editar/", views.EditView.as_view(), name="edit"),
    path("<int:pk>/vista/<slug:kind>/", views.SeenHtmlView.as_view(), name="seen_html"),
    path("<int:pk>/hacer/<slug:verb>/", views.ActView.as_view(), name="act"),
]
