"""The hidden sheet of words that drop-downs offer: one list a column, or one of several by another cell of the row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openpyxl.utils import get_column_letter

from core.roundtrip.fields import NO, YES, Field, Offer
from core.roundtrip.furnishing import DropDown
from core.roundtrip.layouts import Layout

OPTIONS_SHEET = "选项"
_SHEET = f"'{OPTIONS_SHEET}'"

#: Lists by the head of their column on the hidden sheet.
Columns = dict[str, list[Any]]


def option_columns(layout: Layout) -> Columns:
    """The words offered, by the key of their column; those of an offer have all their groups beside them."""
    found: Columns = {}
    offers: dict[str, Offer] = {}
    for field in layout.fields:
        if not field.is_editable:
            continue
        if field.kind == "flag":
            found[field.key] = [YES, NO]
        elif field.kind in ("choice", "list") and field.choices:
            found[field.key] = [label for _, label in field.choices]
            if field.offer is not None:
                offers[field.offer.on] = field.offer
                found |= {_of_group(field, place): list(words) for place, words in _groups(field.offer)}
    for on, offer in offers.items():
        found[f"{on}="] = [text for text, _group in offer.group_of]
        found[f"{on}#"] = [group + 1 for _text, group in offer.group_of]
    return found


def _groups(offer: Offer) -> Iterator[tuple[int, tuple[str, ...]]]:
    return enumerate(offer.groups, start=1)


def _of_group(field: Field, place: int) -> str:
    return f"{field.key}.{place}"


def option_rows(columns: Columns) -> list[dict[str, Any]]:
    longest = max(len(words) for words in columns.values())
    return [
        {key: words[line] if line < len(words) else None for key, words in columns.items()}
        for line in range(longest)
    ]


def drop_downs(layout: Layout, columns: Columns, first: int, last: int) -> Iterator[DropDown]:
    """The drop-downs of whole columns, from row ``first`` to ``last``."""
    places = {field.key: place for place, field in enumerate(layout.fields, start=1)}
    letters = {key: get_column_letter(place) for place, key in enumerate(columns, start=1)}
    for field in layout.fields:
        if field.key not in columns:
            continue
        formula = ""
        if field.offer is not None:
            asked = f"${get_column_letter(places[field.offer.on] + 1)}{first}"
            formula = _picked(field, field.offer, columns, letters, asked)
        yield DropDown(
            column=places[field.key],
            first=first,
            last=last,
            source=_SHEET,
            source_column=list(columns).index(field.key),
            count=len(columns[field.key]),
            is_strict=field.kind != "list",
            formula=formula,
        )


def _picked(field: Field, offer: Offer, columns: Columns, letters: dict[str, str], asked: str) -> str:
    """The range of the group that the cell ``asked`` has; of functions that Excel, WPS and LibreOffice share."""
    texts, numbers = letters[f"{offer.on}="], letters[f"{offer.on}#"]
    table = f"{_SHEET}!${texts}$2:${numbers}${len(offer.group_of) + 1}"
    group = f"IFERROR(VLOOKUP({asked},{table},2,FALSE),0)"
    start = f"{_SHEET}!${letters[field.key]}$2"
    longest = len(columns[field.key])
    return f"OFFSET({start},0,{group},COUNTA(OFFSET({start},0,{group},{longest},1)),1)"
