"""Rows by the thousand: so many at a time that what belongs to them is one query more, never all of them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

CHUNK = 1000


def streamed(rows: Iterable[Any], size: int = CHUNK) -> Iterator[Any]:
    """``rows`` one by one; those of a queryset are read ``size`` at a time and not kept."""
    return iter(rows.iterator(chunk_size=size) if isinstance(rows, QuerySet) else rows)


def in_chunks(rows: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """``rows`` as lists of at most ``size``."""
    left = streamed(rows, size)
    while chunk := list(islice(left, size)):
        yield chunk
