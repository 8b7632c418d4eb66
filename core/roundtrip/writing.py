"""A list as a workbook that may come back: keys and digests hidden, what must not be changed locked, choices offered."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import rustpy_xlsxwriter as rust

from core.roundtrip.fields import Field, canonical, written
from core.roundtrip.furnishing import DropDown, fits_inline, furnish
from core.roundtrip.layouts import KEY_LABEL, Layout, stamp_label, stamp_of
from core.roundtrip.options import OPTIONS_SHEET, drop_downs, option_columns, option_rows
from core.roundtrip.results import SHEET as RESULTS_SHEET
from core.roundtrip.results import Place, Result, place_of, result_rows, sheet_options
from core.xlsx import NUMBER_FORMATS, PROGRESS_EVERY, Progress, inert

#: Rows below the last one that drop-downs reach where a list takes additions.
SPARE_ROWS = 2_000
#: Points of one line of the head.
LINE_HEIGHT = 15.0
LOCKED_FILL, OPEN_HEAD, LOCKED_HEAD = "#F3F4F6", "#DDE9F7", "#E5E7EB"
HOW_TO = "白色列可以修改，灰色列只读；不改的单元格保持原样即可，可以删去不需要的行。改好后在同一页面上传，系统先核对、预览，再由您确认。"


def write_book(
    target: Path | str,
    layout: Layout,
    records: Iterable[Any],
    *,
    title: str = "",
    note: str = "",
    total: int = 0,
    progress: Progress | None = None,
    results_of: Callable[[Place], Sequence[Result]] | None = None,
) -> int:
    """Write ``records`` by ``layout`` to the path ``target``; how many there were.

    ``records`` may be a generator; none of them makes an empty form to fill in, where the layout takes new rows.
    ``results_of`` gives what a second sheet works out of the cells of the first.
    """
    above = [text for text in (title, note, HOW_TO) if text]
    head = len(above) + 1
    results = results_of(place_of(layout, head)) if results_of is not None else []
    rows = _Rows(layout, records, total, progress)
    options = option_columns(layout)
    sheets: list[tuple[str, Any]] = [(layout.sheet, rows)]
    if options:
        sheets.append((OPTIONS_SHEET, option_rows(options)))
    if results:
        sheets.append((RESULTS_SHEET, result_rows(results)))
    _write(Path(target), layout, sheets, above)
    last = head + rows.done + (SPARE_ROWS if layout.takes_new else 0)
    furnish(
        Path(target),
        drop_downs=[
            *drop_downs(layout, options, head + 1, max(last, head + 1)),
            *rows.drop_downs(first=head + 1),
        ],
        is_locked=not layout.takes_new,
        results=results,
        results_sheet=len(sheets),
    )
    return rows.done


class _Rows:
    """Records as the writer wants them, counted as they pass; no record at all becomes one empty row."""

    def __init__(self, layout: Layout, records: Iterable[Any], total: int, progress: Progress | None) -> None:
        self.layout = layout
        self.records = records
        self.total = total
        self.progress = progress
        self.done = 0
        self.labels = [KEY_LABEL, *(field.label for field in layout.fields), stamp_label(layout.fields)]
        self.offered: list[tuple[int, int, tuple[str, ...], bool]] = []

    def __iter__(self) -> Iterator[dict[str, Any]]:
        fields, labels, key = self.layout.fields, self.labels, self.layout.key
        for record in self.records:
            self.done += 1
            if self.progress is not None and self.done % PROGRESS_EVERY == 0:
                self.progress(self.done, max(self.total, self.done), "正在写入表格")
            cells = [written(field, field.value_of(record)) for field in fields]
            self._note_words(record)
            stamp = stamp_of(map(canonical, cells))
            yield dict(zip(labels, [key(record), *map(inert, cells), stamp], strict=True))
        if not self.done:
            yield dict.fromkeys(labels)

    def _note_words(self, record: Any) -> None:
        for place, field in enumerate(self.layout.fields, start=1):
            if field.words_of is not None and (words := field.words_of(record)):
                several = field.takes_several is not None and field.takes_several(record)
                self.offered.append((self.done, place, words, several))

    def drop_downs(self, *, first: int) -> Iterator[DropDown]:
        """Of the single cells that offer words; a list too long to stand in the cell itself is left to the hint."""
        for row, place, words, several in self.offered:
            if fits_inline(words):
                line = first + row - 1
                yield DropDown(
                    column=place, first=line, last=line, count=len(words), is_strict=not several, words=words
                )


def _write(target: Path, layout: Layout, sheets: list[tuple[str, Any]], above: Sequence[str]) -> None:
    name, fields = layout.sheet, layout.fields
    labels = [KEY_LABEL, *(field.label for field in fields), stamp_label(fields)]
    widths = [0.0, *(field.width for field in fields), 0.0]
    formats = [
        rust.Format().set_quote_prefix(),
        *(_format(field) for field in fields),
        rust.Format().set_quote_prefix(),
    ]
    plain = rust.Format().set_font_color("#5A6472")
    bold = rust.Format().set_bold().set_font_size(14)
    names = {sheet for sheet, _rows in sheets}
    looks: dict[str, Any] = {
        "header_row": len(above),
        "merge_ranges": [
            (line, 1, line, max(len(fields), 2), text, bold if line == 0 else plain)
            for line, text in enumerate(above)
        ],
        "freeze_panes": {"row": len(above) + 1, "col": 1 + _identifying(fields)},
        "column_widths": dict(zip(labels, widths, strict=True)),
        "column_formats": dict(zip(labels, formats, strict=True)),
        "page_setup": {
            "landscape": True,
            "paper_size": 9,
            "repeat_rows": len(above),
            "fit_to_pages": (1, 0),
        },
    }
    beside = {RESULTS_SHEET: sheet_options()} if RESULTS_SHEET in names else {}
    by_sheet: dict[str, Any] = {
        key: {name: look} | {other: its[key] for other, its in beside.items()} for key, look in looks.items()
    }
    rust.write_worksheets(
        sheets,
        str(target),
        **by_sheet,
        header_format={"general": rust.Format().set_bold().set_background_color(OPEN_HEAD).set_text_wrap()},
        row_heights={name: {len(above): LINE_HEIGHT * _head_lines(fields)}},
        notes={name: {field.label: _hint(field) for field in fields if _hint(field)}},
        autofilter={name: True},
        sheet_view={OPTIONS_SHEET: {"hidden": True}} if OPTIONS_SHEET in names else None,
    )


def _head_lines(fields: Sequence[Field]) -> int:
    """Over how many lines the longest label runs; a bold sign takes a little more than two of a column's units."""
    return max((math.ceil(2.3 * len(field.label) / field.width) for field in fields), default=1)


def _identifying(fields: Sequence[Field]) -> int:
    """How many columns stay in sight on the left: the locked ones that name the row, two at most."""
    leading = next((place for place, field in enumerate(fields) if field.is_editable), len(fields))
    return min(leading, 2)


def _format(field: Field) -> Any:
    made = rust.Format()
    if field.kind == "day":
        made = made.set_num_format(NUMBER_FORMATS["day"])
    elif field.kind == "number":
        made = made.set_num_format("#,##0" + ("." + "0" * field.places if field.places else ""))
    elif field.kind == "mixed":
        made = made.set_text_wrap()
    else:
        made = made.set_quote_prefix()
    return made.set_unlocked() if field.is_editable else made.set_background_color(LOCKED_FILL)


def _hint(field: Field) -> str:
    if not field.is_editable:
        return field.hint
    asked = "必填。" if field.is_required else ""
    mask = "含 * 的号码表示不修改。" if field.is_masked else ""
    several = "可填多项，用顿号隔开。" if field.kind == "list" else ""
    day = "写成 2026-5-1。" if field.kind == "day" else ""
    return f"{asked}{day}{several}{mask}{field.hint}"
