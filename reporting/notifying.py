"""Who is told of which act: subscriptions to the audit trail, made at start."""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Delegation, User
from accounts.roles import Role
from accounts.selectors import people_at, people_at_many
from audit.models import AuditEvent
from audit.services import listen
from core.formats import short_day
from notices.registry import register_days_off, register_settled
from notices.services import tell
from orgs.choices import Level
from reporting.choices import Timeliness
from reporting.models import BurdenFeedback, CorrectionCase, Cycle, Issue, Report
from reporting.selectors.days_off import is_day_off
from reporting.selectors.deadline import due_day
from reporting.services.reminding import settled


def _tell_desk(event: AuditEvent, *, unit_id: int, role: Role, title: str, body: str, link: str) -> None:
    tell(
        users=people_at(unit_id, [role]),
        key=f"event:{event.pk}",
        kind=event.kind,
        title=title,
        body=body,
        link=link,
    )


def on_submitted(event: AuditEvent) -> None:
    """The reviewing desk hears of a submission; what is accepted by itself needs nobody."""
    report: Report = event.subject
    if report.custodian_id == report.reviewer_id:
        return
    late = "（迟报）" if report.timeliness() == Timeliness.LATE else ""
    _tell_desk(
        event,
        unit_id=report.reviewer_id,
        role=Role.REVIEWER,
        title=f"{report.unit_name}上报{report.cycle.title}{late}",
        body=str(event.data.get("note") or "请及时审核。"),
        link=reverse("reporting:review", args=[report.pk]),
    )


def on_returned(event: AuditEvent) -> None:
    report: Report = event.subject
    _tell_desk(
        event,
        unit_id=report.custodian_id,
        role=Role.REPORTER,
        title=f"{report.unit_name}{report.cycle.title}被退回",
        body=f"{event.data.get('note', '')}。请按意见修改后重新上报。",
        link=reverse("reporting:fill", args=[report.pk]),
    )


def on_accepted(event: AuditEvent) -> None:
    report: Report = event.subject
    _tell_desk(
        event,
        unit_id=report.custodian_id,
        role=Role.REPORTER,
        title=f"{report.unit_name}{report.cycle.title}已审核通过",
        body=str(event.data.get("note") or ""),
        link=reverse("reporting:report", args=[report.pk]),
    )


#: How the desk that types is told of what its superior granted or withdrew.
EXCUSES = {
    "report.exempt": "已批准免报",
    "report.exemption_lifted": "的免报已取消，请按期上报",
    "report.defer": "已批准缓报",
    "report.deferral_lifted": "的缓报已取消，请按原截止日上报",
}


def on_excused(event: AuditEvent) -> None:
    report: Report = event.subject
    until = f"缓报至{short_day(due_day(report.deferred_to))}。" if report.deferred_to else ""
    _tell_desk(
        event,
        unit_id=report.custodian_id,
        role=Role.REPORTER,
        title=f"{report.unit_name}{report.cycle.title}{EXCUSES[event.kind]}",
        body=f"{until}原因：{event.data['reason']}",
        link=reverse("reporting:report", args=[report.pk]),
    )


def on_sign_off_asked(event: AuditEvent) -> None:
    report: Report = event.subject
    _tell_desk(
        event,
        unit_id=report.custodian_id,
        role=Role.LEADER,
        title=f"请签批：{report.unit_name}{report.cycle.title}",
        body="填报员已送签，请审阅数据后签批。",
        link=reverse("reporting:sign", args=[report.pk]),
    )


def on_signed(event: AuditEvent) -> None:
    report: Report = event.subject
    agreed = event.kind == "report.sign"
    _tell_desk(
        event,
        unit_id=report.custodian_id,
        role=Role.REPORTER,
        title=f"{report.cycle.title}{'领导已签批，可以上报' if agreed else '领导退回修改'}",
        body=str(event.data.get("note") or ""),
        link=reverse("reporting:fill", args=[report.pk]),
    )


def on_case(event: AuditEvent) -> None:
    """The superior whose turn it is hears of a case; the desk that opened it hears how it ended."""
    case: CorrectionCase = event.subject
    link = reverse("reporting:case", args=[case.pk])
    waiting = case.steps.filter(confirmed__isnull=True).order_by("order").first()
    what = f"{case.report.unit_name}{case.report.cycle.title}{case.get_kind_display()}"
    if event.kind in ("case.open", "case.step") and waiting is not None:
        _tell_desk(
            event,
            unit_id=waiting.unit_id,
            role=Role.REVIEWER,
            title=f"请确认：{what}",
            body=case.reason,
            link=link,
        )
    elif event.kind in ("case.confirmed", "case.refused"):
        desks = {case.report.custodian_id, *case.steps.values_list("unit_id", flat=True)}
        tell(
            users=people_at_many(desks, [Role.REPORTER, Role.REVIEWER]),
            key=f"event:{event.pk}",
            kind=event.kind,
            title=f"{what}{'已生效，汇总数随之变动' if event.kind == 'case.confirmed' else '未获同意'}",
            body=str(event.data.get("note") or ""),
            link=link,
        )


