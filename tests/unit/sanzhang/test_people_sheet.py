"""People in a sheet: out, edited, in again; every wrong cell by name, nothing half done."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from accounts.models import User
from audit.models import AuditEvent
from core.roundtrip import Plan
from files.inspection import TooLarge
from files.registry import exporter_of, importer_of
from files.services import request_import
from sanzhang.importing import people as importing_people
from sanzhang.importing.people import KIND
from sanzhang.models import Appointment, KeyPerson, OccupationSpell
from sanzhang.services import bulk_ground, bulk_people
from sanzhang.services import people as people_service
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from sanzhang.services.registration import register_with_seat
from tests.factories import Tree, user_at

PHONE = "13805310001"


def quiet(done: int, total: int, step: str = "") -> None:
    """Progress that nobody looks at."""


def sheet_of(user: User, path: Path, **params: Any) -> Workbook:
    """The workbook that ``user`` downloads."""
    exporter = exporter_of(KIND)
    assert exporter is not None
    exporter.build(user, params or {"query": {"office": ["all"]}}, str(path), quiet)
    return load_workbook(path)


def heads_of(book: Workbook) -> tuple[int, dict[str, int]]:
    """The row of heads, and the column of each."""
    for row in book.worksheets[0].iter_rows():
        labels = {cell.value: cell.column for cell in row if cell.value}
        if "姓名" in labels:
            return row[0].row, labels
    raise AssertionError("no head")


def fill(book: Workbook, line: int, **cells: Any) -> None:
    """Type ``cells`` into the ``line``-th row below the heads."""
    head, places = heads_of(book)
    for label, value in cells.items():
        book.worksheets[0].cell(head + line, places[label]).value = value


def read(user: User, book: Workbook, *, locking: bool = False) -> Plan:
    """What ``user``'s upload of ``book`` would do."""
    importer = importer_of("sanzhang.people")
    assert importer is not None
    stored = io.BytesIO()
    book.save(stored)
    stored.seek(0)
    return importer.read(user, {}, stored, quiet, locking)


def bring(user: User, book: Workbook) -> str:
    """Import ``book`` as confirmed."""
    importer = importer_of("sanzhang.people")
    assert importer is not None
    plan = read(user, book)
    assert plan.can_apply, [problem.message for problem in plan.problems]
    return importer.apply(user, {}, plan, quiet)


NEW = {
    "姓名": "孙小农",
    "职业身份": "农技站站长",
    "工作单位": "历下区农技站",
    "联系电话": "13805310009",
    "性别": "女",
    "出生年月": "1980-02",
    "学科": "农科、工科",
    "一线科技工作者": "是",
    "任职单位": "历下区",
    "职务": "副主席",
    "任职方式": "兼职",
    "任职起始日期": dt.date(2024, 3, 1),
    "吸纳方式": "届中增补",
}


def test_untouched_sheet_changes_nothing(
    clerk: User, person_of: Any, seat_of: Any, tree: Tree, tmp_path: Path
) -> None:
    seat_of(person_of("赵一", phone=PHONE, employer="=1+1医院", birth_month=dt.date(1975, 6, 1)))
    person_of("钱二", unit=tree.township, title="+86", post="-站长")
    plan = read(clerk, sheet_of(clerk, tmp_path / "a.xlsx"))
    assert (plan.changes, plan.problems, plan.unchanged) == ([], [], 2)


def test_new_person_with_a_seat(clerk: User, tree: Tree, occupation_of: Any, tmp_path: Path) -> None:
    occupation_of("农技站站长")
    book = sheet_of(clerk, tmp_path / "a.xlsx", blank=True)
    fill(book, 1, **NEW)
    assert bring(clerk, book) == "新增1人，修改0人。"
    person = KeyPerson.objects.get()
    assert (person.name, person.pinyin, person.disciplines) == (
        "孙小农", "sunxiaonong", ["engineering", "agriculture"]
    )  # fmt: skip
    assert (person.phone_masked, person.birth_month) == ("138****0009", dt.date(1980, 2, 1))
    seat = person.appointments.get()
    assert (seat.position, seat.unit, seat.way_in) == ("vice_chair", tree.county, "co_option")
    assert OccupationSpell.objects.get().person == person
    kinds = set(AuditEvent.objects.values_list("kind", flat=True))
    assert {"sanzhang.registered", "sanzhang.appointed", "sanzhang.imported"} <= kinds
    assert not AuditEvent.objects.filter(data__icontains="13805310009").exists()


