"""Loading divisions: exact counts, a second time nothing, all or nothing."""

import datetime as dt
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from audit.models import AuditEvent
from core.actor import SYSTEM
from core.errors import DomainError
from orgs.choices import EditionCause, Level, UnitKind
from orgs.importing.divisions import read_divisions
from orgs.models import OrgUnit, UnitEdition
from orgs.rules.divisions import DivisionRow
from orgs.selectors.verification import verify_tree
from orgs.services.divisions import import_divisions

DATA = Path(settings.BASE_DIR) / "orgs" / "data"

SMALL = {
    "37": "山东省",
    "3701": "济南市",
    "370102": "历下区",
    "370102001": "解放路街道",
    "370102001001": "青年东路社区居民委员会",
    "370171": "高新技术产业开发区",
    "370171400": "国有林场",
}


def load(names, **options):
    rows = [DivisionRow(line, code, name) for line, (code, name) in enumerate(names.items(), start=2)]
    return import_divisions(rows=rows, by=SYSTEM, **options)


def by_level(**criteria):
    return dict(Counter(OrgUnit.objects.filter(**criteria).order_by().values_list("level", flat=True)))


@pytest.mark.slow
def test_shandong_loads_with_exact_counts_and_a_second_time_changes_nothing(db):
    rows = read_divisions(DATA / "divisions-2023-37-shandong.csv.gz")
    outcome = import_divisions(rows=rows, by=SYSTEM)
    assert outcome.created == {1: 1, 2: 16, 3: 151, 4: 1853, 5: 62074}
    assert by_level() == {1: 1, 2: 16, 3: 151, 4: 1853, 5: 62074}
    assert by_level(kind=UnitKind.ZONE) == {3: 15}
    assert by_level(kind=UnitKind.QUASI, level=4) == {4: 40}
    assert not OrgUnit.objects.exclude(kind=UnitKind.REGULAR).filter(is_expected=True).exists()
    assert not OrgUnit.objects.filter(kind=UnitKind.REGULAR, is_expected=False).exists()
    assert UnitEdition.objects.count() == 64095
    assert verify_tree() == []
    before = OrgUnit.objects.order_by("-pk").first().pk
    again = import_divisions(rows=rows, by=SYSTEM)
    assert (again.created_total, again.unchanged, again.renamed, again.absent) == (0, 64095, [], [])
    assert OrgUnit.objects.order_by("-pk").first().pk == before
    assert UnitEdition.objects.count() == 64095


@pytest.mark.slow
def test_henan_loads_with_its_county_under_the_province(db):
    outcome = import_divisions(rows=read_divisions(DATA / "divisions-2023-41-henan.csv.gz"), by=SYSTEM)
    assert [row.code for row in outcome.skipped] == ["4190"]
    assert outcome.created.total() == 55164 - 1
    assert outcome.raised == {Level.COUNTY: 1}
    jiyuan = OrgUnit.objects.get(division_code="419001")
    assert (jiyuan.parent.division_code, jiyuan.city_id, jiyuan.depth, jiyuan.level) == ("41", None, 1, 3)
    assert OrgUnit.objects.get(division_code="410104570").kind == UnitKind.REGULAR
    assert verify_tree() == []


def test_small_province_stands_as_its_codes_say(db):
    outcome = load(SMALL, opened_on=dt.date(2020, 1, 1))
    assert outcome.created == {1: 1, 2: 1, 3: 2, 4: 2, 5: 1}
    village = OrgUnit.objects.get(division_code="370102001001")
    township, county = village.parent, village.parent.parent
    assert (village.township, village.county) == (township, county)
    assert (village.city.name, village.province.name) == ("济南市", "山东省")
    assert township.township_id == township.pk
    assert village.display_name == "历下区解放路街道青年东路社区居民委员会"
    assert (village.initials, township.pinyin_joined) == ("qndlsqjmwyh", "jiefanglujiedao")
    edition = village.editions.get()
    assert (edition.valid_from, edition.cause, edition.township_id) == (
        dt.date(2020, 1, 1),
        EditionCause.IMPORTED,
        township.pk,
    )
    assert list(OrgUnit.objects.order_by("tree_id", "lft").values_list("division_code", flat=True)) == sorted(
        SMALL
    )
    assert {unit.division_code for unit in county.get_descendants()} == {"370102001", "370102001001"}
    assert verify_tree() == []


