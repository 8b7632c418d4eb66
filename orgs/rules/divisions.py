"""Reading a list of divisions: levels by digits, pseudo-divisions, functional zones, quasi-divisions, refusals.

The codes are those of the National Bureau of Statistics (统计用区划代码). Some rows are no divisions: they stand only
because a code must have so many digits (省直辖县级行政区划 ``4190``, 市辖区 ``1101``, the county ``441900`` of a city
without counties). They are left out and what hangs on them hangs one level higher.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.errors import Problem
from orgs.choices import CODE_DIGITS, Level, UnitKind

LEVEL_OF_DIGITS = {digits: level for level, digits in CODE_DIGITS.items()}
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})
NAME_LIMIT = 80
DISPLAY_LIMIT = 160
PROPOSED_UNEXPECTED = frozenset({UnitKind.ZONE, UnitKind.QUASI})

_PSEUDO_NAMES = frozenset({"市辖区", "县"})
_DIRECT_COUNTIES = re.compile(r"直辖县级行政(区划|单位)$")
_QUASI_NAME = re.compile(r"类似|虚拟|生活区$")
_ORDINARY_TOWNSHIP = re.compile(r"(街道|街道办事处|[^小乡]镇|[^处]乡|苏木)$")
_ORDINARY_VILLAGE = re.compile(r"(村民委员会|居民委员会|村委会|居委会)$")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ufffd\\]")


@dataclass(frozen=True, slots=True)
class DivisionRow:
    """One line of the list as it was read."""

    line: int
    code: str
    name: str
    columns: int = 2


@dataclass(slots=True)
class Division:
    """A division that becomes a unit."""

    code: str
    name: str
    level: Level
    kind: UnitKind
    parent_code: str | None
    display_name: str = ""

    @property
    def is_expected(self) -> bool:
        """What the import proposes; the city confirms it."""
        return self.kind not in PROPOSED_UNEXPECTED


@dataclass(slots=True)
class DivisionList:
    """A list as it was understood: divisions in code order, the rows left out, and what is wrong by line."""

    divisions: list[Division] = field(default_factory=list)
    skipped: list[DivisionRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def understand(rows: Iterable[DivisionRow], *, known: dict[str, str] | None = None) -> DivisionList:
    """The divisions of ``rows``. ``known`` are the codes with display names that the tree holds already: a row may
    hang on them, and they count where a county's name must be unique."""
    known = known or {}
    sound, problems = _sound_rows(rows)
    pseudo = {code for code, row in sound.items() if _is_pseudo(row, sound, known)}
    found = DivisionList(skipped=[sound[code] for code in sorted(pseudo)], problems=problems)
    present = (sound.keys() - pseudo) | known.keys()
    for code in sorted(sound.keys() - pseudo):
        row = sound[code]
        parent = _parent_code(code, present, pseudo)
        if parent is None and len(code) > CODE_DIGITS[Level.PROVINCE]:
            found.problems.append(_orphan(row))
            continue
        level = LEVEL_OF_DIGITS[len(code)]
        found.divisions.append(Division(code, row.name, level, kind_of(code, row.name), parent))
    if not sound and not problems:
        found.problems.append(Problem("empty", "文件中没有区划。请检查文件内容。"))
    found.problems.extend(_name_for_display(found.divisions, sound, known))
    found.problems.sort(key=lambda problem: problem.meta.get("line", 0))
    return found


def kind_of(code: str, name: str) -> UnitKind:
    """功能区 have 71–79 at digits 5–6; 类似单位 4xx–5xx at their own three digits unless their name is an ordinary
    one (商都路街道 is 410104570), or are called so."""
    level = LEVEL_OF_DIGITS[len(code)]
    if level == Level.COUNTY:
        return UnitKind.ZONE if 71 <= int(code[4:6]) <= 79 else UnitKind.REGULAR
    if level < Level.TOWNSHIP:
        return UnitKind.REGULAR
    if _QUASI_NAME.search(name):
        return UnitKind.QUASI
    ordinary = _ORDINARY_TOWNSHIP if level == Level.TOWNSHIP else _ORDINARY_VILLAGE
    is_quasi = code[-3] in "45" and not ordinary.search(name)
    return UnitKind.QUASI if is_quasi else UnitKind.REGULAR


def is_pseudo_code(code: str) -> bool:
    """Whether a code alone says that it is no division: ``xx90``, the cities of a municipality, ``xxxx00``."""
    if len(code) == CODE_DIGITS[Level.CITY]:
        return code[2:] == "90" or (code[:2] in MUNICIPALITIES and code[2:] in ("01", "02"))
    return len(code) == CODE_DIGITS[Level.COUNTY] and code[4:] == "00"


