"""A list page's own state, all of it in the address: columns, sorting, page size, page; and the view it opens with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from core import tables
from core.tables import Column, Table

SIZES = (20, 50, 100, 200)
SIZE = 50
COLUMNS, SIZE_NAME, VIEW = "columns", "size", "view"
#: What of an address is not part of a view that is saved.
NOT_KEPT = frozenset({"page", "before", VIEW})
#: ``?view=none`` opens a page without the view that it usually opens with.
NO_VIEW = "none"

DefaultQuery = Callable[[Any, str], str | None]
_providers: list[DefaultQuery] = []


def register_default_query(provider: DefaultQuery) -> None:
    """Have ``provider(user, page)`` asked for the query that a list page opens with."""
    if provider not in _providers:
        _providers.append(provider)


def opens_with_default(page: str) -> Callable[[Any], Any]:
    """Send who opens the list view ``page`` (its URL name) without any condition on to the view they chose for it."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "GET" and not request.GET:
                for provider in _providers:
                    if query := provider(request.user, page):
                        return HttpResponseRedirect(f"{request.path}?{query}")
            return view(request, *args, **kwargs)

        return opened

    return decorate


@dataclass(slots=True)
class Listing:
    """One list as the address asks for it. ``name`` is the page's URL name, by which saved views know it; without one
    (a page of some object) there are none."""

    name: str
    request: HttpRequest
    offered: list[Column]
    columns: list[Column]
    order: str
    size: int

    def page(self, rows: Any) -> Page:
        return Paginator(rows, self.size).get_page(self.request.GET.get("page"))

    def table(self, records: Iterable[Any], **options: Any) -> Table:
        return tables.build(records, self.columns, request=self.request, order=self.order, **options)

    @property
    def column_keys(self) -> list[str]:
        return [column.key for column in self.columns]

    @property
    def is_customised(self) -> bool:
        return COLUMNS in self.request.GET

    def kept_inputs(self) -> list[tuple[str, str]]:
        """The rest of the address, for the form that chooses columns and size."""
        dropped = {COLUMNS, SIZE_NAME, *NOT_KEPT}
        return [
            (name, value)
            for name, values in self.request.GET.lists()
            if name not in dropped
            for value in values
            if value
        ]

    def choices(self) -> list[dict[str, Any]]:
        shown = set(self.column_keys)
        return [
            {
                "key": column.key,
                "label": column.label,
                "is_shown": column.key in shown,
                "is_fixed": column.is_fixed,
            }
            for column in self.offered
        ]

    def sizes(self) -> list[dict[str, Any]]:
        return [{"size": size, "is_chosen": size == self.size} for size in SIZES]

    def reset_url(self) -> str:
        kept = [pair for pair in self.kept_inputs() if pair[0] != "sort"]
        return f"?{urlencode([*kept, (VIEW, NO_VIEW)])}"


def listing(
    request: HttpRequest, name: str, columns: Sequence[Column], *, default: str = "", size: int = SIZE
) -> Listing:
    """The list as ``request`` asks for it: known columns only, ``default`` order, a size among ``SIZES``."""
    asked_size = request.GET.get(SIZE_NAME, "")
    return Listing(
        name=name,
        request=request,
        offered=list(columns),
        columns=chosen_columns(request, columns),
        order=tables.order_of(request, columns, default),
        size=int(asked_size) if asked_size in map(str, SIZES) else size,
    )


def chosen_columns(request: HttpRequest, columns: Sequence[Column]) -> list[Column]:
    """The columns that the address names (``columns=a&columns=b`` or ``columns=a,b``), in their own order."""
    asked = {key for value in request.GET.getlist(COLUMNS) for key in value.split(",")}
    known = asked & {column.key for column in columns}
    if not known:
        return [column for column in columns if not column.is_extra]
    return [column for column in columns if column.is_fixed or column.key in known]
