"""Reading the record."""

from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from audit.selectors import known_areas
from audit.services import record, record_many
from core.actor import SYSTEM
from files import services as files
from files.models import ExportJob
from tests.factories import user_at


def _auditor(tree):
    return user_at(tree.province, Role.AUDIT_ADMIN)


def test_list_is_the_audit_administrators(tree, client_of):
    url = reverse("audit:list")
    assert client_of(_auditor(tree)).get(url).status_code == 200
    for role in set(Role) - {Role.AUDIT_ADMIN}:
        assert client_of(user_at(tree.province, role)).get(url).status_code == 403


def test_list_filters(tree, clerk, client_of):
    record(kind="files.opened", by=clerk, unit=tree.county, summary="打开附件甲")
    record(kind="orgs.renamed", by=SYSTEM, unit=tree.city, summary="更名乙")
    client = client_of(_auditor(tree))
    url = reverse("audit:list")
    for query, shown in [
        ({}, {"甲", "乙"}),
        ({"area": "orgs"}, {"乙"}),
        ({"kind": "files.opened"}, {"甲"}),
        ({"actor": "系统"}, {"乙"}),
        ({"unit": "历下"}, {"甲"}),
        ({"q": "附件"}, {"甲"}),
        ({"since": "2020-01-01", "until": "2099-01-01"}, {"甲", "乙"}),
        ({"until": "2020-01-01"}, set()),
        ({"since": "not a day"}, {"甲", "乙"}),
    ]:
        page = client.get(url, query).content.decode()
        assert {name for name, text in {"甲": "打开附件甲", "乙": "更名乙"}.items() if text in page} == shown


def test_list_goes_on_without_counting(tree, client_of, django_assert_max_num_queries):
    for number in range(120):
        record(kind="test.done", by=SYSTEM, summary=f"第{number}号")
    client = client_of(_auditor(tree))
    with django_assert_max_num_queries(14):
        first = client.get(reverse("audit:list"))
    table, older = first.context["table"], first.context["older_url"]
    assert len(table.rows) == 50 and older
    second = client.get(reverse("audit:list") + older)
    third = client.get(reverse("audit:list") + second.context["older_url"])
    seen = [row.record.pk for page in (first, second, third) for row in page.context["table"].rows]
    assert len(set(seen)) == 120 and not third.context["older_url"]


def test_export_holds_the_filtered_rows(tree, client_of):
    record(kind="orgs.renamed", by=SYSTEM, summary="=更名")
    record(kind="files.opened", by=SYSTEM, summary="打开")
    auditor = _auditor(tree)
    url = reverse("files:start", args=["audit.events"])
    assert client_of(auditor).post(f"{url}?area=orgs&before=9").status_code == 302
    job = ExportJob.objects.of(auditor).get()
    assert job.params == {"area": "orgs"}
    files.run_export(job_id=job.pk)
    job.refresh_from_db()
    sheet = load_workbook(job.file.open("rb")).active
    assert [row[4].value for row in sheet.iter_rows(min_row=4)] == ["=更名"]
    clerk = user_at(tree.county)
    assert client_of(clerk).post(url).status_code == 403


def test_every_area_on_record_has_a_chinese_name(tree, client_of):
    for kind in ("report.submit", "case.open", "cycle.lock", "reporting.facts_computed", "orgs.renamed"):
        record_many(kind=kind, by=SYSTEM, rows=[{"summary": "办理"}])
    assert {"报表", "更正补报", "填报期", "组织"} <= {name for _area, name in known_areas()}
    page = client_of(_auditor(tree)).get(reverse("audit:list")).content.decode()
    assert "更正补报" in page and ">case<" not in page