def test_change_keeps_masked_cells_and_what_was(
    clerk: User, person_of: Any, seat_of: Any, occupation_of: Any, tmp_path: Path
) -> None:
    person = person_of("赵一", phone=PHONE, birth_month=dt.date(1975, 6, 1))
    seat_of(person)
    book = sheet_of(clerk, tmp_path / "a.xlsx")
    assert PHONE.encode() not in (tmp_path / "a.xlsx").read_bytes()
    fill(book, 1, 职业身份="学校校长", 工作单位="实验中学", 变动日期="2025年9月1日", 职称="高级教师")
    bring(clerk, book)
    person.refresh_from_db()
    assert (person.occupation.name, person.employer, person.title) == ("学校校长", "实验中学", "高级教师")
    assert (person.phone_masked, person.revision) == ("138****0001", 2)
    was = OccupationSpell.objects.on(dt.date(2025, 8, 31)).get(person=person)
    assert was.occupation.name == "农技站站长"


def test_every_wrong_cell_is_told_at_once(clerk: User, tree: Tree, person_of: Any, tmp_path: Path) -> None:
    person_of("赵一")
    book = sheet_of(clerk, tmp_path / "a.xlsx")
    fill(book, 1, 联系电话="12", 出生年月="2020-01")
    fill(book, 2, **(NEW | {"职业身份": "县长", "出生年月": "某年"}))
    fill(book, 3, **(NEW | {"姓名": "周三", "联系电话": "", "任职单位": tree.other_county.display_name}))
    fill(book, 4, **(NEW | {"姓名": "吴四", "联系电话": "", "职业身份": "乡镇卫生院院长"}))
    fill(book, 5, **(NEW | {"姓名": "郑五", "联系电话": "", "任职方式": "挂职", "出生年月": "1930-01"}))
    plan = read(clerk, book)
    told = {(problem.row, problem.column, problem.code) for problem in plan.problems}
    head, _places = heads_of(book)
    expected = {
        (head + 1, "联系电话", "phone_odd"),
        (head + 1, "出生年月", "birth_impossible"),
        (head + 2, "职业身份", "bad_cell"),
        (head + 2, "出生年月", "bad_cell"),
        (head + 3, "任职单位", "bad_cell"),
        (head + 4, "职业身份", "occupation_not_at_level"),
        (head + 5, "出生年月", "age_impossible"),
    }
    assert expected <= told
    assert "secondment_open" in {problem.code for problem in plan.problems}
    assert not plan.can_apply


def test_doubles_are_named_and_pass_with_an_explanation(
    clerk: User, person_of: Any, tree: Tree, tmp_path: Path
) -> None:
    person_of("孙小农", employer="历下区农技站")
    book = sheet_of(clerk, tmp_path / "a.xlsx", blank=True)
    fill(book, 1, **NEW)
    fill(book, 2, **(NEW | {"姓名": "孙大农"}))
    plan = read(clerk, book)
    assert [problem.code for problem in plan.problems] == ["double", "double_line"]
    assert "可能重复" in plan.notes[-1]
    fill(book, 1, 情况说明="同名同单位的两个人")
    fill(book, 2, 情况说明="共用一部电话")
    assert bring(clerk, book) == "新增2人，修改0人。"


def test_seat_of_somebody_in_office_is_not_changed_here(
    clerk: User, person_of: Any, seat_of: Any, tmp_path: Path
) -> None:
    seat_of(person_of("赵一"))
    book = sheet_of(clerk, tmp_path / "a.xlsx")
    fill(book, 1, 职务="主席")
    [problem] = read(clerk, book).problems
    assert (problem.column, "人员页面" in problem.message) == ("职务", True)


def test_first_seat_of_somebody_on_record(clerk: User, tree: Tree, person_of: Any, tmp_path: Path) -> None:
    person = person_of("赵一")
    book = sheet_of(clerk, tmp_path / "a.xlsx")
    fill(book, 1, 职务="委员", 任职起始日期="2024-03-01", 存量补录="是")
    bring(clerk, book)
    seat = Appointment.objects.get()
    assert (seat.person, seat.position, seat.is_backfill) == (person, "member", True)


def test_foreign_people_neither_go_out_nor_come_in(
    clerk: User, other_clerk: User, person_of: Any, tree: Tree, tmp_path: Path
) -> None:
    person_of("李四", unit=tree.other_county, phone="13805310002")
    book = sheet_of(other_clerk, tmp_path / "a.xlsx")
    fill(book, 1, 职称="农艺师")
    assert [problem.code for problem in read(clerk, book).problems] == ["unknown_row"]
    assert read(other_clerk, book).can_apply
    own = sheet_of(clerk, tmp_path / "b.xlsx")
    assert "李四" not in [cell.value for row in own.worksheets[0].iter_rows() for cell in row]


