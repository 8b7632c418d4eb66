"""What an OLE compound file (doc, xls, wps, et) holds: the names of its streams and storages.

The names stand in the directory, a chain of sectors that the file's allocation table strings together ([MS-CFB] 2.2–2.6).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = struct.Struct("<8s16s5H6x6L")
#: The first places of allocation sectors stand in the header itself.
IN_HEADER = 109
ENTRY = 128
#: Names read at most; an office file has a few dozen.
MOST_NAMES = 4_000
_LAST_SECTOR = 0xFFFFFFFA
_UNUSED, _LONGEST_NAME = 0, 64


class BrokenCompound(Exception):
    """The file is no compound file, or its directory cannot be followed."""


def names_in(file: IO[bytes]) -> list[str]:
    """Names of the streams and storages of ``file``, which is left at its start.

    Raises:
        BrokenCompound: it cannot be read as a compound file.
    """
    file.seek(0)
    try:
        return _Compound(file).names()
    except (struct.error, IndexError, ValueError) as error:
        raise BrokenCompound("文件已损坏，无法打开") from error
    finally:
        file.seek(0)


class _Compound:
    """A file with its header read; sectors are read where they are asked for."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        magic, _id, _minor, _major, _order, shift, _mini, *counts = HEADER.unpack(file.read(HEADER.size))
        if magic != MAGIC or shift not in (9, 12):
            raise ValueError("no compound file")
        self.size = 1 << shift
        _directories, _tables, self.directory, _signature, _cutoff, _mini_at = counts
        _mini_tables, self.more, _more_count = struct.unpack("<3L", file.read(12))
        self.tables = list(struct.unpack(f"<{IN_HEADER}L", file.read(4 * IN_HEADER)))

    def names(self) -> list[str]:
        found: list[str] = []
        for sector in self._chain(self.directory):
            for at in range(0, self.size, ENTRY):
                entry = sector[at : at + ENTRY]
                length, kind = struct.unpack_from("<HB", entry, _LONGEST_NAME)
                if kind != _UNUSED and 2 <= length <= _LONGEST_NAME:
                    found.append(entry[: length - 2].decode("utf-16-le", "replace"))
            if len(found) > MOST_NAMES:
                raise ValueError("too many streams")
        return found

    def _chain(self, place: int) -> Iterator[bytes]:
        seen: set[int] = set()
        while place <= _LAST_SECTOR:
            if place in seen:
                raise ValueError("the directory runs in a circle")
            seen.add(place)
            yield self._sector(place)
            place = self._next(place)

    def _sector(self, place: int) -> bytes:
        self.file.seek((place + 1) * self.size)
        sector = self.file.read(self.size)
        if len(sector) < ENTRY:
            raise ValueError("a sector is missing")
        return sector.ljust(self.size, b"\0")

    def _next(self, place: int) -> int:
        table, at = divmod(place, self.size // 4)
        while table >= len(self.tables):
            self._more_tables()
        return int(struct.unpack_from("<L", self._sector(self.tables[table]), 4 * at)[0])

    def _more_tables(self) -> None:
        """The places of further allocation sectors, in a chain of sectors of their own."""
        if self.more > _LAST_SECTOR or len(self.tables) > MOST_NAMES * IN_HEADER:
            raise ValueError("the allocation table is too short")
        *places, self.more = struct.unpack(f"<{self.size // 4}L", self._sector(self.more))
        self.tables += places
