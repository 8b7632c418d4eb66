"""The sheet of affiliates coming back: what it would do, tried on the rows themselves and taken back, then done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.db import transaction

from core import clock
from core.errors import DomainError
from core.keys import keys_in
from core.roundtrip import Plan, RowChange, RowProblem, compare, read_book
from files.registry import Importer, Progress
from orgs.choices import Organ, Standing
from orgs.exporters.affiliates import LIST
from orgs.layouts.affiliates import MEMBER_COLUMNS, ORGAN_COLUMNS, STATE_COLUMNS, layout, merged
from orgs.layouts.members import parse_split
from orgs.models import Affiliate, AffiliateKind, OrgUnit
from orgs.permissions import MANAGE_AFFILIATES, VIEW_UNITS
from orgs.selectors.affiliate_sheets import sheet_rows
from orgs.selectors.affiliates import visible_affiliates
from orgs.services import affiliate_facts, affiliates
from orgs.services.affiliates import COLUMNS, AffiliateFacts, OrganFacts

MOST_ROWS = 3_000
NOT_TEXT = ("kind", "founded_on", "has_party_group", "party_group_since")
#: Where a service's problem is shown when its field is called otherwise in the sheet.
COLUMN_OF = {
    "since": "state_since",
    "on": "state_since",
    "reason": "state_reason",
    "as_of": "members_on",
    "group": "group_members",
}


class _TakenBack(Exception):
    """Ends the trial: nothing of it stays."""


def _allowed(user: Any, params: dict[str, Any]) -> bool:
    return user.can_anywhere(MANAGE_AFFILIATES)


def _read(user: Any, params: dict[str, Any], file: IO[bytes], progress: Progress, locking: bool) -> Plan:
    form = layout()
    incoming = read_book(file, form)
    if len(incoming.rows) > MOST_ROWS:
        raise DomainError.of("too_many", f"一次最多导入 {MOST_ROWS:,} 行，请拆分后再上传。", "file")
    stated = incoming.keys()
    present = visible_affiliates(user).filter(pk__in=keys_in(stated))
    if locking:
        list(Affiliate.objects.filter(pk__in=present.values("pk")).order_by("pk").select_for_update())
    plan = compare(form, incoming, {str(row.pk): row for row in sheet_rows(present)})
    for change in plan.changes:
        if change.is_new and change.values.get("name"):
            change.name = change.values["name"]
    _try(user, plan, progress)
    return plan


def _try(user: Any, plan: Plan, progress: Progress) -> None:
    """Do every change that reads well, note what is refused, and take all of it back."""
    unread = {problem.row for problem in plan.problems}
    writer = _Writer(user)
    try:
        with transaction.atomic():
            for done, change in enumerate(plan.changes):
                progress(done, len(plan.changes), "正在核对")
                if change.row not in unread:
                    _try_one(writer, plan, change)
            raise _TakenBack
    except _TakenBack:
        plan.problems.sort(key=lambda problem: problem.row)


def _try_one(writer: _Writer, plan: Plan, change: RowChange) -> None:
    try:
        with transaction.atomic():
            writer.write(change)
    except DomainError as refused:
        for problem in refused.problems:
            field = problem.field or ""
            column = writer.fields.get(COLUMN_OF.get(field, field))
            message = problem.message
            if not problem.is_error:
                message = f"{message.split('。')[0]}。确需登记的，请在页面上办理。"
            label = column.label if column is not None else ""
            told = f"{change.name}：{message}"
            plan.problems.append(RowProblem(plan.sheet, change.row, label, told, problem.code))


def _apply(user: Any, params: dict[str, Any], plan: Plan, progress: Progress) -> str:
    writer = _Writer(user)
    for done, change in enumerate(plan.changes):
        progress(done, len(plan.changes), "正在导入")
        writer.write(change)
    added = len(plan.additions)
    return f"新增 {added:,} 个，修改 {len(plan.changes) - added:,} 个所属组织。"


class _Writer:
    """Writes rows through the services, as the person who brought the sheet."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self.fields = layout().by_key()
        self.kinds = {kind.key: kind for kind in AffiliateKind.objects.all()}

    def write(self, change: RowChange) -> None:
        values = merged(change.record, self.fields, change.values)
        facts = self._facts(values, change)
        if change.record is None:
            affiliate = affiliates.register(unit=self._unit_of(values), facts=facts, by=self.user)
        else:
            affiliate = change.record
            if "unit_code" in change.values:
                raise DomainError.of("unit_fixed", "指导单位不能在表中修改，请恢复原代码。", "unit_code")
            if change.values.keys() - {*STATE_COLUMNS, *MEMBER_COLUMNS}:
                affiliate = affiliates.update(
                    affiliate=affiliate, revision=affiliate.revision, facts=facts, by=self.user
                )
        self._write_members(affiliate, values, change)
        self._write_state(affiliate, values, change)

    def _write_members(self, affiliate: Affiliate, values: dict[str, Any], change: RowChange) -> None:
        """Before the state: an affiliate that exits in the same row may still have had members."""
        if not _asked(change, MEMBER_COLUMNS):
            return
        affiliate_facts.set_members(
            affiliate=affiliate,
            as_of=values.get("members_on") or clock.today(),
            personal=values.get("personal") or 0,
            group=values.get("group_members") or 0,
            by_occupation=parse_split(values.get("by_occupation") or ""),
            by=self.user,
        )

    def _write_state(self, affiliate: Affiliate, values: dict[str, Any], change: RowChange) -> None:
        if not _asked(change, STATE_COLUMNS):
            return
        state, day = values.get("state") or Standing.NORMAL, values.get("state_since")
        if change.record is None and state == Standing.NORMAL:
            return
        if day is None:
            raise DomainError.of("no_day", "变更状态的，请填写现状态起始日期。", "since")
        told: dict[str, Any] = {"reason": values.get("state_reason") or "", "by": self.user}
        if state == Standing.EXITED:
            affiliate_facts.exit_affiliate(affiliate=affiliate, on=day, **told)
        else:
            affiliate_facts.set_state(affiliate=affiliate, state=state, since=day, **told)

    def _unit_of(self, values: Mapping[str, Any]) -> OrgUnit:
        code = values.get("unit_code") or ""
        units = OrgUnit.objects.visible_to(self.user, VIEW_UNITS).open()
        unit = units.filter(division_code=code).first()
        if unit is None:
            raise DomainError.of(
                "no_unit", f"找不到代码为“{code}”的单位，或不在您的管辖范围内。", "unit_code"
            )
        return unit

    def _facts(self, values: Mapping[str, Any], change: RowChange) -> AffiliateFacts:
        plain = {name: values.get(name) or "" for name in COLUMNS if name not in NOT_TEXT}
        return AffiliateFacts(
            **plain,
            kind=self.kinds[values["kind"]],
            founded_on=values["founded_on"],
            has_party_group=bool(values.get("has_party_group")),
            party_group_since=values.get("party_group_since"),
            phone=change.values.get("phone"),
            organs=tuple(_organs(values)),
        )


def _asked(change: RowChange, columns: tuple[str, ...]) -> bool:
    """Whether the sheet says anything of these columns: a new row by filling one, an old one by changing one."""
    stated = [change.values[key] for key in columns if key in change.values]
    return bool(stated) if change.record is not None else any(value not in (None, "") for value in stated)


def _organs(values: Mapping[str, Any]) -> Iterator[OrganFacts]:
    for organ in Organ:
        told = {name: values.get(f"{organ}_{name}") for name in ORGAN_COLUMNS}
        if values.get(f"has_{organ}"):
            yield OrganFacts(organ=str(organ), **told)
        elif any(value is not None for value in told.values()):
            message = f"填了{organ.label}信息的，请将“设有{organ.label}”填为“是”。"
            raise DomainError.of("organ_not_there", message, f"has_{organ}")


IMPORTER = Importer(
    kind=LIST,
    title="导入所属组织",
    intro="下载名册，在表中修改或在末尾新增行，再上传。先核对预览，确认后一次写入；有一处不对就全部不写。",
    allowed=_allowed,
    read=_read,
    apply=_apply,
    back="orgs:affiliates",
    export=LIST,
)
