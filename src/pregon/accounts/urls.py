"""Addresses of the office outside the desk."""

from __future__ import annotations

from django.urls import path

from pregon.accounts.views import WelcomeView

app_name = "accounts"

urlpatterns = [path("bienvenida/<str:token>/", WelcomeView.as_view(), name="welcome")]
