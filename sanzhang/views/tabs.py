"""Several pages of one thing as tabs, with what was asked for carried along."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.urls import reverse

from core.access import SignedInRequest


def tabs_of(
    request: SignedInRequest, pages: Sequence[tuple[str, str]], active: str, *, dropped: Collection[str]
) -> list[dict[str, Any]]:
    """``pages`` by label and name of the view, ``active`` among them; ``dropped`` are the page's own questions."""
    query = request.GET.copy()
    for name in ("page", "sort", *dropped):
        query.pop(name, None)
    tail = f"?{query.urlencode()}" if query else ""
    return [
        {"label": label, "url": reverse(f"sanzhang:{name}") + tail, "active": name == active, "badge": ""}
        for label, name in pages
    ]
