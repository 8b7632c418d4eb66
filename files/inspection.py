"""What may be uploaded: by its name, by its first bytes, and by what opening it would cost."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, UnidentifiedImageError

from core.compound import MAGIC as OLE
from core.compound import BrokenCompound, names_in
from core.errors import DomainError
from core.zipbounds import TOTAL_BYTES, UnsafeZip, check_zip

ZIP = b"PK\x03\x04"
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
PIXELS = 100_000_000
#: What an office file with this extension must contain when it is a zip: a member, and one in a folder. WPS keeps wps and
#: et as either, by how they were saved.
ZIP_MARKS = {
    "docx": ("[Content_Types].xml", "word/"),
    "wps": ("[Content_Types].xml", "word/"),
    "xlsx": ("[Content_Types].xml", "xl/"),
    "et": ("[Content_Types].xml", "xl/"),
    "ofd": ("OFD.xml", ""),
}
#: One of which it must contain when it is an OLE compound file; those of wps beside Word's are of older programs.
OLE_MARKS = {
    "doc": {"worddocument"},
    "wps": {"worddocument", "contents", "matost"},
    "xls": {"workbook", "book"},
    "et": {"workbook", "book"},
}

#: The part of an office file that holds its macros: of a zip, of a compound file.
MACROS = ("vbaproject.bin", "vbadata.xml")
OLE_MACROS = {"_vba_project", "vba"}

CONTENT_TYPES = {
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "wps": "application/vnd.ms-works",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "et": "application/vnd.ms-excel",
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "heic": "image/heic",
}
ALLOWED_WORDS = "Word（doc、docx、wps）、Excel（xls、xlsx、et）、PDF、OFD 和图片（jpg、png、heic）"


class TooLarge(DomainError):
    status = 413


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be kept: its name without path or control signs, and its type by extension."""

    name: str
    content_type: str


def inspect(file: Any, *, name: str, size: int, limit: int, unpacked: int = TOTAL_BYTES) -> Inspected:
    """Check one upload of at most ``limit`` bytes that unpacks to at most ``unpacked``; leaves ``file`` at its start.

    Raises :class:`DomainError` with what is wrong and what to do.
    """
    name = clean_name(name)
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    if extension not in CONTENT_TYPES:
        raise _refused("file_kind", f"“{name}”不是允许的类型，只能上传{ALLOWED_WORDS}。")
    if size > limit:
        raise TooLarge.of(
            "file_too_large", f"“{name}”超过 {limit // 1024 // 1024} MB，请压缩或拆分后再上传。", "file"
        )
    if size == 0:
        raise _refused("file_empty", f"“{name}”是空文件，请检查后重新选择。")
    head = file.read(1024)
    file.seek(0)
    if not _matches(extension, head):
        raise _mismatch(name, extension)
    if head.startswith(ZIP):
        _check_office(file, name, extension, unpacked)
    elif head.startswith(OLE):
        _check_compound(file, name, extension)
    if extension in ("jpg", "jpeg", "png"):
        _check_image(file, name)
    file.seek(0)
    return Inspected(name, CONTENT_TYPES[extension])


def clean_name(name: str) -> str:
    """The last part of ``name`` without control and direction signs, at most 200 characters with its extension."""
    name = re.split(r"[/\\]", name)[-1]
    name = (
        re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\"<>|:*?]", "", name).strip(" .")
        or "附件"
    )
    path = PurePosixPath(name)
    return f"{path.stem[:180]}{path.suffix[:20]}"


def _matches(extension: str, head: bytes) -> bool:
    match extension:
        case "doc" | "xls":
            return head.startswith(OLE)
        case "wps" | "et":
            return head.startswith((OLE, ZIP))
        case "docx" | "xlsx" | "ofd":
            return head.startswith(ZIP)
        case "pdf":
            return b"%PDF-" in head
        case "jpg" | "jpeg":
            return head.startswith(b"\xff\xd8\xff")
        case "png":
            return head.startswith(b"\x89PNG\r\n\x1a\n")
        case "heic":
            return head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS
    return False


def _check_office(file: Any, name: str, extension: str, unpacked: int) -> None:
    try:
        members = check_zip(file, total=unpacked)
    except UnsafeZip as unsafe:
        raise _refused("file_unsafe", f"“{name}”未被接收：{unsafe}。") from unsafe
    if any(member.lower().endswith(MACROS) for member in members):
        raise _with_macros(name, extension)
    if any(_leads_out(member) for member in members):
        raise _refused("file_unsafe", f"“{name}”未被接收：文件内部路径异常，疑似异常文件。")
    mark, folder = ZIP_MARKS.get(extension, ("", ""))
    if mark not in members or not any(member.startswith(folder) for member in members):
        raise _mismatch(name, extension)


def _check_compound(file: Any, name: str, extension: str) -> None:
    """What looks like an office file may be any program's compound file, an installer among them."""
    try:
        names = {one.casefold() for one in names_in(file)}
    except BrokenCompound as broken:
        raise _refused("file_unsafe", f"“{name}”未被接收：{broken}。") from broken
    if not names & OLE_MARKS.get(extension, set()):
        raise _mismatch(name, extension)
    if names & OLE_MACROS:
        raise _with_macros(name, {"doc": "docx", "xls": "xlsx"}.get(extension, extension))


def _leads_out(member: str) -> bool:
    """Whether a member would be unpacked outside its folder; nothing of ours unpacks, whoever takes it home may."""
    return ".." in re.split(r"[/\\]", member)


def _check_image(file: Any, name: str) -> None:
    try:
        with Image.open(file, formats=("JPEG", "PNG")) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _refused("file_unsafe", f"“{name}”不是可以打开的图片，请重新拍摄或另存后上传。") from error
    if width * height > PIXELS:
        raise _refused("file_unsafe", f"“{name}”的尺寸过大（{width}×{height}），请缩小后再上传。")


def _mismatch(name: str, extension: str) -> DomainError:
    return _refused("file_mismatch", f"“{name}”的内容与扩展名 .{extension} 不符，请用原软件另存后再上传。")


def _with_macros(name: str, extension: str) -> DomainError:
    return _refused("file_macros", f"“{name}”含有宏，请用原软件另存为不含宏的 .{extension} 文件后再上传。")


def _refused(code: str, message: str) -> DomainError:
    return DomainError.of(code, message, "file")


def sha256_of(file: Any) -> str:
    """The checksum of an upload in hexadecimal; leaves ``file`` at its start."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
