"""“下载Excel” at a chart: the figures of the page, inert, and nothing that is no chart."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.test import Client

from core.xlsx_read import read_sheet

WHERE = "/files/chart/"
CHART = {
    "type": "bar",
    "unit": "%",
    "category_name": "单位",
    "categories": ["=1+1", "青岛市"],
    "series": [{"name": "覆盖率", "data": [0.5, None]}, {"name": "目标", "data": [0.9]}],
}
pytestmark = pytest.mark.django_db


def test_sheet_holds_what_the_chart_drew(client_of, clerk):
    answer = client_of(clerk).post(WHERE, {"title": "覆盖率", "data": json.dumps(CHART)})
    assert answer.status_code == 200
    lines = [row.values for row in read_sheet(BytesIO(answer.getvalue()))]
    assert lines[0][0] == "覆盖率"
    assert lines[2] == ["单位", "覆盖率", "目标"]
    assert lines[3] == ["=1+1", 0.5, 0.9]
    assert lines[4][0] == "青岛市"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "[]",
        "{",
        '{"categories": 1, "series": []}',
        '{"categories": [], "series": [{"data": []}]}',
        '{"categories": ["a"], "series": [{"name": "x", "data": [NaN]}]}',
        json.dumps({"categories": ["a"] * 401, "series": []}),
        "x" * 400_001,
    ],
)
def test_what_is_no_chart_is_refused(client_of, clerk, data):
    assert client_of(clerk).post(WHERE, {"data": data}).status_code == 422


def test_only_who_is_signed_in(db):
    assert Client().post(WHERE, {"data": json.dumps(CHART)}).status_code == 302
