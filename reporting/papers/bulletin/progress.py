"""一、总体进展: coverage, key people, who reported."""

from __future__ import annotations

from core.formats import moment, number
from orgs.choices import Level
from reporting.choices import Timeliness
from reporting.papers.bulletin.wording import Paragraph, Wording, percent
from reporting.papers.figures import Part
from reporting.papers.reading import Tardy
from reporting.selectors.completeness import Counts


def paragraphs(wording: Wording) -> list[Paragraph]:
    return [
        Paragraph("（一）组织覆盖情况。", _coverage(wording)),
        Paragraph("（二）“三长”吸纳情况。", _people(wording)),
        Paragraph("（三）报送情况。", _reporting(wording)),
    ]


def _coverage(wording: Wording) -> str:
    return (
        f"{wording.as_of}，{wording.whole}应建县级科协{wording.number('units_expected_county')}个，"
        f"已建{wording.number('units_established_county')}个，覆盖率{wording.rate_words('counties_established')}；"
        f"应建乡镇（街道）科协{wording.number('units_expected_township')}个，"
        f"已建{wording.number('units_established_township')}个，"
        f"覆盖率{wording.rate_words('townships_established')}{wording.change_words('townships_established')}；"
        f"应建村（社区）科协{wording.number('units_expected_village')}个，"
        f"已建{wording.number('units_established_village')}个，"
        f"覆盖率{wording.rate_words('villages_established')}{wording.change_words('villages_established')}。"
        f"“六有”达标乡镇（街道）科协{wording.number('six_haves_units')}个，占应建数的{wording.rate_words('six_haves')}。"
    )


def _people(wording: Wording) -> str:
    return (
        f"{wording.whole}在任“三长”{wording.number('key_people_total')}人，"
        f"其中进入县级科协领导机构{wording.number('key_people_county')}人、"
        f"乡镇（街道）科协领导机构{wording.number('key_people_township')}人，"
        f"担任兼职、挂职主席和副主席{wording.number('vice_chairs')}人；"
        f"卫生、教育、农林领域分别为{wording.number('key_people_health')}人、"
        f"{wording.number('key_people_education')}人和{wording.number('key_people_agriculture')}人。"
        f"吸纳“三长”的县（市、区）{wording.number('counties_covered')}个、"
        f"乡镇（街道）{wording.number('townships_covered')}个，"
        f"覆盖率分别为{wording.rate_words('counties_covered')}和{wording.rate_words('townships_covered')}"
        f"{wording.change_words('townships_covered')}。"
        f"本期新吸纳{wording.number('recruited')}人，其中换届选举{wording.number('recruited_election')}人、"
        f"届中增补{wording.number('recruited_co_option')}人；离任{wording.number('left')}人。"
    )


def _reporting(wording: Wording) -> str:
    charged = wording.figures.whole.charged
    return (
        f"{_children(wording)}"
        f"市、县两级月报应报{number(charged.expected)}份，按时报送{number(charged.on_time)}份，"
        f"按时率{percent(charged.on_time_rate)}，一次通过率{percent(charged.first_pass_rate)}。"
    )


def _children(wording: Wording) -> str:
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
