"""OLE compound files for tests: a header, one allocation sector and a directory of names."""

from __future__ import annotations

import struct

from core.compound import HEADER, IN_HEADER, MAGIC

SECTOR, FREE, END, TABLE = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
PER_SECTOR = SECTOR // 128


def compound(*names: str, next_of_last: int = END) -> bytes:
    """A file whose directory holds ``names`` after its root; its chain goes on at ``next_of_last``."""
    entries = ["Root Entry", *names]
    sectors = -(-len(entries) // PER_SECTOR)
    head = HEADER.pack(MAGIC, b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END)
    head += struct.pack("<3L", 0, END, 0) + struct.pack(f"<{IN_HEADER}L", 0, *[FREE] * (IN_HEADER - 1))
    chain = [TABLE, *range(2, sectors + 1), next_of_last]
    table = struct.pack(f"<{SECTOR // 4}L", *chain, *[FREE] * (SECTOR // 4 - len(chain)))
    listed = b"".join(_entry(name, 5 if place == 0 else 2) for place, name in enumerate(entries))
    return head + table + listed.ljust(sectors * SECTOR, b"\0")


def _entry(name: str, kind: int) -> bytes:
    raw = f"{name}\0".encode("utf-16-le")
    return raw.ljust(64, b"\0") + struct.pack("<HB", len(raw), kind) + b"\0" * 61
