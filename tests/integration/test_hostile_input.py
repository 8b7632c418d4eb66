"""Rubbish, forgeries and acts out of order: a clear Chinese answer below 500, and nothing changed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import AuditEvent
from files.models import Attachment, ExportJob
from reporting.choices import ReportState
from reporting.models import Cell, Report
from reporting.services.review import accept
from reporting.services.submission import submit
from tests.factories import Tree
from tests.furnished import House, furnish
from tests.house.addresses import every_address, may_enter
from tests.month import WHILE_FILLING, fill

CHINESE = re.compile(r"[\u4e00-\u9fff]{4,}")
HOSTILE = {
    "beyond every integer": "9" * 40,
    "negative": "-1",
    "no number": "NaN",
    "no day": "2026-13-45",
    "far future": "9999-12-31",
    "very long": "长" * 1200,
    "mark-up": "<script>alert(1)</script>' OR 1=1 --",
    "foreign digits": "٣",
    "raised digits": "²",
}
#: Every name that some form of the portal sends.
FIELDS = (
    *(
        "q",
        "page",
        "order",
        "unit",
        "cycle",
        "level",
        "state",
        "kind",
        "part",
        "plan",
        "basis",
        "role",
        "name",
        "key",
    ),
    *(
        "division_code",
        "parent",
        "since",
        "on",
        "day",
        "days",
        "reason",
        "remark",
        "note",
        "text",
        "value",
        "revision",
    ),
    *(
        "reports",
        "report",
        "select",
        "expected",
        "told_by",
        "told_at",
        "channel",
        "spoken_to",
        "phone",
        "post",
        "step",
    ),
    *(
        "opinion",
        "number",
        "authority",
        "filed_on",
        "position",
        "occupation",
        "employment",
        "valid_from",
        "way_in",
    ),
    *(
        "birth_month",
        "ordinal",
        "starts_on",
        "ends_on",
        "lawful_end",
        "username",
        "password",
        "successor",
        "units",
    ),
    *(
        "is_nil",
        "agreed",
        "entry_mode",
        "sign_off",
        "haves",
        "lacks",
        "double",
        "keep",
        "roles",
        "from",
        "to",
        "who",
    ),
    *(
        "deferred_to",
        "until",
        "city",
        "planned_on",
        "responsible",
        "explanation",
        "record_as",
        "person",
        "employer",
    ),
)
#: Each turn every field gets another value.
TURNS = 3
ROLES = ("county reporter", "province desk", "city administrator")
TYPED = {
    "10^30": ("1" + "0" * 30, "过大|位数|不能超过|超出"),
    "negative": ("-3", "不小于|负数|整数"),
    "fraction of an event": ("1.5", "整数"),
    "words": ("很多", "整数|数字"),
    "NaN": ("NaN", "整数|数字"),
    "exponent": ("1e3", "整数|数字"),
}


@pytest.fixture
def house(tree: Tree) -> Iterator[House]:
    built = furnish(tree)
    with time_machine.travel(WHILE_FILLING, tick=False):
        yield built


def _client(house: House, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(house.people[role])
    return client


def _save(client: Client, *cells: dict[str, Any]) -> Any:
    body = {"cells": [{"explanation": None, "revision": 0} | cell for cell in cells]}
    return client.post(reverse("reporting:save_cells"), body, content_type="application/json")


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_rubbish_in_every_field_breaks_nothing(house: House, role: str) -> None:
    client = _client(house, role)
    values = list(HOSTILE.values())
    broken = []
    for address in every_address():
        out = address.name in ("accounts:sign_out", "accounts:change_password", "readyz")
        if out or not may_enter(house.people[role], address.required):
            continue
        where = reverse(address.name, kwargs=address.kwargs(house.own.keys))
        for turn in range(TURNS):
            asked = {name: values[(place + turn) % len(values)] for place, name in enumerate(FIELDS)}
            for method in ("get", "post"):
                answer = getattr(client, method)(where, asked)
                if answer.status_code >= 500:
                    broken.append(f"{method.upper()} {address.name}, turn {turn}: {answer.status_code}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("name", ["orgs:tree", "sanzhang:list", "accounts:list", "v1:unit-list"])
def test_zero_byte_is_refused_before_the_database(house: House, name: str) -> None:
    answer = _client(house, "city administrator").get(reverse(name), {"q": "a\x00b"})
    assert answer.status_code == 400
    assert "空字符" in answer.content.decode()


@pytest.mark.parametrize("what", TYPED)
def test_impossible_figure_is_refused_at_its_cell(house: House, what: str) -> None:
    value, said = TYPED[what]
    report = house.own.keys["report"]
    answer = _save(
        _client(house, "county reporter"), {"report": report, "key": "health_events", "value": value}
    )
    assert 200 <= answer.status_code < 500
    (cell,) = answer.json()["cells"]
    assert [problem["level"] for problem in cell["problems"]] == ["error"]
    assert re.search(said, cell["problems"][0]["message"]), cell["problems"][0]["message"]
    assert not Cell.objects.filter(report=report).exists()


def test_forged_report_in_a_cell_is_unknown_and_the_own_one_is_kept(house: House) -> None:
    own, foreign = house.own.keys["report"], house.foreign.keys["report"]
    answer = _save(
        _client(house, "county reporter"),
        {"report": foreign, "key": "health_events", "value": "7"},
        {"report": own, "key": "inspections", "value": "2"},
    )
    assert "不在您的填报范围内" in json.dumps(answer.json(), ensure_ascii=False)
    assert list(Cell.objects.filter(report__in=[own, foreign]).values_list("report", "value")) == [(own, 2)]


@pytest.mark.parametrize(
    "body",
    ["{", "[]", "null", '{"cells": 5}', '{"cells": [5]}', '{"cells": [{"report": "x"}]}', '{"cells": [{}]}'],
)
def test_broken_message_is_told_and_writes_nothing(house: House, body: str) -> None:
    client = _client(house, "county reporter")
    answer = client.post(reverse("reporting:save_cells"), body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert CHINESE.search(answer.content.decode()) or CHINESE.search(
        json.dumps(answer.json(), ensure_ascii=False)
    )
    assert not Cell.objects.filter(report=house.own.keys["report"]).exists()


@pytest.mark.parametrize(
    ("role", "act"),
    [
        ("city desk", "accept"),
        ("city desk", "send_back"),
        ("county reporter", "withdraw"),
        ("county reporter", "correct"),
        ("county leader", "sign"),
    ],
)
def test_act_out_of_order_is_refused_in_words(house: House, role: str, act: str) -> None:
    """On a draft that nobody has submitted."""
    report = house.own.keys["report"]
    events = AuditEvent.objects.count()
    given = {
        "reason": "figure_doubtful",
        "remark": "请核对",
        "days": "2",
        "agreed": "1",
        "cell-inspections": "1",
    }
    answer = _client(house, role).post(reverse(f"reporting:{act}", args=[report]), given)
    assert answer.status_code in (403, 409, 422), answer.status_code
    assert CHINESE.search(re.sub(r"<[^>]+>", "", answer.content.decode()))
    assert Report.objects.get(pk=report).state == ReportState.DRAFT
    assert AuditEvent.objects.count() == events


def test_accepted_report_takes_no_more_cells(house: House) -> None:
    report = house.month.county_report
    fill(report)
    report.cells.update(explanation="活动台账自动计数，情况属实。")
    accept(report=submit(report=report, by=house.month.clerk), by=house.month.city)
    answer = _save(
        _client(house, "county reporter"), {"report": report.pk, "key": "health_events", "value": "9"}
    )
    assert answer.status_code == 409
    assert "已通过" in json.dumps(answer.json(), ensure_ascii=False)
    assert report.cells.get(indicator__key="health_events").value == 0


def _bomb() -> bytes:
    """Some hundred kilobytes that would be three hundred million."""
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<w/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 300_000_000)
    return raw.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("月报.xlsx", b"PK\x03\x04" + b"\0" * 200),
        ("月报.xlsx", b"not a workbook"),
        ("签字.pdf", b"MZ\x90\x00"),
        ("木马.exe", b"MZ\x90\x00"),
        ("../../etc/passwd", b"root"),
        ("空.pdf", b""),
        ("炸弹.xlsx", None),
    ],
)
def test_bad_upload_is_refused_with_a_reason(house: House, name: str, content: bytes | None) -> None:
    kept = Attachment.objects.count()
    upload = SimpleUploadedFile(name, _bomb() if content is None else content)
    where = reverse("reporting:attach", args=[house.own.keys["report"]])
    answer = _client(house, "county reporter").post(
        where, {"kind": "evidence", "files": upload, "file": upload}
    )
    assert 400 <= answer.status_code < 500
    assert CHINESE.search(re.sub(r"<[^>]+>", "", answer.content.decode()))
    assert Attachment.objects.count() == kept


def test_two_hundred_megabytes_are_refused_by_their_length(house: House) -> None:
    answer = _client(house, "county reporter").generic(
        "POST", reverse("reporting:attach", args=[house.own.keys["report"]]), b"",
        content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(200 * 1024 * 1024),
    )  # fmt: skip
    assert answer.status_code == 413
    assert "MB" in answer.content.decode()


@pytest.mark.parametrize(
    "kind", ["reporting.workbook", "reporting.bulletin_pdf", "reporting.figures", "orgs.units"]
)
def test_paper_of_a_foreign_unit_is_not_made(house: House, kind: str) -> None:
    jobs = ExportJob.objects.count()
    asked = {"unit": house.foreign.county.city_id, "cycle": house.month.cycle.pk}
    client = _client(house, "city desk")
    answer = client.post(
        f"{reverse('files:start', args=[kind])}?unit={asked['unit']}&cycle={asked['cycle']}", asked
    )
    if kind == "orgs.units":
        return
    assert answer.status_code in (403, 404, 422)
    assert ExportJob.objects.count() == jobs


def test_unknown_paper_is_refused(house: House) -> None:
    answer = _client(house, "city desk").post(reverse("files:start", args=["no.such"]))
    assert answer.status_code == 422
    assert "没有这种导出文件" in answer.content.decode()
