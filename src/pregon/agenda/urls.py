"""Addresses of the agenda's own pages on the desk, beside those of its viewset."""

from __future__ import annotations

from django.urls import path

from pregon.agenda.views import ExcuseView

app_name = "agenda_desk"

urlpatterns = [path("actos/<int:pk>/no-se-cubrira/", ExcuseView.as_view(), name="excuse")]
