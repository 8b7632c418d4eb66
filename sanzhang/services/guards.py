"""What every act asks first: may the actor, were the warnings explained, what did the database refuse."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction

from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem, check
from core.permissions import Permission
from orgs.models import OrgUnit

#: What the constraints of the database mean in words.
_REFUSALS = {
    "sanzhang_no_two_seats_in_one_body": Problem(
        "second_seat", "此人在同一机构的任职时间重叠，请先办理原任职的离任。", "position"
    ),
    "sanzhang_one_open_candidacy": Problem(
        "candidacy_open", "此人在该机构已有办理中的吸纳程序。", "position"
    ),
    "sanzhang_term_once": Problem("term_twice", "该届次已登记，请核对届次。", "ordinal"),
    "sanzhang_one_present_term": Problem("term_open", "该机构已有在届届次，请使用“换届”。", "starts_on"),
    "sanzhang_terms_do_not_overlap": Problem(
        "terms_overlap", "届期与已登记的届次重叠，请核对日期。", "starts_on"
    ),
    "sanzhang_filed_once_each": Problem("filed_twice", "已向该机关备案，无需重复登记。", "authority"),
    "sanzhang_step_decided_once": Problem("step_twice", "该环节刚刚已登记，请刷新页面查看。", "step"),
}


def ensure(by: Actor, permission: Permission, unit: Any) -> None:
    """Raise :class:`Forbidden` unless ``permission`` reaches ``unit`` for ``by``."""
    if not by.can(permission, unit):
        raise Forbidden.for_action(permission.label)


def hold(unit: OrgUnit | int) -> None:
    """Those who write for one unit come one after the other; its row is held until the transaction ends."""
    key = unit if isinstance(unit, int) else unit.pk
    OrgUnit.objects.select_for_update(of=("self",), no_key=True).get(pk=key)


def settle(problems: Iterable[Problem], explanation: str) -> list[Problem]:
    """Raise when there is an error, or a warning that nobody explained; else return the explained warnings."""
    warnings = check(problems)
    if warnings and not explanation.strip():
        raise DomainError(warnings)
    return warnings


def explained(warnings: list[Problem], explanation: str) -> dict[str, Any]:
    """The warnings that were passed, and why, as the audit trail keeps them."""
    if not warnings:
        return {}
    return {"warnings": [problem.code for problem in warnings], "explanation": explanation.strip()}


def named(error: DomainError, name: str, *, field: str | None = None, **meta: Any) -> list[Problem]:
    """The problems of one of many, the name before each; at ``field`` where the page shows them together."""
    return [
        dataclasses.replace(
            problem,
            message=f"{name}：{problem.message}",
            field=field or problem.field,
            meta=problem.meta | meta,
        )
        for problem in error.problems
    ]


def changed(
    before: Mapping[str, Any], after: Mapping[str, Any], *, hidden: Collection[str] = ()
) -> dict[str, list[Any]]:
    """Old and new of what differs between two readings, as the audit trail keeps them; of ``hidden`` that it does."""
    return {
        name: ["（已隐去）", "（已隐去）"] if name in hidden else [before[name], after[name]]
        for name in after
        if before[name] != after[name]
    }


@contextmanager
def refused_in_words() -> Iterator[None]:
    """Turn the database's own refusal of what two people did at once into a :class:`Conflict`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        problem = _REFUSALS.get(getattr(diagnosis, "constraint_name", "") or "")
        if problem is None:
            raise
        raise Conflict(problem) from error
