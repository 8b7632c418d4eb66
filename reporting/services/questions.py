"""Keeping a question under a name, for oneself, one's unit, or all units of one's level."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from audit.services import record
from core import clock
from core.errors import Forbidden, Problem, check
from reporting.choices import Sharing
from reporting.models import SavedQuestion
from reporting.permissions import VIEW_REPORTS

#: How many questions one person may keep.
MOST = 60
NAME_LIMIT, QUERY_LIMIT = 40, 2000


@transaction.atomic
def keep_question(*, name: str, query: str, sharing: str, by: Any) -> SavedQuestion:
    """Keep ``query`` under ``name``; the same name of one's own is replaced. It holds no figures: who opens it sees those
    that they may see."""
    if by.unit is None or not by.can(VIEW_REPORTS, by.unit):
        raise Forbidden.for_action("保存查询")
    name = name.strip()
    own = SavedQuestion.objects.select_for_update().filter(owner=by)
    question = own.filter(name=name).first() or SavedQuestion(owner=by, name=name)
    problems = _problems(name, query)
    if question.pk is None and own.count() >= MOST:
        problems.append(Problem("too_many", f"每人最多保存 {MOST} 个查询，请先删除不用的。", "name"))
    check(problems)
    question.unit, question.query, question.sharing = by.unit, query, Sharing(sharing)
    question.saved_at = clock.now()
    question.save()
    _record("kept", question, by, f"保存查询“{name}”（{question.get_sharing_display()}）")
    return question


@transaction.atomic
def forget_question(*, question: SavedQuestion, by: Any) -> None:
    """Only who keeps it may; colleagues it was shared with lose it."""
    held = SavedQuestion.objects.select_for_update().get(pk=question.pk)
    if held.owner_id != by.pk:
        raise Forbidden.for_action("删除他人保存的查询")
    _record("forgotten", held, by, f"删除查询“{held.name}”")
    held.delete()


def _problems(name: str, query: str) -> list[Problem]:
    problems = []
    if not name:
        problems.append(Problem("no_name", "请填写名称。", "name"))
    if len(name) > NAME_LIMIT:
        problems.append(Problem("long_name", f"名称最多 {NAME_LIMIT} 个字。", "name"))
    if not query:
        problems.append(Problem("no_query", "还没有查询结果，请先选择指标并查询。", "name"))
    if len(query) > QUERY_LIMIT:
        problems.append(Problem("long_query", "查询条件过长，请减少指标或单位后再保存。", "name"))
    return problems


def _record(act: str, question: SavedQuestion, by: Any, summary: str) -> None:
    record(
        kind=f"reporting.question_{act}",
        by=by,
        unit=question.unit,
        obj=question,
        summary=summary,
        data={"query": question.query, "sharing": question.sharing},
    )
