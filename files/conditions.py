"""A list's conditions on their way from its address to the file that is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

#: What in a list's address chooses how much of it is seen, and in which order, but not which rows.
NOT_CONDITIONS = {"page", "sort", "more", "before", "columns", "size", "view"}


class Asker:
    """What a list's filter wants of a request where there is none: who asks."""

    def __init__(self, user: Any) -> None:
        self.user = user


def conditions_of(query: QueryDict) -> dict[str, list[Any]]:
    """The conditions in a list's address, each with all its values, as they are kept with an export."""
    return {key: values for key, values in query.lists() if key not in NOT_CONDITIONS}


def query_of(conditions: Mapping[str, Any], **unless_asked: str) -> QueryDict:
    """The address again, for the list's filter; ``unless_asked`` are the conditions that a list begins with."""
    query = QueryDict(mutable=True)
    for key, value in conditions.lists() if isinstance(conditions, QueryDict) else conditions.items():
        query.setlist(key, value if isinstance(value, list) else [value])
    for key, value in unless_asked.items():
        query.setdefault(key, value)
    return query
