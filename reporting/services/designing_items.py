"""Items of a draft: taken from what is known, or made new; what its kind needs is checked at once, the whole at publishing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from audit.services import record
from core.actor import Actor
from core.errors import Conflict, DomainError, Problem, check
from reporting.choices import COLUMN_KINDS, IssueKind, Source, ValueKind
from reporting.expressions import ExpressionError, canonical, cells_of, read
from reporting.file_kinds import ENDINGS
from reporting.models import FormItem, FormVersion, Indicator, Section, TableColumn
from reporting.rules.forms import (
    MOST_COLUMNS,
    bounds_fit,
    read_formula,
    rollup_fits,
    typed_words,
    vocabulary,
)
from reporting.selectors.designing import items_of, registry_names
from reporting.services.designing import is_own, locked_draft

_KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """One column as the designer wants it; ``options`` are names."""

    name: str
    kind: str
    unit: str = ""
    is_key: bool = False
    is_required: bool = False
    options: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class MeaningFacts:
    """What an indicator is: settled once it was published, except for its definition."""

    name: str
    value_kind: str
    source: str = Source.TYPED
    unit_label: str = ""
    space: str = "none"
    time: str = "none"
    definition: str = ""
    clause: str = ""
    may_have_target: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """How one version asks for an indicator; ``raises`` (None: as it is) holds for the narrative in every version."""

    section: Section
    owed_by: Sequence[int] = ()
    required_at: Sequence[int] = ()
    help_text: str = ""
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    options: Sequence[str] = ()
    formula: str = ""
    file_kinds: Sequence[str] = ()
    file_count: int = 0
    definition: str = ""
    raises: str | None = None
    columns: Sequence[ColumnFacts] = field(default_factory=tuple)


@transaction.atomic
def take_indicator(*, version: FormVersion, indicator: Indicator, section: Section, by: Actor) -> FormItem:
    """Add an indicator that other forms know, or that the registry computes. Raises :class:`Conflict` where it is in."""
    draft = locked_draft(version, by)
    if draft.items.filter(indicator=indicator).exists():
        raise Conflict.of("item_exists", f"“{indicator.name}”已在表内。")
    before = indicator.items.order_by("-version__published_at", "-pk").first()
    said = {
        name: getattr(before, name)
        for name in ("owed_by", "required_at", "help_text", "max_length", "minimum", "maximum")
        if before is not None
    }
    settled = {
        name: getattr(before, name) for name in ("options", "file_kinds", "file_count") if before is not None
    }
    item = FormItem.objects.create(
        version=draft, section=section, indicator=indicator, order=_next(section), **said, **settled
    )
    if before is not None:
        TableColumn.objects.bulk_create(_copies(item, before.columns.all()))
    _record(draft, item, by, "添加")
    return item


def _copies(item: FormItem, columns: Iterable[TableColumn]) -> list[TableColumn]:
    names = ("key", "name", "value_kind", "unit_label", "is_key", "is_required", "options", "order")
    return [TableColumn(item=item, **{name: getattr(column, name) for name in names}) for column in columns]


def _next(section: Section) -> int:
    return (section.items.aggregate(last=Max("order"))["last"] or 0) + 1


@transaction.atomic
def add_item(*, version: FormVersion, meaning: MeaningFacts, facts: ItemFacts, by: Actor) -> FormItem:
    """Add a new indicator to the draft.

    Raises:
        DomainError: what is missing or does not go together, by the field of the designer's form.
    """
    draft = locked_draft(version, by)
    check(_meaning_problems(meaning, None))
    indicator = Indicator.objects.create(key=meaning.key.strip() or _free_key(), **_kept_meaning(meaning))
    item = FormItem.objects.create(
        version=draft, section=facts.section, indicator=indicator, order=_next(facts.section)
    )
    _write(draft, item, facts)
    _record(draft, item, by, "添加")
    return item


@transaction.atomic
def change_item(
    *, item: FormItem, facts: ItemFacts, by: Actor, meaning: MeaningFacts | None = None
) -> FormItem:
    """Change how the draft asks; with ``meaning`` also what it asks, while the indicator stands nowhere else.

    Raises:
        DomainError: as for adding. Conflict: the indicator is used by another version.
    """
    draft = locked_draft(item.version, by)
    fresh = FormItem.objects.select_related("indicator", "section").get(pk=item.pk)
    if meaning is not None:
        if not is_own(fresh):
            raise Conflict.of("indicator_shared", "这个指标已在别的版本中使用，只能作口径调整。", "name")
        check(_meaning_problems(meaning, fresh.indicator))
        Indicator.objects.filter(pk=fresh.indicator_id).update(**_kept_meaning(meaning))
        fresh = FormItem.objects.select_related("indicator", "section").get(pk=item.pk)
    if fresh.section_id != facts.section.pk:
        fresh.section, fresh.order = facts.section, _next(facts.section)
    _write(draft, fresh, facts)
    _record(draft, fresh, by, "修改")
    return fresh


@transaction.atomic
def remove_item(*, item: FormItem, by: Actor) -> None:
    """Take an item off the draft. Raises :class:`DomainError` while a rule or a formula needs it, by name."""
    draft = locked_draft(item.version, by)
    key = item.indicator.key
    users = [
        f"第{number}条核对关系"
        for number, rule in enumerate(draft.rules, start=1)
        if key == rule["field"] or key in cells_of(read(rule["demand"]))
    ]
    users += [
        f"“{other.indicator.name}”的公式"
        for other in items_of(draft)
        if other.formula and key in cells_of(read(other.formula))
    ]
    if users:
        raise DomainError.of("item_needed", f"{'、'.join(users)}用到“{item.indicator.name}”，请先修改。")
    _record(draft, item, by, "删除")
    indicator = item.indicator if is_own(item) else None
    item.delete()
    if indicator is not None:
        indicator.delete()


def _meaning_problems(meaning: MeaningFacts, indicator: Indicator | None) -> list[Problem]:
    found: list[Problem] = []
    if not meaning.name.strip():
        found.append(Problem("name_wanted", "请填写指标名称。", "name"))
    key = meaning.key.strip()
    if indicator is None and key:
        if not _KEY.fullmatch(key):
            found.append(Problem("bad_key", "代号用小写英文字母、数字和下划线，字母开头。", "key"))
        elif Indicator.objects.filter(key=key).exists():
            found.append(Problem("key_taken", "这个代号已被使用。", "key"))
    if meaning.source not in (Source.TYPED, Source.COMPUTED):
        found.append(
            Problem("bad_source", "新指标只能是填报项或计算项；台账数请从已有指标中选用。", "source")
        )
    kind = ValueKind(meaning.value_kind)
    is_computed = meaning.source == Source.COMPUTED
    if is_computed and kind not in (ValueKind.COUNT, ValueKind.DECIMAL, ValueKind.MONEY, ValueKind.RATIO):
        found.append(Problem("bad_kind", "计算项的类型应为数字或百分比。", "value_kind"))
    if kind == ValueKind.RATIO and not is_computed:
        found.append(Problem("ratio_is_computed", "百分比由两项相除得出，请选“由本表其他项计算”。", "source"))
    return [*found, *rollup_fits(kind, meaning.source, meaning.space, meaning.time)]


def _free_key() -> str:
    last = Indicator.objects.aggregate(last=Max("pk"))["last"] or 0
    return f"item_{last + 1}"


def _kept_meaning(meaning: MeaningFacts) -> dict[str, object]:
    return {
        "name": meaning.name.strip()[:80],
        "unit_label": meaning.unit_label.strip()[:12]
        or ("%" if meaning.value_kind == ValueKind.RATIO else ""),
        "value_kind": meaning.value_kind,
        "source": meaning.source,
        "space": meaning.space,
        "time": meaning.time,
        "definition": meaning.definition.strip()[:300],
        "clause": meaning.clause.strip()[:120],
        "may_have_target": meaning.may_have_target,
    }


def _write(draft: FormVersion, item: FormItem, facts: ItemFacts) -> None:
    indicator = item.indicator
    kind = ValueKind(indicator.value_kind)
    check(_facts_problems(draft, item, facts))
    is_choice = kind in (ValueKind.CHOICE, ValueKind.CHOICES)
    item.owed_by = sorted(facts.owed_by)
    item.required_at = sorted(facts.required_at)
    item.help_text = facts.help_text.strip()[:300]
    item.max_length = facts.max_length if kind == ValueKind.TEXT else None
    item.minimum, item.maximum = facts.minimum, facts.maximum
    item.options = options_from(facts.options, item.options) if is_choice else []
    item.file_kinds = list(facts.file_kinds) if kind == ValueKind.FILE else []
    item.file_count = facts.file_count if kind == ValueKind.FILE else 0
    changed = facts.definition.strip()[:300]
    item.definition = "" if is_own(item) or changed == indicator.definition else changed
    item.formula = _formula(draft, item, facts.formula) if indicator.is_computed else ""
    item.save()
    if kind == ValueKind.TABLE:
        _write_columns(item, facts.columns)
    if kind == ValueKind.TEXT and facts.raises is not None:
        Indicator.objects.filter(pk=indicator.pk).update(raises=facts.raises)


def _facts_problems(draft: FormVersion, item: FormItem, facts: ItemFacts) -> list[Problem]:
    found = list(bounds_fit(item.indicator, facts.minimum, facts.maximum))
    if facts.section.version_id != draft.pk:
        found.append(Problem("unknown_section", "没有这个分节。", "section"))
    if not set(facts.required_at) <= set(facts.owed_by):
        found.append(Problem("required_elsewhere", "必填层级应在填报层级之内。", "required_at"))
    if not set(facts.file_kinds) <= set(ENDINGS):
        found.append(Problem("unknown_kind", "没有这种文件类型。", "file_kinds"))
    if facts.raises and facts.raises not in IssueKind:
        found.append(Problem("unknown_sort", "没有这种答复类别。", "raises"))
    if item.indicator.value_kind == ValueKind.TABLE:
        found += _column_problems(facts.columns)
    return found


def _column_problems(columns: Sequence[ColumnFacts]) -> list[Problem]:
    found: list[Problem] = []
    names = [column.name.strip() for column in columns]
    if len(columns) > MOST_COLUMNS:
        found.append(Problem("too_many_columns", f"表格最多{MOST_COLUMNS}列。", "columns"))
    if len(set(names)) < len(names):
        found.append(Problem("same_column_twice", "列名不能重复。", "columns"))
    if sum(column.is_key for column in columns) > 1:
        found.append(Problem("one_key", "只能有一列是关键列。", "columns"))
    known = {kind.value for kind in COLUMN_KINDS}
    for column in columns:
        if column.kind not in known:
            found.append(Problem("bad_kind", f"“{column.name}”列的类型不对。", "columns"))
        elif column.is_key and column.kind not in (ValueKind.TEXT, ValueKind.CHOICE, ValueKind.DATE):
            found.append(Problem("key_is_a_word", "关键列应是文字、单选或日期。", "columns"))
    return found


def _formula(draft: FormVersion, item: FormItem, text: str) -> str:
    """The formula as it is kept; an unfinished draft may lack it."""
    if not text.strip():
        return ""
    items = [other for other in items_of(draft) if other.pk != item.pk]
    words = typed_words(items, vocabulary(items, registry_names()))
    try:
        return canonical(read_formula(text, item.indicator, words))
    except ExpressionError as error:
        raise DomainError.of("bad_formula", str(error), "formula") from None


def options_from(names: Iterable[str], before: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Options by name, each keeping the key that it had: what was counted under it stays together."""
    keys = {row["name"]: row["key"] for row in before}
    taken = set(keys.values())
    found: list[dict[str, str]] = []
    for name in dict.fromkeys(name.strip()[:40] for name in names if name.strip()):
        key = keys.get(name) or next(f"o{number}" for number in range(1, 1000) if f"o{number}" not in taken)
        taken.add(key)
        found.append({"key": key, "name": name})
    return found


