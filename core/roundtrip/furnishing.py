"""What the fast writer cannot put into a sheet, put into its XML afterwards: protection, drop-downs, formulas.

The sheet's part is copied through in chunks, so that a list of 200,000 rows is never held whole.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

from core.roundtrip.results import Result, with_formulas

PART = "xl/worksheets/sheet{}.xml"
CHUNK = 1 << 20
INLINE_LIMIT = 255
#: The protection has no password: it guards against slips of the hand; widths, sorting and filters stay free.
PROTECTION = (
    b'<sheetProtection sheet="1" formatCells="0" formatColumns="0" formatRows="0" deleteRows="0" '
    b'sort="0" autoFilter="0"/>'
)
_END = b"</sheetData>"
#: What may follow the drop-downs in a sheet's part, in the order of the format.
_AFTER = (b"<printOptions", b"<pageMargins", b"<pageSetup", b"<legacyDrawing", b"</worksheet>")


@dataclass(frozen=True, slots=True)
class DropDown:
    """Words offered in one column of the first sheet (places from 0, rows from 1), from a column of another sheet or,
    where they are ``words``, from the cell itself; a ``formula`` picks the range by another cell of the row."""

    column: int
    first: int
    last: int
    count: int
    is_strict: bool
    source: str = ""
    source_column: int = 0
    words: tuple[str, ...] = ()
    formula: str = ""

    def xml(self) -> str:
        letter = get_column_letter(self.column + 1)
        strict = 'errorStyle="stop" showErrorMessage="1"' if self.is_strict else 'showErrorMessage="0"'
        message = quoteattr("请从下拉列表中选择。")
        return (
            f'<dataValidation type="list" allowBlank="1" {strict} errorTitle="不在可选范围内" error={message} '
            f'sqref="{letter}{self.first}:{letter}{self.last}">'
            f"<formula1>{self._formula()}</formula1></dataValidation>"
        )

    def _formula(self) -> str:
        if self.formula:
            return escape(self.formula)
        if self.words:
            return escape(f'"{",".join(self.words)}"')
        source = get_column_letter(self.source_column + 1)
        return f"{self.source}!${source}$2:${source}${self.count + 1}"


def fits_inline(words: Sequence[str]) -> bool:
    """Whether a cell can hold the list of its own words: office programs take 255 signs, none of them a comma."""
    return len(",".join(words)) <= INLINE_LIMIT and not any(mark in word for word in words for mark in ',"')


def furnish(
    path: Path,
    *,
    drop_downs: Sequence[DropDown],
    is_locked: bool,
    results: Sequence[Result] = (),
    results_sheet: int = 0,
) -> None:
    """Lock the first sheet's locked cells and offer ``drop_downs`` in the workbook at ``path``; ``results`` stand on the
    sheet ``results_sheet`` (counted from 1)."""
    if not drop_downs and not is_locked and not results:
        return
    with tempfile.NamedTemporaryFile(prefix="sheet-", dir=path.parent, delete=False) as copy:
        made = Path(copy.name)
    try:
        with (
            zipfile.ZipFile(path) as old,
            zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as new,
        ):
            for member in old.infolist():
                with old.open(member) as source, new.open(member.filename, "w", force_zip64=True) as target:
                    if member.filename == PART.format(1):
                        _copy_furnished(source, target, drop_downs, is_locked)
                    elif results and member.filename == PART.format(results_sheet):
                        target.write(_locked(with_formulas(source.read(), results)))
                    else:
                        shutil.copyfileobj(source, target)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _copy_furnished(
    source: IO[bytes], target: IO[bytes], drop_downs: Sequence[DropDown], is_locked: bool
) -> None:
    held = b""
    while chunk := source.read(CHUNK):
        held += chunk
        at = held.find(_END)
        if at >= 0:
            at += len(_END)
            target.write(held[:at])
            target.write(_tail(held[at:] + source.read(), drop_downs, is_locked))
            return
        target.write(held[: -len(_END)])
        held = held[-len(_END) :]
    target.write(held)


def _locked(xml: bytes) -> bytes:
    return xml.replace(_END, _END + PROTECTION, 1)


def _tail(tail: bytes, drop_downs: Sequence[DropDown], is_locked: bool) -> bytes:
    place = min(at for mark in _AFTER if (at := tail.find(mark)) >= 0)
    offered = "".join(each.xml() for each in drop_downs)
    wrapped = f'<dataValidations count="{len(drop_downs)}">{offered}</dataValidations>' if drop_downs else ""
    return (PROTECTION if is_locked else b"") + tail[:place] + wrapped.encode() + tail[place:]