def on_issue(event: AuditEvent) -> None:
    """Who raised an entry hears of the answer; the desk whose turn it now is hears of what was passed up or reopened."""
    issue: Issue = event.subject
    link, kind = reverse("reporting:issue", args=[issue.pk]), issue.get_kind_display()
    if event.kind == "issue.answered":
        unit_id, role, title = issue.report.custodian_id, Role.REPORTER, f"上级答复了你单位反映的{kind}"
    else:
        word = "转报" if event.kind == "issue.passed_up" else "再次反映"
        unit_id, role, title = issue.desk_id, Role.REVIEWER, f"请答复：{issue.unit.name}{word}的{kind}"
    body = f"{issue.text[:60]}　{event.data.get('text', '')}"
    _tell_desk(event, unit_id=unit_id, role=role, title=title, body=body, link=link)


def on_delegated(event: AuditEvent) -> None:
    """The deputy hears what is now hers to do, and until when."""
    lent: Delegation = event.subject
    tell(
        users=[lent.deputy],
        key=f"event:{event.pk}",
        kind=event.kind,
        title=f"{lent.principal.name}委托您代行{lent.get_role_display()}",
        body=f"{short_day(lent.starts_on)}至{short_day(lent.ends_on)}，{lent.reason}。",
        link=reverse("accounts:own"),
    )


def on_feedback(event: AuditEvent) -> None:
    """The province's designers hear of a 减负意见."""
    row: BurdenFeedback = event.subject
    _tell_desk(
        event,
        unit_id=row.report.unit.province_id or row.report.unit_id,
        role=Role.REVIEWER,
        title=f"减负意见：{row.report.unit_name}",
        body=row.text,
        link=reverse("reporting:feedback"),
    )


def on_feedback_answered(event: AuditEvent) -> None:
    """Who made the remark hears what was answered."""
    row: BurdenFeedback = event.subject
    tell(
        users=User.objects.filter(pk__in=[pk for pk in [row.by_id] if pk], is_active=True),
        key=f"event:{event.pk}",
        kind=event.kind,
        title=f"您的减负意见已答复（{row.get_state_display()}）",
        body=row.answer,
        link=f"{reverse('reporting:feedback')}#feedback-{row.pk}",
        mail=False,
    )


def on_cycle_opened(event: AuditEvent) -> None:
    """Every desk that types hears that the month is open."""
    cycle: Cycle = event.subject
    desks = set(
        cycle.reports.filter(level__gt=Level.PROVINCE).values_list("custodian_id", flat=True).distinct()
    )
    tell(
        users=people_at_many(desks, [Role.REPORTER]),
        key=f"open:{cycle.pk}",
        kind=event.kind,
        title=f"{cycle.label}{cycle.collection.name}开始填报",
        body=f"统计期{short_day(cycle.window_first)}至{short_day(cycle.window_last)}；"
        f"县级{short_day(cycle.county_due)}、市级{short_day(cycle.city_due)}截止。{cycle.collection.note}",
        link=reverse("reporting:desk"),
        mail=False,
    )


def subscribe() -> None:
    """Called once at start."""
    listen("report.submit", on_submitted)
    listen("report.return", on_returned)
    listen("report.return_accepted", on_returned)
    listen("report.accept", on_accepted)
    for kind in EXCUSES:
        listen(kind, on_excused)
    listen("report.ask_sign_off", on_sign_off_asked)
    listen("report.sign", on_signed)
    listen("report.refuse_to_sign", on_signed)
    for kind in ("case.open", "case.step", "case.confirmed", "case.refused"):
        listen(kind, on_case)
    for kind in ("issue.answered", "issue.passed_up", "issue.reopened"):
        listen(kind, on_issue)
    listen("accounts.delegated", on_delegated)
    listen("report.feedback", on_feedback)
    listen("report.feedback_answered", on_feedback_answered)
    listen("cycle.open", on_cycle_opened)
    for kind in ("reminder", "missing"):
        register_settled(kind, settled)
    register_days_off(is_day_off)