def test_meanwhile_changed_cell_is_a_conflict(
    clerk: User, person_of: Any, facts_of: Any, tmp_path: Path
) -> None:
    from sanzhang.services import people

    person = person_of("赵一")
    book = sheet_of(clerk, tmp_path / "a.xlsx")
    people.update(person=person, revision=1, facts=facts_of("赵一", title="研究员"), by=clerk)
    fill(book, 1, 职称="农艺师")
    [problem] = read(clerk, book).problems
    assert (problem.code, "研究员" in problem.message) == ("conflict", True)


def test_only_clerks_import(clerk: User, city_official: User, leader: User, tree: Tree) -> None:
    importer = importer_of("sanzhang.people")
    assert importer is not None
    assert importer.allowed(clerk, {})
    assert importer.allowed(city_official, {})
    assert not importer.allowed(user_at(tree.city, "reviewer"), {})
    assert not importer.allowed(leader, {})


def test_drop_downs_are_the_units_own(tree: Tree, occupation_of: Any, tmp_path: Path) -> None:
    occupation_of("农技站站长")
    book = sheet_of(user_at(tree.township, "reporter"), tmp_path / "a.xlsx", blank=True)
    offered = {cell.value for row in book["选项"].iter_rows(values_only=False) for cell in row if cell.value}
    assert {"副主席", "队员", str(tree.township), str(tree.village)} <= offered
    assert not {"主席", "代表", str(tree.county), str(tree.sister_township)} & offered


