"""What must hold of an affiliate and its dated facts. Each function returns the problems it finds and saves nothing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping

from core.errors import Problem
from core.formats import day as written
from orgs.choices import DetailPart, Formation, Level, Standing
from orgs.models import AffiliateKind, OrgUnit
from orgs.rules.facts import EARLIEST

#: More members than any association of a province has: a slip of the keyboard.
MOST_MEMBERS = 5_000_000
MOST_SEATS = 2_000
_REGISTERED = re.compile(r"[0-9A-Za-z\u4e00-\u9fff（）()〔〕\[\]－—\-字第号 ]{2,40}")
#: Dots and quotes stand in names of societies; signs that only a computer writes do not.
_NAME = re.compile(r"[^\x00-\x1f\x7f<>{}|\\^~`]{2,80}")


def name_is_a_name(name: str) -> Iterator[Problem]:
    if not name:
        yield Problem("no_name", "请填写名称。", "name")
    elif not _NAME.fullmatch(name) or not re.search(r"[\u3400-\u9fffA-Za-z]", name):
        yield Problem("bad_name", "名称应为 2 至 80 个字，不含特殊符号。", "name")


def name_is_new(twins: Iterable[OrgUnit], unit: OrgUnit) -> Iterator[Problem]:
    """One affiliate is recorded once. ``twins``: who guides others of this name, here or above or below.

    The same name under the same unit is a double; one line up or down it may be, and passes once confirmed.
    """
    for twin in twins:
        if twin.pk == unit.pk:
            yield Problem("double", f"{unit}已登记同名组织，请在原记录上修改。", "name")
        else:
            yield Problem(
                "same_name_nearby",
                f"{twin}已登记同名组织。如果是同一个组织，不要重复登记；确不是同一个的，请勾选确认后再保存。",
                "name",
                "warning",
            )


def kind_fits(kind: AffiliateKind, unit: OrgUnit, *, was: int | None = None) -> Iterator[Problem]:
    """Which kinds there are at which level is data; a kind taken off the list stays with who has it."""
    if not kind.is_active and kind.pk != was:
        yield Problem("kind_off", f"“{kind}”已停用，请选择其他类别。", "kind")
    if unit.level not in kind.levels:
        at = "、".join(str(Level(level).label) for level in sorted(kind.levels))
        yield Problem("wrong_level", f"“{kind}”由{at}科协指导，{unit}是{unit.get_level_display()}。", "kind")


def parts_fit(kind: AffiliateKind, given: Mapping[DetailPart, str]) -> Iterator[Problem]:
    """``given``: parts of the record that were filled, each with the field that shows it."""
    for part, field in given.items():
        if not kind.has(part):
            label = part.label
            yield Problem("not_of_kind", f"“{kind}”不登记{label}，请清空后保存。", field)


def day_is_possible(
    on: dt.date | None, *, today: dt.date, field: str, label: str, since: dt.date | None = None
) -> Iterator[Problem]:
    """Not in the future, not before there were associations, not before ``since``, the founding."""
    if on is None:
        return
    if on > today:
        yield Problem("future", f"{label}不能晚于今天。", field)
    elif on < EARLIEST:
        yield Problem("too_early", f"{label}不能早于 {EARLIEST.year} 年，请检查。", field)
    elif since is not None and on < since:
        yield Problem("before_founding", f"{label}不能早于成立日期（{written(since)}）。", field)


def founding_precedes_history(founded_on: dt.date, *, until: dt.date | None) -> Iterator[Problem]:
    """``until``: the day that the first state on record ended."""
    if until is not None and founded_on >= until:
        yield Problem(
            "after_history",
            f"{written(until)}已有状态变化的登记，成立日期应早于该日。",
            "founded_on",
        )


def hosted_names_its_host(formation: str, host: str) -> Iterator[Problem]:
    """依托组建 says on whom it leans (Zhoukou 四(三)4)."""
    if formation == Formation.HOSTED and not host:
        yield Problem("no_host", "依托组建的，请填写依托单位。", "host")


def registered_number_is_one(number: str) -> Iterator[Problem]:
    if number and not _REGISTERED.fullmatch(number):
        yield Problem(
            "bad_number", "登记证号只含字母、数字、汉字、括号和横线，2 至 40 位。", "registered_number"
        )


def party_group_is_whole(has: bool, since: dt.date | None) -> Iterator[Problem]:
    """Party groups of societies are counted from their day (Chuzhou 三, 5 年内建 30 个)."""
    if since is not None and not has:
        yield Problem("no_party_group", "填了党组织成立日期的，请同时勾选“已建党组织”。", "has_party_group")


def phone_has_an_owner(phone: str, name: str) -> Iterator[Problem]:
    if phone and not name:
        yield Problem("no_contact", "填了电话的，请同时填写联系人。", "contact_name")


def organ_is_possible(
    field: str,
    label: str,
    *,
    since: dt.date | None,
    size: int | None,
    renews_on: dt.date | None,
    founded_on: dt.date,
    today: dt.date,
) -> Iterator[Problem]:
    """One body of its government: dates in order, a number of people that can be."""
    yield from day_is_possible(
        since, today=today, field=f"{field}_since", label=f"{label}成立或换届日期", since=founded_on
    )
    if renews_on is not None and since is not None and renews_on <= since:
        yield Problem("renews_before", f"{label}下次换届应晚于本届开始日期。", f"{field}_renews_on")
    if size is not None and not 1 <= size <= MOST_SEATS:
        yield Problem("bad_size", f"{label}人数应为 1 至 {MOST_SEATS:,} 的整数。", f"{field}_size")


def state_says_why(state: str, reason: str, *, present: str) -> Iterator[Problem]:
    """A dormant affiliate is named with its reason, so is an exit and what is taken up again after one (Jilin 二(二)3)."""
    if reason.strip():
        return
    if state in (Standing.DORMANT, Standing.EXITED):
        yield Problem("no_reason", f"登记为“{Standing(state).label}”的，请写明原因。", "reason")
    elif present == Standing.EXITED:
        yield Problem("no_reason", "退出后恢复的，请写明原因。", "reason")


def state_changes(state: str, *, present: str) -> Iterator[Problem]:
    if state == present:
        yield Problem("same_state", f"现状态已是“{Standing(state).label}”，无需再登记。", "state")


def has_not_exited(present: str) -> Iterator[Problem]:
    if present == Standing.EXITED:
        yield Problem("exited", "该组织已退出，不能再登记；如已恢复，请先变更状态。")


def fact_follows(on: dt.date, *, last: dt.date | None, field: str) -> Iterator[Problem]:
    """What is recorded now follows what is recorded already."""
    if last is not None and on < last:
        yield Problem("before_history", f"已有{written(last)}的登记，日期不能早于该日。", field)


def members_are_counts(personal: int, group: int, by_occupation: Mapping[str, int]) -> Iterator[Problem]:
    """Whole, not negative; those by occupation are not more than all (Zhoukou 四(三)5)."""
    for field, label, count in (("personal", "个人会员", personal), ("group", "团体会员", group)):
        if not 0 <= count <= MOST_MEMBERS:
            yield Problem("bad_count", f"{label}数应为 0 至 {MOST_MEMBERS:,} 的整数。", field)
    wrong = [label for label, count in by_occupation.items() if count < 1]
    if wrong:
        yield Problem("bad_count", f"{'、'.join(wrong)}的人数应为正整数。", "by_occupation")
    total = sum(by_occupation.values())
    if not wrong and total > max(personal, 0):
        yield Problem(
            "parts_exceed",
            f"分职业合计 {total:,} 人，多于个人会员 {personal:,} 人，请核对。",
            "by_occupation",
        )


def partner_unit_is_one(partner: OrgUnit, affiliate_unit: OrgUnit) -> Iterator[Problem]:
    """Partners on the territorial line are townships and villages of the same province (Yinzhou 二(二))."""
    if partner.closed_on is not None:
        yield Problem("closed", f"{partner}已撤销，不能对接。", "units")
    if partner.level < Level.TOWNSHIP:
        yield Problem("not_a_township", f"{partner}不是乡镇（街道）或村（社区）。", "units")
    if partner.province_id != affiliate_unit.province_id:
        yield Problem("other_province", f"{partner}不在本省。", "units")


def partner_has_a_name(name: str, *, known: bool) -> Iterator[Problem]:
    if len(name) < 2:
        yield Problem("no_name", "请填写对接单位的名称。", "name")
    elif known:
        yield Problem("double", f"已登记与{name}的对接，无需重复登记。", "name")
