"""Phrases about who reported, who was late and what was wrong with reports."""

from __future__ import annotations

from core.formats import moment, number
from orgs.choices import Level
from reporting.choices import Timeliness
from reporting.papers.bulletin.wording import Wording
from reporting.papers.figures import Part
from reporting.papers.reading import Tardy
from reporting.selectors.completeness import Counts


def children(wording: Wording) -> str:
    """截至25日24时，16市中15市按时报送，聊城市迟报1天。"""
    own = [_own_report(part) for part in wording.figures.parts if part.level < Level.TOWNSHIP]
    if not own:
        return ""
    child = wording.child
    pending = sum(counts.pending for counts in own)
    on_time = sum(counts.on_time for counts in own)
    expected = sum(counts.expected for counts in own)
    edition = wording.figures.edition
    at = moment(edition.made_at) if pending else f"{_due_day(wording)}日24时"
    sentence = f"截至{at}，{expected}{child}中{on_time}{child}按时报送"
    if pending:
        sentence += f"，{pending}{child}尚未到期"
    return f"{sentence}{_tardy(wording)}。"


def faults(wording: Wording) -> str:
    """2份迟报，1份未报，3份因数据或材料问题被退回; empty where nothing was wrong."""
    charged = wording.figures.whole.charged
    parts = [
        f"{number(value)}份{word}"
        for value, word in (
            (charged.late, "迟报"),
            (charged.missing, "未报"),
            (charged.reviewed - charged.first_pass, "因数据或材料问题被退回"),
        )
        if value
    ]
    return "，".join(parts)


def _own_report(part: Part) -> Counts:
    """The part's own report without those below it."""
    if part.quality is None:
        return Counts()
    return part.quality.cities if part.level == Level.CITY else part.quality.counties


def _due_day(wording: Wording) -> int:
    cycle = wording.figures.edition.cycle
    due = cycle.city_due if wording.figures.edition.unit.level == Level.PROVINCE else cycle.county_due
    return due.day


def _tardy(wording: Wording) -> str:
    below = {part.unit_id for part in wording.figures.parts}
    found = [one for one in wording.book.tardy if one.unit_id in below]
    late = [one for one in found if one.timeliness == Timeliness.LATE]
    missing = [one for one in found if one.timeliness == Timeliness.MISSING]
    return _late(wording, late) + _missing(wording, missing)


def _late(wording: Wording, late: list[Tardy]) -> str:
    names = wording.names([one.name for one in late], 2)
    if not names:
        return f"，{len(late)}{wording.child}迟报" if late else ""
    days = {one.days for one in late}
    return f"，{names}迟报{f'{days.pop()}天' if len(days) == 1 else ''}"


def _missing(wording: Wording, missing: list[Tardy]) -> str:
    names = wording.names([one.name for one in missing], 2)
    if not names:
        return f"，{len(missing)}{wording.child}未报" if missing else ""
    return f"，{names}未报"
