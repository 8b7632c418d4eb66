"""Turns a refusal that a view did not catch into a page with its reasons and its status."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import DomainError


class DomainErrorMiddleware:
    """Answers :class:`DomainError` with its own status; htmx gets the list alone, everyone else a whole page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        template = (
            "components/problem_list.html" if getattr(request, "htmx", False) else "errors/refused.html"
        )
        context = {"problems": exception.problems}
        return render(request, template, context, status=exception.status)
