"""From the tables of a month to an xlsx file."""

from __future__ import annotations

from pathlib import Path

from core.xlsx import new_book
from files.registry import Progress
from reporting.papers.book import Book
from reporting.papers.workbook.cached import Values, store_values
from reporting.papers.workbook.cover import write_cover
from reporting.papers.workbook.sheet import TableSheet


def write_workbook(content: Book, path: Path, *, made_by: str, progress: Progress) -> None:
    """Cover and tables into ``path``; totals are formulas that carry their values."""
    edition = content.figures.edition
    book = new_book()
    book.properties.title = f"{edition.cycle.label}“3+1”工作月报"
    book.properties.creator = edition.unit.display_name + "科学技术协会"
    write_cover(book, content, made_by)
    unit_line = (
        f"编报单位：{edition.unit.display_name}科学技术协会　　　　单位：个、人、场、人次（表中注明的除外）"
    )
    values: Values = {}
    for number, table in enumerate(content.tables, start=2):
        progress(number, len(content.tables) + 3, f"正在编制{table.name}")
        sheet = TableSheet(book, table, unit_line, f"{edition.basis_line}　　校验码：{content.digest}")
        values |= {(number, coordinate): str(total) for coordinate, total in sheet.totals.items()}
    book.save(path)
    store_values(path, values)
