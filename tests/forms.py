"""A form with an item of every kind, published by the designer's own services, and a collection that asks for it."""

from __future__ import annotations

import json
from typing import Any

from core.actor import SYSTEM
from orgs.choices import Level
from reporting.choices import Source, Space, Time, ValueKind
from reporting.models import Collection, Cycle, FormItem, FormVersion, Section
from reporting.selectors.layout import layout_of
from reporting.services import designing
from reporting.services.cycles import open_cycle
from reporting.services.designing_items import ColumnFacts, ItemFacts, MeaningFacts, add_item
from reporting.services.designing_rules import RuleFacts, add_rule
from reporting.services.register import RegisterFacts, register_form
from tests.factories import Tree
from tests.month import PERIOD

REGISTER = RegisterFacts(kind="regular", asked_by="组织人事部", basis="某发〔2026〕3号", person="张三")
EVERYBODY = (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWNSHIP)
BELOW = (Level.COUNTY, Level.TOWNSHIP)
#: An answer to each item of the form, as it is typed.
ANSWERS = {
    "staff": "5",
    "staff_full": "2",
    "area": "12.5",
    "funds": "3.20",
    "premises": "own",
    "needs": "money,people",
    "founded": "2020-03-20",
    "remarks": "情况属实。",
    "bodies": json.dumps(
        [{"kind": "学会", "heads": "12"}, {"kind": "农技协", "heads": "8"}], ensure_ascii=False
    ),
}


def draft(tree: Tree, name: str = "基层组织普查表") -> FormVersion:
    """A new form on the register, with nothing but its first section."""
    version = designing.create_form(owner=tree.province, key="", name=name, by=SYSTEM)
    register_form(form=version.form, facts=REGISTER, by=SYSTEM)
    return version


def item(
    version: FormVersion,
    key: str,
    kind: str,
    *,
    section: Section | None = None,
    source: str = Source.TYPED,
    space: str = Space.SUM,
    time: str = Time.LAST,
    name: str = "",
    owed_by: Any = BELOW,
    **facts: Any,
) -> FormItem:
    """An item added by the service, called by its key unless it has a name."""
    meaning = MeaningFacts(
        name=name or f"指标{key}", value_kind=kind, source=source, space=space, time=time, key=key
    )
    section = section or version.sections.get(order=1)
    asked = ItemFacts(section=section, owed_by=owed_by, **facts)
    return add_item(version=version, meaning=meaning, facts=asked, by=SYSTEM)


def census_draft(tree: Tree) -> FormVersion:
    """An item of every kind, two rules."""
    version = draft(tree)
    item(version, "staff", ValueKind.COUNT, name="工作人员", minimum=0, maximum=500)
    item(version, "staff_full", ValueKind.COUNT, name="专职")
    item(version, "area", ValueKind.DECIMAL, name="办公面积")
    item(version, "funds", ValueKind.MONEY, name="经费", time=Time.SUM)
    item(version, "premises", ValueKind.CHOICE, name="场所", options=["自有", "租用"], required_at=BELOW)
    item(version, "needs", ValueKind.CHOICES, name="困难", options=["缺经费", "缺人员", "缺场所"])
    item(version, "founded", ValueKind.DATE, name="成立日期", space=Space.NONE, time=Time.NONE)
    item(version, "remarks", ValueKind.TEXT, name="说明", space=Space.COLLECTED, time=Time.NONE)
    item(
        version,
        "bodies",
        ValueKind.TABLE,
        name="团体",
        columns=(
            ColumnFacts(name="类别", kind="text", is_key=True),
            ColumnFacts(name="人数", kind="count", is_required=True),
        ),
    )
    item(
        version,
        "part_time",
        ValueKind.COUNT,
        name="兼职",
        source=Source.COMPUTED,
        formula="[工作人员] - [专职]",
    )
    item(
        version,
        "full_share",
        ValueKind.RATIO,
        name="专职占比",
        source=Source.COMPUTED,
        space=Space.RATIO,
        formula="[专职] ÷ [工作人员]",
    )
    add_rule(
        version=version,
        facts=RuleFacts("[专职] ≤ [工作人员]", "staff_full", "专职 {[专职]} 人，多于工作人员 {staff} 人。"),
        by=SYSTEM,
    )
    add_rule(
        version=version,
        facts=RuleFacts("[工作人员] ≥ 上期([工作人员])", "staff", blocks=False),
        by=SYSTEM,
    )
    version.refresh_from_db()
    return version


def answers(version: FormVersion, **changed: str) -> dict[str, str]:
    """:data:`ANSWERS` with the keys that options and columns were given."""
    options = {
        "premises": {"own": "自有", "rent": "租用"},
        "needs": {"money": "缺经费", "people": "缺人员", "place": "缺场所"},
    }
    raw = {**ANSWERS, **changed}
    for key, names in options.items():
        raw[key] = ",".join(names.get(part, part) for part in raw[key].split(",") if part)
    columns = {column.name: column.key for column in layout_of(version).item("bodies").columns.all()}  # type: ignore[union-attr]
    if raw["bodies"]:
        rows = json.loads(raw["bodies"])
        kept = [{columns["类别"]: row["kind"], columns["人数"]: row["heads"]} for row in rows]
        raw["bodies"] = json.dumps(kept, ensure_ascii=False)
    return raw


def census(tree: Tree, **facts: Any) -> FormVersion:
    version = census_draft(tree)
    return designing.publish(version=version, note="第一版", by=SYSTEM, **facts)


def census_cycle(tree: Tree, version: FormVersion) -> Cycle:
    """One month of a collection of the form; freeze the time first."""
    collection = Collection.objects.create(
        owner=tree.province, key="census", name="普查", form=version.form, first_period=PERIOD, noun="普查表"
    )
    return open_cycle(collection=collection, period=PERIOD, by=SYSTEM)
