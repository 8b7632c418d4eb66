"""Names in an OLE compound file, followed through its allocation table."""

from __future__ import annotations

import io
import struct

import pytest

from core.compound import BrokenCompound, names_in
from tests.compound import compound


def test_names_over_several_sectors_of_the_directory() -> None:
    wanted = [f"流{number}" for number in range(40)]
    file = io.BytesIO(compound(*wanted))
    assert names_in(file) == ["Root Entry", *wanted]
    assert file.tell() == 0


def test_unused_entries_have_no_name() -> None:
    assert names_in(io.BytesIO(compound("Workbook"))) == ["Root Entry", "Workbook"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04" + b"\0" * 600,
        compound("Workbook")[:700],
        compound("Workbook", next_of_last=1),
        compound("Workbook", next_of_last=0x00FFFFFF),
        compound("Workbook").replace(struct.pack("<H", 9), struct.pack("<H", 40), 1),
    ],
    ids=["empty", "zip", "cut off", "circle", "beyond the table", "absurd sectors"],
)
def test_what_cannot_be_followed_is_broken(content: bytes) -> None:
    with pytest.raises(BrokenCompound):
        names_in(io.BytesIO(content))
