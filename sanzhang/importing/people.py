"""The sheet of people going out and coming back: additions, changes and possible doubles previewed, then all or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import IO, Any

from core import clock
from core.chunks import in_chunks
from core.errors import DomainError, Problem
from core.keys import keys_in
from core.roundtrip import Layout, Plan, RowChange, compare, read_book, write_book
from core.xlsx import XLSX
from files.lists import Caption, conditions_asked, with_export, write_editable
from files.registry import Built, Exporter, Importer, Progress
from orgs.models import OrgUnit
from sanzhang.choices import Employment
from sanzhang.exporters.people import people_asked_for
from sanzhang.layouts.people import SEAT_COLUMNS, editable_people, month_of, people_layout
from sanzhang.models import KeyPerson, Occupation
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.selectors import seats_of_people
from sanzhang.selectors.places import units_named
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.bulk_ground import PersonRow, problems_of_rows
from sanzhang.services.bulk_people import standing, write_rows
from sanzhang.services.people import COLUMNS, PersonFacts

KIND = "sanzhang.people_sheet"
MOST_ROWS = 250_000
#: A province's list with all its columns filled, as an office program stores it.
MOST_BYTES = 80 * 1024 * 1024
CHUNK = 2_000
MONTHS = ("birth_month", "retired_on")
FLAGS = ("is_party_member", "is_front_line", "is_retired")
INTRO = (
    "可以新增人员（连同任职），也可以修改已登记人员的信息。先在名册页下载修改表或空白模板，填好后上传；"
    "系统先指出每一处错误，并列出将新增、修改和可能重复的人员，由您确认后一次写入。"
)
HOW_TO_EXPLAIN = "确认无误的，请在“情况说明”列写明情况后重新上传。"


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return bool(user.can_anywhere(MANAGE_PEOPLE))


def _build(user: Any, params: dict[str, Any], path: str, progress: Progress) -> Built:
    layout = people_layout(user)
    if params.get("blank"):
        written = write_book(path, layout, [], title="三长人员导入模板", note="每行一人，带任职的一并填写。")
        return Built("三长人员导入模板.xlsx", {"行数": written})
    asked = people_asked_for(user, conditions_asked(params))
    people = asked.qs.filter(pk__in=editable_people(user).values("pk")).order_by("pinyin", "id")
    caption = Caption(
        title="三长人员修改表",
        total=people.count(),
        counted="人",
        on=asked.day,
        remarks=("电话已隐去中间数字，不改请保持原样",),
    )
    rows = _with_seats(people.select_related("unit", "occupation"), asked.day)
    return write_editable(caption, layout, rows, path, by=user, progress=progress)


def _with_seats(people: Any, day: Any) -> Iterator[KeyPerson]:
    for chunk in in_chunks(people, CHUNK):
        seats = seats_of_people(chunk, day)
        for person in chunk:
            person.seats = seats.get(person.pk, [])
            yield person


def _read(user: Any, params: dict[str, Any], file: IO[bytes], progress: Progress, locking: bool) -> Plan:
    plan = _compared(user, people_layout(user), file, progress, locking)
    for change in plan.changes:
        if change.is_new:
            change.name = change.values.get("name") or "新增"
    progress(0, len(plan.changes), "正在按规则核对")
    judged = _judge(user, plan)
    if locking:
        plan.prepared = judged
    progress(len(plan.changes), len(plan.changes), "正在按规则核对")
    return plan


def _compared(user: Any, layout: Layout, file: IO[bytes], progress: Progress, locking: bool) -> Plan:
    """What the file changes of what is on record; the rows as read are let go of."""
    incoming = read_book(file, layout)
    if len(incoming.rows) > MOST_ROWS:
        raise DomainError.of("too_many", f"一次最多导入{MOST_ROWS:,}行，请拆分后再上传。", "file")
    progress(0, len(incoming.rows), "正在与系统数据比对")
    return compare(layout, incoming, _present(user, keys_in(incoming.keys()), locking=locking))


def _present(user: Any, keys: list[int], *, locking: bool) -> dict[str, KeyPerson]:
    found: dict[str, KeyPerson] = {}
    today = clock.today()
    for start in range(0, len(keys), CHUNK):
        people = editable_people(user).filter(pk__in=keys[start : start + CHUNK])
        if locking:
            people = people.order_by("pk").select_for_update(of=("self",))
        chunk = list(people)
        seats = seats_of_people(chunk, today)
        for person in chunk:
            person.seats = seats.get(person.pk, [])
            found[str(person.pk)] = person
    return found


#: The rows for the service, and what the rules said of each.
Judged = tuple[list[PersonRow], list[list[Problem]]]


def _judge(user: Any, plan: Plan) -> Judged:
    """Ask the rules of every row that could be read, and note what they refuse by its cell."""
    unread = {problem.row for problem in plan.problems}
    readable = [change for change in plan.changes if change.row not in unread]
    rows = rows_of(user, plan, readable)
    doubled: dict[int, list[str]] = defaultdict(list)
    by_row = {change.row: change for change in readable}
    found = problems_of_rows(rows, user)
    for row, problems in zip(rows, found, strict=True):
        change = by_row[row.number]
        for problem in problems:
            if problem.code in ("double", "double_line"):
                doubled[row.number].append(problem.message)
        for problem in standing(problems, row.explanation):
            message = problem.message if problem.is_error else f"{problem.message}{HOW_TO_EXPLAIN}"
            plan.refuse(change, message, key=problem.field or "", code=problem.code)
    if doubled:
        plan.notes.append(f"可能重复的有{len(doubled)}行：第{'、'.join(map(str, sorted(doubled)[:20]))}行。")
    plan.problems.sort(key=lambda problem: problem.row)
    return rows, found


def rows_of(user: Any, plan: Plan, changes: list[RowChange]) -> list[PersonRow]:
    """The changes as rows for the service; what cannot be one is refused in ``plan``."""
    occupations = {occupation.pk: occupation for occupation in Occupation.objects.all()}
    units = {unit.display_name: unit for unit in units_named(user, _units_stated(changes))}
    rows = []
    for change in changes:
        row = _row_of(plan, change, occupations, units)
        if row is not None:
            rows.append(row)
    return rows


def _units_stated(changes: list[RowChange]) -> set[str]:
    return {change.values["unit"] for change in changes if "unit" in change.values}


def _row_of(
    plan: Plan, change: RowChange, occupations: dict[int, Occupation], units: dict[str, OrgUnit]
) -> PersonRow | None:
    person: KeyPerson | None = change.record
    values = change.values
    refusal = _refusal(change)
    if refusal is not None:
        plan.refuse(change, refusal[1], key=refusal[0])
        return None
    unit = units[values["unit"]] if "unit" in values else _unit_of(person)
    return PersonRow(
        number=change.row,
        facts=_facts_of(person, values, occupations),
        unit=unit,
        seat=_seat_of(values),
        person=person,
        changes_facts=person is None or bool(values.keys() & {*COLUMNS, "phone"}),
        changed_on=values.get("changed_on"),
        explanation=values.get("explanation") or "",
    )


def _unit_of(person: KeyPerson | None) -> OrgUnit:
    assert person is not None
    return person.seats[0].unit if person.seats else person.unit


def _refusal(change: RowChange) -> tuple[str, str] | None:
    """What no row may say, by its column."""
    values, person = change.values, change.record
    touched = [key for key in SEAT_COLUMNS if values.get(key) not in (None, "", False)]
    if person is not None and person.seats and (values.keys() & {"unit", *SEAT_COLUMNS}):
        key = next(key for key in ("unit", *SEAT_COLUMNS) if key in values)
        return key, "已有在任职务，任职的变动请在人员页面办理（离任、登记新任职），表中请恢复原值。"
    if person is not None and "unit" in values and not values.get("position"):
        return "unit", "档案单位随任职确定，不能单独修改，请恢复原值。"
    if touched and not values.get("position"):
        return touched[0], "填写了任职信息的，请同时填写职务。"
    if values.get("position") and not values.get("valid_from"):
        return "position", "填写了职务的，请同时填写任职起始日期。"
    return None


def _facts_of(
    person: KeyPerson | None, values: dict[str, Any], occupations: dict[int, Occupation]
) -> PersonFacts:
    """The facts after the change: what the sheet states upon what is on record."""
    stated = {key: _stated(key, value, occupations) for key, value in values.items() if key in COLUMNS}
    if person is None:
        if values.get("is_front_line") is None:
            stated["is_front_line"] = True
        return PersonFacts(**stated, phone=values.get("phone", ""))
    held = {column: getattr(person, column) for column in COLUMNS}
    if stated.get("is_retired") is False:
        held["retired_on"] = None
    return PersonFacts(**(held | stated), phone=values.get("phone"))


def _stated(key: str, value: Any, occupations: dict[int, Occupation]) -> Any:
    """A cell's value as the service takes it; an emptied cell is an absent fact."""
    if key in MONTHS:
        return month_of(value)
    if key == "occupation":
        return occupations[value]
    if value is None:
        return False if key in FLAGS else ""
    return value


