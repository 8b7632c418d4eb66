"""The sheet of people through a real office program and back: nothing is lost, and only what was edited changes."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from accounts.models import User
from core.actor import SYSTEM
from files.registry import exporter_of, importer_of
from sanzhang.importing.people import KIND
from sanzhang.models import KeyPerson, Occupation
from sanzhang.services import occupations, registration
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import PersonFacts
from tests.factories import Tree

HARD = ("=1+1医院", "+86医院", "-第二医院", "@医院", "0531医院", "1e5医院", "医院　（东区）", "“引号”医院")


def quiet(done: int, total: int, step: str = "") -> None:
    """Progress that nobody looks at."""


def through_office(path: Path) -> Path:
    """The workbook opened and saved by LibreOffice."""
    out = path.parent / "office"
    command = ["soffice", f"-env:UserInstallation=file://{path.parent}/profile", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(path)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return out / path.name


@pytest.fixture
def registered(tree: Tree, clerk: User) -> None:
    occupations.load_defaults(by=SYSTEM)
    occupation = Occupation.objects.get(name="医院院长")
    for number, employer in enumerate(HARD):
        facts = PersonFacts(
            name=f"王{chr(0x4E00 + number)}",
            occupation=occupation,
            employer=employer,
            post="院长",
            sex="f",
            birth_month=dt.date(1975, 1 + number, 1),
            disciplines=("medicine", "management"),
            phone=f"1380531000{number}",
        )
        seat = SeatFacts(position="delegate", valid_from=dt.date(2024, 3, 1 + number), way_in="election")
        registration.register_with_seat(facts=facts, unit=tree.county, seat=seat, by=clerk)


def facts_on_record() -> list[dict[str, Any]]:
    return list(KeyPerson.objects.order_by("pk").values())


@pytest.mark.usefixtures("registered")
def test_sheet_comes_back_whole_and_edited(clerk: User, tmp_path: Path) -> None:
    exporter, importer = exporter_of(KIND), importer_of("sanzhang.people")
    assert exporter is not None
    assert importer is not None
    sent = tmp_path / "people.xlsx"
    exporter.build(clerk, {"query": {}}, str(sent), quiet)
    back = through_office(sent)
    with back.open("rb") as file:
        plan = importer.read(clerk, {}, file, quiet, False)
    assert (plan.changes, plan.problems, plan.unchanged) == ([], [], len(HARD))

    before = facts_on_record()
    book = load_workbook(back)
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if "姓名" in [cell.value for cell in row])
    places = {cell.value: cell.column for cell in head}
    sheet.cell(head[0].row + 1, places["职称"]).value = "主任医师"
    sheet.cell(head[0].row + 1, places["联系电话"]).value = "13900000001"
    edited = tmp_path / "edited.xlsx"
    book.save(edited)
    with through_office(edited).open("rb") as file:
        plan = importer.read(clerk, {}, file, quiet, True)
    [change] = plan.changes
    assert {cell.key for cell in change.cells} == {"title", "phone"}
    importer.apply(clerk, {}, plan, quiet)
    changed = [(was, now) for was, now in zip(before, facts_on_record(), strict=True) if was != now]
    [(was, now)] = changed
    assert {name for name in was if was[name] != now[name]} == {
        "title", "phone_cipher", "phone_digest", "phone_mask", "revision", "updated_at"
    }  # fmt: skip


def test_drop_downs_follow_the_unit_of_their_row(tree: Tree, clerk: User, tmp_path: Path) -> None:
    """An office program picks the words by the cell beside: a county's, a township's, and all while the cell is empty."""
    occupations.load_defaults(by=SYSTEM)
    exporter = exporter_of(KIND)
    assert exporter is not None
    sent = tmp_path / "template.xlsx"
    exporter.build(clerk, {"blank": True}, str(sent), quiet)
    book = load_workbook(sent)
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if row[1].value == "姓名")
    columns = {cell.value: cell.column for cell in head}
    first = head[0].row + 1
    formulas = {
        next(iter(each.sqref.ranges)).bounds[0]: each.formula1
        for each in sheet.data_validations.dataValidation
    }
    beside = f"${get_column_letter(columns['任职单位'])}"
    shown = book.create_sheet("算")
    for line, unit in enumerate((tree.county, tree.township, tree.village, None)):
        sheet.cell(first + line, columns["任职单位"]).value = str(unit) if unit else None
        for place, label in enumerate(("职业身份", "职务")):
            asked = f"'{sheet.title}'!{beside}{first + line}"
            words = formulas[columns[label]].replace(f"{beside}{first}", asked)
            shown.cell(line + 1, 2 * place + 1).value = f"=COUNTA({words})"
            shown.cell(line + 1, 2 * place + 2).value = f"=INDEX({words},1,1)"
    book.save(sent)
    stored = load_workbook(through_office(sent), data_only=True)
    found = [tuple(cell.value for cell in row) for row in stored["算"].iter_rows()]
    by_level = {
        level: list(Occupation.objects.filter(seats__level=level).values_list("name", flat=True))
        for level in (3, 4, 5)
    }
    everything = list(Occupation.objects.values_list("name", flat=True))
    assert found == [
        (len(by_level[3]), by_level[3][0], 5, "代表"),
        (len(by_level[4]), by_level[4][0], 3, "委员"),
        (len(by_level[5]), by_level[5][0], 1, "队员"),
        (len(everything), everything[0], 6, found[3][3]),
    ]
    kept = [each.formula1 for each in stored.worksheets[0].data_validations.dataValidation]
    assert sum("OFFSET" in formula for formula in kept) == 2
