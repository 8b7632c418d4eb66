"""What is answered after too many failed sign-ins."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """429 with how long to wait."""
    return render(request, "accounts/locked_out.html", status=429)
