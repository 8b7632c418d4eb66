"""Whether a zip file can be opened without harm: how many members, how large in truth, how tightly packed.

Sizes that the file states about itself are believed only where they are too large already; then every member is
inflated into nothing, counting, until the end or the limit.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import IO

MEMBERS = 2_000
TOTAL_BYTES = 200 * 1024 * 1024
RATIO = 200
#: Below this many bytes unpacked a high ratio is of no concern.
RATIO_FROM = 20 * 1024 * 1024
CHUNK = 64 * 1024
LOCAL_HEADER = struct.Struct("<4s5H3L2H")


class UnsafeZip(Exception):
    """The message says why, in words for the person who uploaded it."""


def check_zip(file: IO[bytes], *, total: int = TOTAL_BYTES) -> list[str]:
    """Names of the members; raises :class:`UnsafeZip` for a broken file or one that unpacks beyond the bounds."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_stated(members, total)
            _check_true(file, members, total)
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError) as error:
        raise UnsafeZip("文件已损坏，无法打开") from error
    finally:
        file.seek(0)
    return [member.filename for member in members]


def _check_stated(members: list[zipfile.ZipInfo], total: int) -> None:
    if len(members) > MEMBERS:
        raise UnsafeZip(f"文件内部条目过多（{len(members)} 个），疑似异常文件")
    if any(member.flag_bits & 0x1 for member in members):
        raise UnsafeZip("文件已加密，请去除密码后再上传")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise UnsafeZip("文件采用了不支持的压缩方式")
    _check_size(
        sum(member.file_size for member in members), sum(member.compress_size for member in members), total
    )


def _check_size(unpacked: int, packed: int, total: int) -> None:
    if unpacked > total:
        raise UnsafeZip(f"文件解压后超过 {total // 1024 // 1024} MB，疑似异常文件")
    if unpacked > RATIO_FROM and unpacked > RATIO * max(packed, 1):
        raise UnsafeZip("文件压缩比异常，疑似异常文件")


def _check_true(file: IO[bytes], members: list[zipfile.ZipInfo], total: int) -> None:
    unpacked = packed = 0
    for member in members:
        _seek_to_data(file, member)
        left = member.compress_size
        packed += left
        inflate = (
            zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
        )
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            if inflate is None:
                unpacked += len(chunk)
            while inflate is not None and chunk:
                unpacked += len(inflate.decompress(chunk, CHUNK * 16))
                chunk = inflate.unconsumed_tail
                _check_size(unpacked, packed, total)
        _check_size(unpacked, packed, total)


def _seek_to_data(file: IO[bytes], member: zipfile.ZipInfo) -> None:
    file.seek(member.header_offset)
    header = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    if header[0] != b"PK\x03\x04":
        raise zipfile.BadZipFile("no local header")
    file.seek(header[-2] + header[-1], 1)