def _write_columns(item: FormItem, columns: Sequence[ColumnFacts]) -> None:
    before = {column.name: column for column in item.columns.all()}
    taken = {column.key for column in before.values()}
    rows = []
    for order, facts in enumerate(columns, start=1):
        old = before.get(facts.name.strip())
        key = old.key if old else next(f"c{n}" for n in range(1, 100) if f"c{n}" not in taken)
        taken.add(key)
        rows.append(
            TableColumn(
                item=item,
                key=key,
                name=facts.name.strip()[:40],
                value_kind=facts.kind,
                unit_label=facts.unit.strip()[:12],
                is_key=facts.is_key,
                is_required=facts.is_required,
                options=options_from(facts.options, old.options if old else [])
                if facts.kind == ValueKind.CHOICE
                else [],
                order=order,
            )
        )
    item.columns.all().delete()
    TableColumn.objects.bulk_create(rows)


def _record(draft: FormVersion, item: FormItem, by: Actor, what: str) -> None:
    record(
        kind="form.item",
        by=by,
        unit=draft.form.owner,
        obj=draft,
        summary=f"{what}填报项：{draft}“{item.indicator.name}”",
        data={
            "key": item.indicator.key,
            "act": what,
            "formula": item.formula,
            "definition": item.definition,
            "raises": Indicator.objects.values_list("raises", flat=True).get(pk=item.indicator_id),
        },
    )
