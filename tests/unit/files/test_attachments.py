"""What may be uploaded, and who gets it back."""

import io
import struct
import time
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from audit.models import AuditEvent
from core.errors import DomainError
from files import registry, services
from files.inspection import clean_name
from files.models import Attachment
from tests.compound import compound

TEXT_FILE = compound("WordDocument", "1Table", "\x05SummaryInformation")
SHEET_FILE = compound("Workbook", "\x05SummaryInformation", "ETExtData")


def _zip(**members):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return raw.getvalue()


def _office(extra=b"<w/>"):
    return _zip(**{"[Content_Types].xml": "<Types/>", "word__document.xml": extra})


def _book():
    return _zip(**{"[Content_Types].xml": "<Types/>", "xl__workbook.xml": "<workbook/>"})


def _image(kind="PNG", size=(4, 4)):
    raw = io.BytesIO()
    Image.new("RGB", size).save(raw, kind)
    return raw.getvalue()


def _huge_png():
    """A header that claims 30,000 × 30,000 pixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


GOOD = {
    "意见.doc": TEXT_FILE,
    "意见.wps": TEXT_FILE,
    "新意见.wps": _office(),
    "名册.xls": SHEET_FILE,
    "老名册.xls": compound("Book"),
    "名册.et": SHEET_FILE,
    "新名册.et": _book(),
    "意见.docx": _office(),
    "名册.XLSX": _book(),
    "公文.ofd": _zip(**{"OFD.xml": "<ofd/>"}),
    "扫描.pdf": b"%PDF-1.7\n",
    "照片.jpg": _image("JPEG"),
    "照片.JPEG": _image("JPEG"),
    "照片.png": _image(),
    "照片.heic": b"\0\0\0\x18ftypheic" + b"\0" * 30,
}
BAD = {
    "脚本.exe": (b"MZ", "不是允许的类型"),
    "网页.html": (b"<html>", "不是允许的类型"),
    "无扩展名": (b"x", "不是允许的类型"),
    "空.pdf": (b"", "空文件"),
    "假.pdf": (b"MZ\x90", "不符"),
    "假.docx": (TEXT_FILE, "不符"),
    "安装程序.et": (compound("\u4840\u3f3f\u4577", "\x05SummaryInformation"), "不符"),
    "文档.et": (TEXT_FILE, "不符"),
    "表格.wps": (SHEET_FILE, "不符"),
    "新文档.et": (_office(), "不符"),
    "程序包.et": (_zip(**{"META-INF__MANIFEST.MF": "x"}), "不符"),
    "程序包.wps": (_zip(**{"META-INF__MANIFEST.MF": "x"}), "不符"),
    "带宏.et": (compound("Workbook", "_VBA_PROJECT_CUR", "VBA", "_VBA_PROJECT"), "含有宏.*不含宏的 .et"),
    "带宏.xls": (compound("Workbook", "VBA"), "含有宏.*不含宏的 .xlsx"),
    "半截.et": (SHEET_FILE[:600], "损坏"),
    "绕圈.et": (compound("Workbook", next_of_last=1), "损坏"),
    "只有开头.et": (SHEET_FILE[:8], "损坏"),
    "两用.pdf": (_zip(**{"a.txt": "%PDF-1.7"}), "不符"),
    "压缩包.docx": (_zip(**{"a.txt": "x"}), "不符"),
    "宏.xlsx": (_zip(**{"[Content_Types].xml": "<Types/>", "xl__vbaProject.bin": "x"}), "含有宏"),
    "出格.xlsx": (_zip(**{"[Content_Types].xml": "<Types/>", "..__..__x": "x"}), "路径异常"),
    "坏.xlsx": (b"PK\x03\x04" + b"\0" * 50, "损坏"),
    "假.png": (_image("JPEG"), "不符"),
    "坏.jpg": (b"\xff\xd8\xff" + b"\0" * 20, "图片"),
    "大图.png": (_huge_png(), "尺寸过大|图片"),
}


def _attach(clerk, name, content, **options):
    upload = SimpleUploadedFile(name, content)
    return services.attach(owner=clerk.unit, unit=clerk.unit, upload=upload, by=clerk, **options)


@pytest.mark.parametrize("name", GOOD)
def test_attach_takes_office_files_papers_and_pictures(clerk, name):
    kept = _attach(clerk, name, GOOD[name])
    assert kept.file.read() == GOOD[name]
    assert kept.name == name
    assert AuditEvent.objects.filter(kind="files.attached", object_id=str(kept.pk)).exists()


@pytest.mark.parametrize("name", BAD)
def test_attach_refuses_with_a_reason(clerk, name):
    content, reason = BAD[name]
    with pytest.raises(DomainError, match=reason):
        _attach(clerk, name, content)
    assert not Attachment.objects.exists()


def test_attach_too_large_is_413(clerk, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    with pytest.raises(DomainError, match="超过 1 MB") as refused:
        _attach(clerk, "大.pdf", b"%PDF-" + b"0" * 1024 * 1024)
    assert refused.value.status == 413


def test_attach_at_most_nine(clerk):
    for number in range(9):
        _attach(clerk, f"{number}.pdf", b"%PDF-")
    with pytest.raises(DomainError, match="最多上传 9 个"):
        _attach(clerk, "9.pdf", b"%PDF-")


def _lying(content):
    """The same zip, stating one byte unpacked for its bomb."""
    raw = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = struct.pack("<L", archive.getinfo("word/document.xml").file_size)
    return bytes(raw.replace(size, struct.pack("<L", 1)))


@pytest.mark.parametrize("state", [lambda bomb: bomb, _lying], ids=["honest", "lying"])
def test_attach_refuses_a_zip_bomb_quickly(clerk, state):
    bomb = state(_office(b"\0" * 300 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024
    began = time.perf_counter()
    with pytest.raises(DomainError, match="疑似异常文件"):
        _attach(clerk, "炸弹.docx", bomb)
    assert time.perf_counter() - began < 3


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/名册.xlsx", "名册.xlsx"),
        ("C:\\报表\\名册.xlsx", "名册.xlsx"),
        ("名\u202eslx.册.xlsx", "名slx.册.xlsx"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("长" * 300 + ".pdf", "长" * 180 + ".pdf"),
    ],
)
def test_clean_name(given, kept):
    assert clean_name(given) == kept


def test_attachment_leaves_only_by_its_door(clerk, other_clerk, client_of, monkeypatch):
    kept = _attach(clerk, "扫描.pdf", b"%PDF-1.7")
    url = reverse("files:attachment", args=[kept.pk])
    assert client_of(clerk).get(url).status_code == 404
    monkeypatch.setitem(
        registry._doors, "orgs.orgunit", lambda user, attachment: user.unit.pk == attachment.unit_id
    )
    response = client_of(clerk).get(url)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.filter(kind="files.opened", actor_id=clerk.pk).count() == 1
    assert client_of(other_clerk).get(url).status_code == 404


def test_removed_attachment_is_gone_from_its_owner(clerk, client_of, monkeypatch):
    monkeypatch.setitem(registry._doors, "orgs.orgunit", lambda user, attachment: True)
    kept = _attach(clerk, "扫描.pdf", b"%PDF-1.7")
    services.remove_attachment(attachment=kept, by=clerk)
    assert not Attachment.objects.of(clerk.unit).exists()
    assert client_of(clerk).get(reverse("files:attachment", args=[kept.pk])).status_code == 404
    with pytest.raises(DomainError, match="已被移除"):
        services.remove_attachment(attachment=kept, by=clerk)
