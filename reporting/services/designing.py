"""The form designer: forms, their draft, its sections; publishing makes a version that never changes again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit.services import record
from core import clock
from core.actor import Actor
from core.errors import Conflict, DomainError, Forbidden, Problem
from core.keys import keys_in
from orgs.choices import Level
from orgs.models import OrgUnit
from reporting.choices import Source
from reporting.models import DefinitionChange, Form, FormItem, FormVersion, Section, TableColumn
from reporting.permissions import DESIGN_FORMS
from reporting.rules.forms import problems_of
from reporting.selectors.designing import items_of, registration_of, registry_names

#: What of an item a copy takes along; a changed meaning belongs to the version that changed it.
COPIED = (
    *("indicator_id", "order", "owed_by", "required_at", "help_text", "max_length", "minimum", "maximum"),
    *("options", "formula", "file_kinds", "file_count"),
)
COPIED_COLUMN = ("key", "name", "value_kind", "unit_label", "is_key", "is_required", "options", "order")


def demand_design(owner: OrgUnit, by: Actor) -> None:
    """Raise unless ``by`` may design the forms of ``owner``."""
    if not by.can(DESIGN_FORMS, owner):
        raise Forbidden.for_action("设计报表")


def locked_draft(version: FormVersion, by: Actor) -> FormVersion:
    """The draft, locked, if ``by`` may design it and it is still one."""
    fresh = (
        FormVersion.objects.select_for_update(of=("self",))
        .select_related("form__owner")
        .filter(pk=version.pk)
        .first()
    )
    if fresh is None:
        raise Conflict.of("draft_gone", "这份草稿已被删除，请刷新页面。")
    demand_design(fresh.form.owner, by)
    if not fresh.is_draft:
        raise Conflict.of("version_published", "这一版已发布，不能修改；请另起新版。")
    return fresh


@transaction.atomic
def create_form(
    *, owner: OrgUnit, key: str, name: str, by: Actor, like: FormVersion | None = None
) -> FormVersion:
    """A new form with its first draft, empty or ``like`` another version.

    Raises:
        DomainError: no name, or the key is taken. Forbidden: not a designer of ``owner``.
    """
    demand_design(owner, by)
    if owner.level != Level.PROVINCE:
        raise DomainError.of("not_a_province", "报表由省级科协制定。", "owner")
    name, key = name.strip(), key.strip() or _free_key(owner)
    if not name:
        raise DomainError.of("name_wanted", "请填写报表名称。", "name")
    if Form.objects.filter(owner=owner, key=key).exists():
        raise DomainError.of("key_taken", "这个代号已有报表使用，请换一个。", "key")
    form = Form.objects.create(owner=owner, key=key, name=name)
    return _new_draft(form, like, by)


def _free_key(owner: OrgUnit) -> str:
    return f"form-{(Form.objects.filter(owner=owner).aggregate(last=Max('pk'))['last'] or 0) + 1}"


@transaction.atomic
def start_version(*, form: Form, by: Actor, like: FormVersion | None = None) -> FormVersion:
    """另起新版: a draft like the newest version, or ``like`` another one of the same form.

    Raises:
        Conflict: there is a draft already.
    """
    fresh = Form.objects.select_for_update(of=("self",)).select_related("owner").get(pk=form.pk)
    demand_design(fresh.owner, by)
    if fresh.versions.filter(published_at__isnull=True).exists():
        raise Conflict.of("draft_exists", "已有一份草稿，请在草稿上修改，或先删除草稿。")
    base = like or fresh.versions.order_by("-number").first()
    return _new_draft(fresh, base, by)


def _new_draft(form: Form, like: FormVersion | None, by: Actor) -> FormVersion:
    number = (form.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = FormVersion.objects.create(
        form=form, number=number, rules=like.rules if like else [], created_by=by.actor_label
    )
    if like is not None:
        _copy(like, version)
    else:
        Section.objects.create(version=version, key="s1", name="基本情况", order=1)
    record(
        kind="form.drafted",
        by=by,
        unit=form.owner,
        obj=version,
        summary=f"起草{version}",
        data={"like": like.pk if like else None},
    )
    return version


def _copy(source: FormVersion, target: FormVersion) -> None:
    sections = {
        section.pk: Section.objects.create(
            version=target, key=section.key, name=section.name, order=section.order
        )
        for section in source.sections.all()
    }
    for item in items_of(source):
        copied = FormItem.objects.create(
            version=target,
            section=sections[item.section_id],
            **{name: getattr(item, name) for name in COPIED},
        )
        TableColumn.objects.bulk_create(
            TableColumn(item=copied, **{name: getattr(column, name) for name in COPIED_COLUMN})
            for column in item.columns.all()
        )


@transaction.atomic
def rename_form(*, form: Form, name: str, by: Actor) -> Form:
    """改名. Raises :class:`DomainError` where no name is left."""
    fresh = Form.objects.select_for_update(of=("self",)).select_related("owner").get(pk=form.pk)
    demand_design(fresh.owner, by)
    if not name.strip():
        raise DomainError.of("name_wanted", "请填写报表名称。", "name")
    old, fresh.name = fresh.name, name.strip()[:80]
    fresh.save(update_fields=["name"])
    record(
        kind="form.renamed",
        by=by,
        unit=fresh.owner,
        obj=fresh,
        summary=f"报表改名：{old}→{fresh.name}",
        data={"name": [old, fresh.name]},
    )
    return fresh


@transaction.atomic
def discard_draft(*, version: FormVersion, by: Actor) -> None:
    """删除草稿; a form that has nothing else goes with it, unless a collection or the register holds it."""
    draft = locked_draft(version, by)
    form = draft.form
    label = str(draft)
    owned = [item.indicator for item in items_of(draft) if is_own(item)]
    draft.delete()
    for indicator in owned:
        indicator.delete()
    if not form.versions.exists() and not form.collections.exists() and registration_of(form) is None:
        form.delete()
    record(
        kind="form.discarded", by=by, unit=form.owner, summary=f"删除草稿：{label}", data={"form": form.name}
    )


def is_own(item: FormItem) -> bool:
    """Whether the item's indicator was made by designers and stands in this draft only; what the registry fills is never
    a draft's own."""
    if item.indicator.source not in (Source.TYPED, Source.COMPUTED):
        return False
    return not item.indicator.items.exclude(pk=item.pk).exists() and not item.indicator.changes.exists()


