"""The addresses of the portal and, beside them, the two bare views that pages and submissions are measured against.

Served by the bench alone: through the same middleware, with the same session, account and CSRF token.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_POST

from core.access import signed_in
from kexie_portal.urls import handler403, handler404, handler500
from kexie_portal.urls import urlpatterns as portal_urlpatterns
from orgs.models import OrgUnit
from reporting.models import CalendarDay

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

ROWS = 50
PAGE = """{% extends "base.html" %}{% block content %}<table>{% for unit in units %}
<tr><td>{{ unit.division_code }}</td><td>{{ unit.display_name }}</td><td>{{ unit.get_level_display }}</td></tr>
{% endfor %}</table>{% endblock %}"""


@signed_in
def fifty_rows(request: HttpRequest) -> HttpResponse:
    """A signed-in page of fifty plain rows in the frame that every page has."""
    page = engines["django"].from_string(PAGE)
    return HttpResponse(page.render({"units": OrgUnit.objects.order_by("pk")[:ROWS]}, request))


@require_POST
@signed_in
def one_insert(request: HttpRequest) -> HttpResponse:
    """One INSERT and COMMIT, nothing else."""
    with transaction.atomic():
        day = CalendarDay(day=dt.date.fromisoformat(request.POST["day"]), is_off=True, name="测量")
        day.save(force_insert=True)
    return HttpResponse("ok")


urlpatterns = [
    path("bench/rows/", fifty_rows),
    path("bench/insert/", one_insert),
    *portal_urlpatterns,
]