def _is_pseudo(row: DivisionRow, rows: dict[str, DivisionRow], known: dict[str, str]) -> bool:
    if len(row.code) == CODE_DIGITS[Level.CITY]:
        return (
            row.name in _PSEUDO_NAMES or bool(_DIRECT_COUNTIES.search(row.name)) or is_pseudo_code(row.code)
        )
    if len(row.code) != CODE_DIGITS[Level.COUNTY]:
        return False
    if row.name in _PSEUDO_NAMES or is_pseudo_code(row.code):
        return True
    city = row.code[:4]
    city_name = rows[city].name if city in rows else known.get(city)
    return row.name == city_name and row.code.endswith("01")


def _sound_rows(rows: Iterable[DivisionRow]) -> tuple[dict[str, DivisionRow], list[Problem]]:
    sound: dict[str, DivisionRow] = {}
    problems: list[Problem] = []
    for row in rows:
        wrong = _row_problem(row)
        if wrong is None and row.code in sound:
            wrong = ("duplicate", f"代码 {row.code} 与第 {sound[row.code].line} 行重复，请删去一行。", "code")
        if wrong is None:
            sound[row.code] = row
        else:
            problems.append(_problem(row, *wrong))
    return sound, problems


def _row_problem(row: DivisionRow) -> tuple[str, str, str] | None:
    code, name = row.code, row.name
    if row.columns != 2:
        return "bad_columns", f"应为 code,name 两列，现为 {row.columns} 列。", "code"
    if not code.isascii() or not code.isdigit() or len(code) not in LEVEL_OF_DIGITS:
        return "bad_code", f"代码“{code[:20]}”应为 2、4、6、9 或 12 位数字。", "code"
    if not name:
        return "empty_name", f"代码 {code} 的名称为空。", "name"
    if len(name) > NAME_LIMIT:
        return "long_name", f"代码 {code} 的名称超过 {NAME_LIMIT} 字。", "name"
    if _UNPRINTABLE.search(name):
        return "bad_name", f"代码 {code} 的名称含有无法显示的字符。", "name"
    return None


def _problem(row: DivisionRow, code: str, message: str, column: str) -> Problem:
    return Problem(code, f"第 {row.line} 行：{message}", field=column, meta={"line": row.line})


def _orphan(row: DivisionRow) -> Problem:
    parent = row.code[: CODE_DIGITS[Level(LEVEL_OF_DIGITS[len(row.code)] - 1)]]
    return _problem(
        row, "no_parent", f"{row.name}（{row.code}）的上级 {parent} 不在文件中，请补上或更正代码。", "code"
    )


def _parent_code(code: str, present: set[str], pseudo: set[str]) -> str | None:
    """The nearest division above; ``None`` where it is missing."""
    for digits in sorted(LEVEL_OF_DIGITS, reverse=True):
        if digits >= len(code):
            continue
        above = code[:digits]
        if above in present:
            return above
        if above not in pseudo and not is_pseudo_code(above):
            return None
    return None


def _name_for_display(
    divisions: list[Division], rows: dict[str, DivisionRow], known: dict[str, str]
) -> list[Problem]:
    """Set the display names: a township stands with its county, a village with both, a county with its city where
    another county of the province has the same name."""
    counties: dict[tuple[str, str], set[str]] = {}
    for division in divisions:
        if division.level == Level.COUNTY:
            counties.setdefault((division.code[:2], division.name), set()).add(division.code)
    for code, name in known.items():
        if len(code) == CODE_DIGITS[Level.COUNTY]:
            counties.setdefault((code[:2], name), set()).add(code)
    shown = dict(known)
    problems = []
    for division in divisions:
        above = shown.get(division.parent_code or "", "")
        is_alone = len(counties.get((division.code[:2], division.name), ())) < 2
        division.display_name = display_name(division.level, division.name, above, is_alone=is_alone)
        shown.setdefault(division.code, division.display_name)
        if len(division.display_name) > DISPLAY_LIMIT:
            message = f"代码 {division.code} 连同上级的名称超过 {DISPLAY_LIMIT} 字。"
            problems.append(_problem(rows[division.code], "long_name", message, "name"))
    return problems


def display_name(level: int, name: str, above: str, *, is_alone: bool = True) -> str:
    """``name`` with what must stand before it, never twice: 历下区 + 解放路街道 → 历下区解放路街道."""
    if level <= Level.CITY or (level == Level.COUNTY and is_alone) or name.startswith(above):
        return name
    return f"{above}{name}"
