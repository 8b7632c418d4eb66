"""Zip files that may be opened, and those that may not."""

import io
import zipfile

import pytest

from core import zipbounds
from core.zipbounds import UnsafeZip, check_zip


def _zip(members, method=zipfile.ZIP_DEFLATED):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return io.BytesIO(raw.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_plain_zip_names_its_members_and_stays_at_its_start(method):
    file = _zip([("a.xml", "x" * 1000), ("目录/", "")], method)
    assert check_zip(file) == ["a.xml", "目录/"]
    assert file.tell() == 0


def test_too_many_members(monkeypatch):
    monkeypatch.setattr(zipbounds, "MEMBERS", 3)
    with pytest.raises(UnsafeZip, match="条目过多"):
        check_zip(_zip([(f"{number}", "x") for number in range(4)]))


def test_too_much_in_all():
    with pytest.raises(UnsafeZip, match="解压后超过"):
        check_zip(_zip([("a", "x" * 600_000), ("b", "y" * 600_000)]), total=1024 * 1024)


def test_too_tight(monkeypatch):
    monkeypatch.setattr(zipbounds, "RATIO_FROM", 1024)
    with pytest.raises(UnsafeZip, match="压缩比"):
        check_zip(_zip([("a", b"\0" * 1_000_000)]))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing(method):
    with pytest.raises(UnsafeZip, match="压缩方式"):
        check_zip(_zip([("a", "x")], method))


def test_encrypted():
    raw = bytearray(_zip([("a", "x")]).getvalue())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(UnsafeZip, match="加密"):
        check_zip(io.BytesIO(bytes(raw)))


@pytest.mark.parametrize("cut", [1, 30, 100])
def test_cut_off(cut):
    raw = _zip([("a", "x" * 1000)]).getvalue()
    with pytest.raises(UnsafeZip, match="损坏"):
        check_zip(io.BytesIO(raw[:-cut]))


def test_a_member_that_is_not_where_it_is_said_to_be():
    raw = bytearray(_zip([("a", "x")]).getvalue())
    raw[0:4] = b"XXXX"
    with pytest.raises(UnsafeZip, match="损坏"):
        check_zip(io.BytesIO(bytes(raw)))