def _seat_of(values: dict[str, Any]) -> SeatFacts | None:
    if not values.get("position"):
        return None
    employment = values.get("employment") or Employment.PART_TIME
    return SeatFacts(
        position=values["position"],
        valid_from=values["valid_from"],
        employment=employment,
        secondment_ends_on=values.get("secondment_ends_on") if employment == Employment.SECONDED else None,
        way_in="" if values.get("is_backfill") else values.get("way_in") or "",
        basis=values.get("basis") or "",
        is_backfill=bool(values.get("is_backfill")),
    )


def _apply(user: Any, params: dict[str, Any], plan: Plan, progress: Progress) -> str:
    if plan.prepared is None:
        rows, found = rows_of(user, plan, plan.changes), None
    else:
        rows, found = plan.prepared
        plan.changes.clear()
    added, changed = write_rows(rows=rows, by=user, progress=progress, found=found)
    return f"新增{added:,}人，修改{changed:,}人。"


PEOPLE_SHEET = Exporter(
    kind=KIND,
    title=lambda params: "三长人员导入模板" if params.get("blank") else "三长人员修改表",
    allowed=with_export(MANAGE_PEOPLE, VIEW_PEOPLE),
    build=_build,
    content_type=XLSX,
)
PEOPLE_IMPORTER = Importer(
    kind="sanzhang.people",
    title="三长人员",
    intro=INTRO,
    allowed=_allowed,
    read=_read,
    apply=_apply,
    back="sanzhang:list",
    export=KIND,
    most_bytes=MOST_BYTES,
)
