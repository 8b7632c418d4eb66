"""The addresses of the portal and, beside them, the two bare views that pages and submissions are measured against."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.access import signed_in
from kexie_portal.urls import handler403, handler404, handler500
from kexie_portal.urls import urlpatterns as portal_urlpatterns
from orgs.models import OrgUnit
from reporting.models import CalendarDay

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


@signed_in
def fifty_rows(request: HttpRequest) -> HttpResponse:
    """A signed-in page of fifty plain rows in the frame that every page has."""
    rows = "".join(
        f"<tr><td>{unit.division_code}</td><td>{unit}</td></tr>" for unit in OrgUnit.objects.all()[:50]
    )
    page = render(request, "base.html", {})
    return HttpResponse(page.content.replace(b"</main>", f"<table>{rows}</table></main>".encode()))


@csrf_exempt
@signed_in
def one_insert(request: HttpRequest) -> HttpResponse:
    """One INSERT and COMMIT, nothing else."""
    with transaction.atomic():
        CalendarDay.objects.bulk_create(
            [CalendarDay(day=request.POST["day"], is_off=True, name="测量")], ignore_conflicts=True
        )
    return HttpResponse("ok")


urlpatterns = [
    path("bench/rows/", fifty_rows),
    path("bench/insert/", one_insert),
    *portal_urlpatterns,
]