@pytest.mark.parametrize(("locking", "times"), [(False, 2), (True, 1)])
def test_rules_are_asked_once_of_rows_that_are_held(
    locking: bool,
    times: int,
    clerk: User,
    occupation_of: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reading that holds the rows judges them for the writing; what a preview said is never relied on."""
    occupation_of("农技站站长")
    book = sheet_of(clerk, tmp_path / "a.xlsx", blank=True)
    fill(book, 1, **NEW)
    asked: list[int] = []
    real = bulk_ground.problems_of_rows

    def counted(rows: Any, by: Any) -> Any:
        asked.append(len(rows))
        return real(rows, by)

    for module in (importing_people, bulk_people):
        monkeypatch.setattr(module, "problems_of_rows", counted)
    importer = importer_of("sanzhang.people")
    assert importer is not None
    plan = read(clerk, book, locking=locking)
    assert importer.apply(clerk, {}, plan, quiet) == "新增1人，修改0人。"
    assert asked == [1] * times
    assert KeyPerson.objects.count() == 1


def test_sheet_of_people_may_be_larger_than_other_uploads(
    clerk: User, occupation_of: Any, tmp_path: Path, settings: Any
) -> None:
    occupation_of("农技站站长")
    path = tmp_path / "a.xlsx"
    sheet_of(clerk, path, blank=True)
    settings.UPLOAD_MAX_BYTES = 1024

    def upload(kind: str) -> Any:
        file = SimpleUploadedFile("人员.xlsx", path.read_bytes())
        return request_import(kind=kind, params={}, upload=file, unit=clerk.unit, by=clerk)

    with pytest.raises(TooLarge):
        upload("orgs.units")
    assert upload("sanzhang.people").size > 1024


@pytest.mark.parametrize("count", [60])
def test_number_of_queries_does_not_grow_with_the_rows(
    count: int, clerk: User, occupation_of: Any, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    occupation_of("农技站站长")
    book = sheet_of(clerk, tmp_path / "a.xlsx", blank=True)
    for line in range(1, count + 1):
        fill(book, line, **(NEW | {"姓名": f"孙{chr(0x4E00 + line)}", "联系电话": f"138053{line:05d}"}))
    with django_assert_max_num_queries(60):
        assert bring(clerk, book) == f"新增{count}人，修改0人。"


TYPED_PERSON = ("name", "pinyin", "initials", "stroke_key", "sex", "birth_month", "employer", "post", "occupation_id",
                "disciplines", "is_front_line", "phone_digest", "phone_mask", "unit_id", "recorded_by", "revision")  # fmt: skip
TYPED_SPELL = (
    "valid_from",
    "valid_to",
    "occupation_id",
    "employer",
    "post",
    "is_front_line",
    "is_retired",
    "recorded_by",
)
TYPED_SEAT = ("body__kind", "unit_id", "term_id", "position", "employment", "secondment_ends_on", "way_in", "basis",
              "is_backfill", "valid_from", "valid_to", "end_reason", "recorded_by")  # fmt: skip


def written(people: Any) -> list[Any]:
    """Everything that stands on record of ``people``, but for keys and times."""
    found = []
    for person in people.order_by("pk"):
        seats = Appointment.objects.filter(person=person)
        told = AuditEvent.objects.filter(object_label="sanzhang.keyperson", object_id=str(person.pk)) | (
            AuditEvent.objects.filter(
                object_label="sanzhang.appointment", object_id__in=[str(seat.pk) for seat in seats]
            )
        )
        events = [
            (event.kind, event.actor_label, event.unit_id, event.unit_label, event.summary,
             {key: value for key, value in event.data.items() if key not in ("imported", "person")})
            for event in told.order_by("kind", "pk")
        ]  # fmt: skip
        found.append(
            (
                [getattr(person, name) for name in TYPED_PERSON],
                list(person.spells.order_by("pk").values_list(*TYPED_SPELL)),
                list(seats.values_list(*TYPED_SEAT)),
                events,
            )
        )
    return found


def test_sheet_writes_what_typing_one_by_one_writes(
    clerk: User, tree: Tree, occupation_of: Any, tmp_path: Path
) -> None:
    occupation = occupation_of("农技站站长")
    typed_seats = [
        SeatFacts(position="vice_chair", valid_from=dt.date(2024, 3, 1), way_in="co_option"),
        SeatFacts(
            position="member",
            valid_from=dt.date(2024, 3, 2),
            employment="seconded",
            secondment_ends_on=dt.date(2025, 3, 2),
            way_in="other",
            basis="历科协〔2024〕2号",
        ),
    ]
    for number, seat in enumerate(typed_seats):
        register_with_seat(
            facts=PersonFacts(
                name=f"孙{'甲乙'[number]}",
                occupation=occupation,
                employer="历下区农技站",
                sex="f",
                birth_month=dt.date(1980, 2, 1),
                disciplines=("agriculture", "engineering"),
                phone=f"1380531000{number}",
            ),
            unit=tree.county,
            seat=seat,
            by=clerk,
        )
    typed = written(KeyPerson.objects.all())
    for model in (Appointment, OccupationSpell, KeyPerson):
        model.objects.all().delete()
    book = sheet_of(clerk, tmp_path / "a.xlsx", blank=True)
    fill(book, 1, **(NEW | {"姓名": "孙甲", "联系电话": "13805310000"}))
    second = {
        "姓名": "孙乙",
        "联系电话": "13805310001",
        "职务": "委员",
        "任职方式": "挂职",
        "任职起始日期": dt.date(2024, 3, 2),
        "挂职截止日期": dt.date(2025, 3, 2),
        "吸纳方式": "其他方式",
        "依据": "历科协〔2024〕2号",
    }
    fill(book, 2, **(NEW | second))
    bring(clerk, book)
    assert written(KeyPerson.objects.all()) == typed


def test_changes_in_a_sheet_leave_what_typed_changes_leave(
    clerk: User, person_of: Any, facts_of: Any, occupation_of: Any, tmp_path: Path
) -> None:
    """A mistake put right, a dated change and a change that touches no dated fact, each typed and by sheet."""
    occupation_of("学校校长")
    before = {"employer": "历下区农技站"}
    typed = [person_of(f"赵{one}", **before) for one in "甲乙丙"]
    by_sheet = [person_of(f"赵{one}", **before) for one in "丁戊己"]
    changed_on = dt.date(2025, 9, 1)
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"employer": "实验中学"}, {"工作单位": "实验中学"}),
        ({"employer": "第二中学"}, {"工作单位": "第二中学", "变动日期": changed_on}),
        ({"title": "高级教师"}, {"职称": "高级教师"}),
    ]
    for person, (facts, cells) in zip(typed, changes, strict=True):
        people_service.update(
            person=person,
            revision=1,
            facts=facts_of(person.name, **(before | facts)),
            by=clerk,
            changed_on=cells.get("变动日期"),
        )
    book = sheet_of(clerk, tmp_path / "a.xlsx")
    head, places = heads_of(book)
    lines = {
        row[places["姓名"] - 1].value: row[0].row - head
        for row in book.worksheets[0].iter_rows(min_row=head + 1)
    }
    for person, (_facts, cells) in zip(by_sheet, changes, strict=True):
        fill(book, lines[person.name], **cells)
    bring(clerk, book)

    def left(people: list[KeyPerson]) -> list[Any]:
        return [
            (
                person.__class__.objects.values_list("employer", "title", "revision").get(pk=person.pk),
                sorted(
                    (spell.employer, spell.valid_from, spell.valid_to, spell.voided_at is not None)
                    for spell in person.spells.all()
                ),
                [
                    event.data["changes"]
                    for event in AuditEvent.objects.filter(kind="sanzhang.updated", object_id=str(person.pk))
                ],
            )
            for person in people
        ]

    assert left(by_sheet) == left(typed)
