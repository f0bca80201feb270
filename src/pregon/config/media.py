"""Originals, as handed in: for people at the desk and nobody else."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe
from django.views.static import serve
from wagtail.admin.auth import require_admin_access
from wagtail.documents.views.serve import serve as serve_document


@require_admin_access
@require_safe
def original(request: HttpRequest, path: str) -> HttpResponseBase:
    """One uploaded file; nothing inside it may run, whatever it turns out to be."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, max-age=600"
    return response


@require_admin_access
def document(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    response: HttpResponseBase = serve_document(request, document_id, document_filename)
    response["Cache-Control"] = "private, no-store"
    return response