@transaction.atomic
def add_section(*, version: FormVersion, name: str, by: Actor) -> Section:
    """添加分节. Raises :class:`DomainError` where it has no name."""
    draft = locked_draft(version, by)
    numbers = keys_in(key[1:] for key in draft.sections.values_list("key", flat=True))
    last = draft.sections.aggregate(last=Max("order"))["last"] or 0
    section = Section.objects.create(
        version=draft, key=f"s{max(numbers, default=0) + 1}", name=_section_name(name), order=last + 1
    )
    _record_section(draft, section, by, "添加分节")
    return section


@transaction.atomic
def rename_section(*, section: Section, name: str, by: Actor) -> Section:
    """分节改名."""
    draft = locked_draft(section.version, by)
    section.name = _section_name(name)
    section.save(update_fields=["name"])
    _record_section(draft, section, by, "分节改名")
    return section


@transaction.atomic
def remove_section(*, section: Section, by: Actor) -> None:
    """删除分节. Raises :class:`DomainError` while there are items in it."""
    draft = locked_draft(section.version, by)
    if section.items.exists():
        raise DomainError.of("section_not_empty", "分节里还有填报项，请先移到别的分节或删除。")
    _record_section(draft, section, by, "删除分节")
    section.delete()


@transaction.atomic
def move_section(*, section: Section, up: bool, by: Actor) -> None:
    """上移 or 下移; at the end it stays where it is."""
    draft = locked_draft(section.version, by)
    rows = list(draft.sections.all())
    _step(rows, [row.pk for row in rows].index(section.pk), up=up)
    Section.objects.bulk_update(rows, ["order"])
    _record_section(draft, section, by, "调整分节顺序")


def _step(rows: list[Any], place: int, *, up: bool) -> None:
    """Change places with the neighbour and number anew."""
    other = place - 1 if up else place + 1
    if 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, start=1):
        row.order = number


def _section_name(name: str) -> str:
    if not name.strip():
        raise DomainError.of("name_wanted", "请填写分节名称。", "name")
    return name.strip()[:40]


def _record_section(draft: FormVersion, section: Section, by: Actor, what: str) -> None:
    record(
        kind="form.section",
        by=by,
        unit=draft.form.owner,
        obj=draft,
        summary=f"{what}：{draft}“{section.name}”",
        data={"section": section.key},
    )


@transaction.atomic
def move_item(*, item: FormItem, up: bool, by: Actor) -> None:
    """上移 or 下移 within its section; at the end it stays where it is."""
    draft = locked_draft(item.version, by)
    rows = list(draft.items.filter(section=item.section_id).order_by("order"))
    _step(rows, [row.pk for row in rows].index(item.pk), up=up)
    FormItem.objects.bulk_update(rows, ["order"])
    record(
        kind="form.item_moved",
        by=by,
        unit=draft.form.owner,
        obj=draft,
        summary=f"调整顺序：{draft}“{item.indicator}”",
    )


@transaction.atomic
def publish(
    *, version: FormVersion, note: str, by: Actor, changed_from: dt.date | None = None
) -> FormVersion:
    """发布: from now on nothing in it changes; the next cycle opens with it. Changed meanings break their series at
    ``changed_from``, the first day of a month.

    Raises:
        DomainError: with everything that the form still lacks, by the key of its item.
    """
    draft = locked_draft(version, by)
    items = items_of(draft)
    registration = registration_of(draft.form)
    problems = problems_of(draft, items, registration, registry_names())
    changed = [item for item in items if item.definition]
    if changed and changed_from is None:
        problems.append(Problem("period_wanted", "有口径调整，请写明自哪一期起。", "changed_from"))
    if problems:
        raise DomainError(problems)
    for item in changed:
        _change_definition(item, (changed_from or clock.today()).replace(day=1), by)
    draft.published_at, draft.published_by = clock.now(), by.actor_label
    draft.note = note.strip()[:200]
    draft.save()
    record(
        kind="reporting.form_published",
        by=by,
        unit=draft.form.owner,
        obj=draft,
        summary=f"发布{draft}",
        data={"items": len(items), "changed": [item.indicator.key for item in changed], "note": draft.note},
    )
    return draft


def _change_definition(item: FormItem, period: dt.date, by: Actor) -> None:
    """口径调整 on record, once a period and indicator; the series breaks at ``period``."""
    indicator = item.indicator
    DefinitionChange.objects.update_or_create(
        indicator=indicator,
        period=period,
        defaults={
            "version": item.version,
            "old": indicator.definition or "（未写明）",
            "new": item.definition,
            "at": clock.now(),
            "by": by.actor_label,
        },
    )
    indicator.definition = item.definition
    indicator.save(update_fields=["definition"])
