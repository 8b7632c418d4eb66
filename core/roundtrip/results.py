"""A second sheet of what follows from the first: formulas that carry their value, for the eye alone, never read back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

import rustpy_xlsxwriter as rust
from openpyxl.utils import get_column_letter

from core.formats import ABSENT
from core.roundtrip.layouts import Layout
from core.xlsx import inert

SHEET = "自动计算"
LABELS = {"单位": 20.0, "项目": 32.0, "计量单位": 10.0, "算法": 50.0, "结果": 14.0}
ABOVE = f"“{SHEET}”由表内数据自动算出，只供核对，不用填写，传回时不读取。"
_RESULT = get_column_letter(len(LABELS))
_HEAD = 2
#: Where a cell stands: row of the list (from 1) and the column's key.
Place = Callable[[int, str], str]


@dataclass(frozen=True, slots=True)
class Result:
    """One line: whose, of what, how it is ``said``, its ``value`` now, and the ``formula`` (empty where the sheet cannot
    work it out)."""

    owner: str
    name: str
    unit: str
    said: str
    value: Decimal | None
    formula: str = ""


def place_of(layout: Layout, head: int) -> Place:
    """How the results' sheet refers to the cells of ``layout``'s sheet, whose head is in row ``head``."""
    letters = {field.key: get_column_letter(column) for column, field in enumerate(layout.fields, start=2)}
    return lambda row, key: f"'{layout.sheet}'!${letters[key]}${head + row}"


def result_rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The lines as the writer wants them; a formula's cell holds a number for :func:`with_formulas` to replace."""
    return [
        dict(
            zip(
                LABELS,
                [*map(inert, (one.owner, one.name, one.unit, one.said)), _shown(one)],
                strict=True,
            )
        )
        for one in results
    ]


def _shown(result: Result) -> Decimal | str:
    if result.formula:
        return Decimal(0)
    return ABSENT if result.value is None else result.value


def sheet_options() -> dict[str, Any]:
    """How the sheet looks, by the writer's names."""
    text = rust.Format().set_quote_prefix().set_text_wrap()
    return {
        "header_row": _HEAD - 1,
        "merge_ranges": [(0, 0, 0, len(LABELS) - 1, ABOVE, rust.Format().set_font_color("#5A6472"))],
        "freeze_panes": {"row": _HEAD, "col": 2},
        "column_widths": LABELS,
        "column_formats": dict.fromkeys(LABELS, text) | {"结果": rust.Format().set_align("right")},
        "page_setup": {"landscape": True, "paper_size": 9, "repeat_rows": _HEAD - 1, "fit_to_pages": (1, 0)},
    }


def with_formulas(xml: bytes, results: Sequence[Result]) -> bytes:
    """The sheet's part with each formula in its cell beside its value."""
    formulas = {
        f"{_RESULT}{_HEAD + row}".encode(): one for row, one in enumerate(results, start=1) if one.formula
    }

    def replaced(match: re.Match[bytes]) -> bytes:
        result = formulas.get(match[1])
        if result is None:
            return match[0]
        kind = b' t="str"' if result.value is None else b""
        value = ABSENT if result.value is None else f"{result.value:f}"
        inside = f"<f>{escape(result.formula)}</f><v>{value}</v>".encode()
        return b'<c r="' + match[1] + b'"' + match[2] + kind + b">" + inside + b"</c>"

    return re.sub(rb'<c r="([A-Z]+\d+)"((?: s="\d+")?)><v>[^<]*</v></c>', replaced, xml)
