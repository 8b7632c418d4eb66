"""Whether the process lives, and whether all that it needs is there."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from accounts.access import public
from kexie_portal.readiness import findings


@public
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "ok"})


@public
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, migrations and the workers' heartbeat are all well; else 503, naming which is not."""
    found = findings()
    ready = all(found.values())
    checks = {name: "ok" if well else "failed" for name, well in found.items()}
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503
    )
