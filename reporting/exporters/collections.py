"""The list of collections as a workbook: the rows of the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from files.lists import each, list_file, with_export
from reporting.forms.collections import CollectionNarrowing
from reporting.permissions import MANAGE_CYCLES
from reporting.selectors.collections import collections_of, narrowed
from reporting.tables.collections import COLLECTION_SHEET, collection_row


def _rows(user: Any, query: QueryDict) -> QuerySet[Any]:
    criteria = CollectionNarrowing(query).criteria
    return narrowed(collections_of(user.unit), criteria).order_by("-is_principal", "pk")


COLLECTIONS_FILE = list_file(
    kind="reporting.collections",
    title="填报任务",
    heading=lambda user: f"{user.unit.display_name}填报任务",
    columns=COLLECTION_SHEET,
    rows=_rows,
    lines=each(collection_row),
    allowed=with_export(MANAGE_CYCLES),
    counted="项",
)