def test_zones_and_quasi_townships_are_proposed_as_not_expected(db):
    load(SMALL)
    proposed = OrgUnit.objects.filter(is_expected=False)
    assert set(proposed.values_list("division_code", "kind")) == {("370171", "zone"), ("370171400", "quasi")}
    assert not proposed.filter(expected_confirmed=True).exists()
    assert not UnitEdition.objects.get(unit__division_code="370171400").is_expected


def test_dry_run_tells_and_writes_nothing(db):
    outcome = load(SMALL, dry_run=True)
    assert outcome.created_total == 7
    assert not OrgUnit.objects.exists()
    assert not AuditEvent.objects.filter(kind="orgs.divisions_imported").exists()


def test_one_bad_row_leaves_everything_as_it_was(db):
    with pytest.raises(DomainError) as refused:
        load(SMALL | {"370103001": "孤零零街道", "3799999": "错码"})
    assert [problem.code for problem in refused.value.problems] == ["no_parent", "bad_code"]
    assert not OrgUnit.objects.exists()
    assert load(SMALL).created_total == 7


def test_second_list_adds_what_is_new_and_tells_what_differs(db):
    load(SMALL)
    changed = SMALL | {"370101": "市辖区", "370101001": "新街道", "370102": "历上区"}
    changed.pop("370171400")
    outcome = load(changed, opened_on=dt.date(2024, 1, 1))
    assert outcome.created == {Level.TOWNSHIP: 1}
    assert outcome.renamed == [("370102", "历下区", "历上区")]
    assert [code for code, _name in outcome.absent] == ["370171400"]
    assert OrgUnit.objects.get(division_code="370102").name == "历下区"
    fresh = OrgUnit.objects.get(division_code="370101001")
    assert (fresh.parent.division_code, fresh.opened_on) == ("3701", dt.date(2024, 1, 1))
    assert verify_tree() == []


def test_second_list_may_hang_on_units_that_it_does_not_name(db):
    load(SMALL)
    outcome = load({"370102002": "千佛山街道", "370102002001": "千佛山社区居民委员会"})
    assert outcome.created_total == 2
    assert OrgUnit.objects.get(division_code="370102002001").display_name.startswith("历下区千佛山街道")
    assert verify_tree() == []


def test_a_second_province_is_a_tree_of_its_own(db):
    load(SMALL)
    load({"11": "北京市", "1101": "市辖区", "110101": "东城区"})
    assert set(OrgUnit.objects.filter(parent=None).values_list("division_code", "tree_id")) == {
        ("11", 1),
        ("37", 2),
    }
    assert verify_tree() == []


def test_future_opening_is_refused(db):
    with pytest.raises(DomainError) as refused:
        load(SMALL, opened_on=dt.date(2999, 1, 1))
    assert refused.value.problems[0].field == "opened_on"


def test_import_is_on_record(db):
    load(SMALL)
    event = AuditEvent.objects.get(kind="orgs.divisions_imported")
    assert "7" in event.summary
    assert event.data["created"]["村级"] == 1


def test_command_prints_one_fact_a_line(db, tmp_path):
    path = tmp_path / "small.csv"
    path.write_text("code,name\n" + "\n".join(f"{code},{name}" for code, name in SMALL.items()))
    out = StringIO()
    call_command("import_divisions", str(path), stdout=out)
    lines = out.getvalue().splitlines()
    assert "县级：新增 2 个，其中功能区 1 个（建议不计应建）" in lines
    assert "合计新增：7 个（设立日期 2000年1月1日）" in lines
    assert OrgUnit.objects.count() == 7


def test_command_names_every_bad_line_and_fails(db, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("code,name\n37,山东省\n3701\n370102,历下区\n")
    err = StringIO()
    with pytest.raises(CommandError, match="2 处有误"):
        call_command("import_divisions", str(path), stdout=StringIO(), stderr=err)
    assert [line.split("：")[0] for line in err.getvalue().splitlines()] == ["第 3 行", "第 4 行"]
    assert not OrgUnit.objects.exists()


def test_command_refuses_a_day_that_is_none(db, tmp_path):
    with pytest.raises(CommandError, match="2023-12-31"):
        call_command("import_divisions", "x.csv", "--opened-on", "昨天")
