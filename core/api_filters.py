"""Conditions of API lists."""

from __future__ import annotations

from typing import Any

from django_filters.rest_framework import DjangoFilterBackend


class ListFilterBackend(DjangoFilterBackend):
    """Conditions narrow lists only: a single row within reach is found whatever they say."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        return (
            queryset if getattr(view, "detail", False) else super().filter_queryset(request, queryset, view)
        )
