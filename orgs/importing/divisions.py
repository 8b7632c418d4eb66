"""Reading a file of divisions: its encoding, size, columns and rows; what they mean is for ``orgs.rules.divisions``."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from pathlib import Path
from typing import IO

from core.errors import DomainError
from orgs.rules.divisions import DivisionRow

COLUMNS = ("code", "name")
#: The divisions that come with the portal, one csv.gz a province.
SHIPPED = Path(__file__).resolve().parents[1] / "data"
#: China has about 670,000 divisions, 40 bytes each; more is no list of divisions.
MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 1_000_000
_GZIP_MAGIC = b"\x1f\x8b"


def read_divisions(path: Path | str) -> list[DivisionRow]:
    """The rows of a csv or csv.gz file (UTF-8 or GB18030) with the columns ``code`` and ``name``.

    Raises :class:`DomainError` where the file cannot be read as one, with the line where one is to blame.
    """
    return parse_divisions(_content(Path(path)))


def parse_divisions(content: bytes) -> list[DivisionRow]:
    """The rows of a csv file's bytes."""
    reader = csv.reader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        order = _column_order(next(reader, []))
        rows = [
            _row(reader.line_num, cells, order) for cells in reader if any(cell.strip() for cell in cells)
        ]
    except csv.Error as error:
        raise DomainError.of(
            "bad_csv", f"第 {reader.line_num} 行不是有效的 CSV（引号不配对或内容过长），请检查。"
        ) from error
    if len(rows) > MOST_ROWS:
        raise DomainError.of("too_many", f"文件超过 {MOST_ROWS:,} 行，不像区划表，未导入。")
    return rows


def _row(line: int, cells: list[str], order: tuple[int, int]) -> DivisionRow:
    if len(cells) != len(COLUMNS):
        return DivisionRow(line, "", "", columns=len(cells))
    return DivisionRow(line, cells[order[0]].strip(), cells[order[1]].strip())


def _column_order(head: list[str]) -> tuple[int, int]:
    names = [cell.strip().lower() for cell in head]
    if sorted(names) != sorted(COLUMNS):
        shown = "、".join(name[:20] for name in names[:8]) or "空"
        raise DomainError.of("bad_header", f"第 1 行应为列名 code,name，现为：{shown}。")
    return names.index("code"), names.index("name")


def _text(content: bytes) -> str:
    """GB18030 reads almost any bytes, so it is tried only on what is not UTF-8 with a few damaged characters."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        lines = _damaged_lines(content.decode("utf-8-sig", "replace"))
    if lines:
        raise DomainError.of("bad_encoding", f"第 {lines} 行有损坏的字符，请用 UTF-8 编码重新保存文件。")
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise DomainError.of(
            "bad_encoding", "文件编码无法识别，请另存为 UTF-8 或 GB18030（GBK）编码的 CSV。"
        ) from error


def _damaged_lines(text: str) -> str:
    """The lines with damaged characters where most of the text is sound UTF-8; else nothing."""
    sound = sum("\u4e00" <= character <= "\u9fff" for character in text)
    if text.count("\ufffd") * 10 > sound:
        return ""
    lines = [number for number, line in enumerate(text.split("\n"), start=1) if "\ufffd" in line]
    return "、".join(str(number) for number in lines[:20])


def read_uploaded(file: IO[bytes], name: str) -> list[DivisionRow]:
    """The rows of an uploaded csv or csv.gz file; the same refusals as :func:`read_divisions`."""
    return parse_divisions(unpacked(file, name))


def unpacked(file: IO[bytes], name: str) -> bytes:
    """The bytes of a csv file, taken out of gzip where it is one, and never more than a list of divisions has."""
    try:
        packed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        file.seek(0)
        content = (gzip.GzipFile(fileobj=file) if packed else file).read(MOST_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DomainError.of("bad_gzip", f"{name} 不是完整的 gzip 文件，请重新取得文件。") from error
    if len(content) > MOST_BYTES:
        raise DomainError.of(
            "too_large", f"{name} 解开后超过 {MOST_BYTES // 1024 // 1024} MB，不像区划表，未导入。"
        )
    return content


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return unpacked(file, path.name)
    except OSError as error:
        raise DomainError.of("no_file", f"无法读取文件 {path}：{error.strerror or error}。") from error
