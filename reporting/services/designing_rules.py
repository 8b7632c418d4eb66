"""What a draft demands of its own cells: rules in the language of expressions, kept in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from audit.services import record
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem
from reporting.expressions import ExpressionError, Vocabulary, canonical, cells_of, read, say
from reporting.models import FormVersion
from reporting.rules.filling import BLANK
from reporting.rules.forms import read_demand, rule_data, vocabulary
from reporting.selectors.designing import items_of, registry_names
from reporting.services.designing import locked_draft

MOST_RULES = 100


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """One rule as the designer writes it: names in brackets or keys; ``message`` may hold ``{expression}``."""

    demand: str
    field: str
    message: str = ""
    blocks: bool = True


@transaction.atomic
def add_rule(*, version: FormVersion, facts: RuleFacts, by: Actor) -> FormVersion:
    """添加核对关系. Raises :class:`DomainError` with what is wrong and at which character."""
    return _change(version, by, "添加", lambda rules, kept: [*rules, kept], facts)


@transaction.atomic
def change_rule(*, version: FormVersion, number: int, facts: RuleFacts, by: Actor) -> FormVersion:
    """修改第 ``number`` 条."""

    def put(rules: list[dict], kept: dict) -> list[dict]:
        _demand_number(rules, number)
        return [*rules[: number - 1], {**kept, "code": rules[number - 1]["code"]}, *rules[number:]]

    return _change(version, by, "修改", put, facts)


@transaction.atomic
def remove_rule(*, version: FormVersion, number: int, by: Actor) -> FormVersion:
    """删除第 ``number`` 条."""

    def drop(rules: list[dict], _kept: dict) -> list[dict]:
        _demand_number(rules, number)
        return [*rules[: number - 1], *rules[number:]]

    return _change(version, by, "删除", drop, None)


def _demand_number(rules: list[dict], number: int) -> None:
    if not 1 <= number <= len(rules):
        raise Conflict.of("rule_gone", "这条核对关系已被修改，请刷新页面。")


def _change(
    version: FormVersion,
    by: Actor,
    what: str,
    change: Callable[[list[dict], dict], list[dict]],
    facts: RuleFacts | None,
) -> FormVersion:
    draft = locked_draft(version, by)
    kept = _kept(draft, facts) if facts is not None else {}
    draft.rules = change(list(draft.rules), kept)
    if len(draft.rules) > MOST_RULES:
        raise DomainError.of("too_many_rules", f"核对关系最多{MOST_RULES}条。")
    draft.save(update_fields=["rules"])
    record(
        kind="form.rule",
        by=by,
        unit=draft.form.owner,
        obj=draft,
        summary=f"{what}核对关系：{draft}",
        data={"rule": kept},
    )
    return draft


def _kept(draft: FormVersion, facts: RuleFacts) -> dict[str, str]:
    words = vocabulary(items_of(draft), registry_names())
    problems: list[Problem] = []
    if facts.field not in words.items:
        problems.append(Problem("unknown_item", "请选择提示显示在哪一项。", "field"))
    try:
        node = read_demand(facts.demand, words)
    except ExpressionError as error:
        raise DomainError([*problems, Problem("bad_rule", str(error), "demand")]) from None
    message = facts.message.strip()[:300] or f"不符合核对关系：{say(node, names_of(words))}。"
    message, broken = _kept_message(message, words)
    problems += broken
    if problems:
        raise DomainError(problems)
    level = "error" if facts.blocks else "warning"
    return rule_data({"field": facts.field, "level": level, "message": message}, canonical(node))


def names_of(words: Vocabulary) -> dict[str, str]:
    """Names by key, as rules are said in."""
    names = dict(words.registry)
    for key, word in words.items.items():
        names[key] = word.name
        names |= {f"{key}.{column}": f"{word.name}·{name}" for column, name in word.columns.items()}
    return names


def _kept_message(message: str, words: Vocabulary) -> tuple[str, list[Problem]]:
    """The message with what stands in braces by its keys, and what is wrong there."""
    problems: list[Problem] = []

    def kept(match: re.Match[str]) -> str:
        try:
            node = read(match[1], words.keys_by_name)
            if not cells_of(node) <= set(words.items):
                raise ExpressionError("本表没有这一项。", node.at)
        except ExpressionError as error:
            problems.append(Problem("bad_message", f"提示语中的“{match[0]}”：{error}", "message"))
            return match[0]
        return f"{{{canonical(node)}}}"

    return BLANK.sub(kept, message), problems
