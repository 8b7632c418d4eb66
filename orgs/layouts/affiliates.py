"""The list of affiliates as a sheet that goes out and comes back: its columns, and how a row's present values read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.roundtrip import BadCell, Field, Layout
from orgs.choices import Formation, Organ, Standing
from orgs.layouts.members import parse_split, split_words
from orgs.models import AffiliateKind

SHEET = "所属组织"
ORGAN_COLUMNS = ("since", "size", "renews_on")
#: Columns that are the record itself, the state, the members; each group is written by its own service.
STATE_COLUMNS = ("state", "state_since", "state_reason")
MEMBER_COLUMNS = ("personal", "group_members", "members_on", "by_occupation")


def _split(text: str) -> str:
    """What is typed about occupations, checked and written as the sheet writes it."""
    if not text:
        return ""
    try:
        return split_words(parse_split(text))
    except ValueError as wrong:
        raise BadCell(str(wrong)) from None


def _organ_fields() -> list[Field]:
    found = []
    for organ in Organ:
        label = str(organ.label)

        def has(row: Any, key: str = organ.value) -> bool:
            return key in row.organs_by_key

        def part(name: str, key: str = organ.value) -> Any:
            return lambda row: getattr(row.organs_by_key.get(key), name, None)

        found += [
            Field(key=f"has_{organ}", label=f"设有{label}", kind="flag", read=has, width=10),
            Field(key=f"{organ}_since", label=f"{label}成立或换届日期", kind="day", read=part("since")),
            Field(
                key=f"{organ}_size", label=f"{label}人数", kind="number", least=1, read=part("size"), width=10
            ),
            Field(key=f"{organ}_renews_on", label=f"{label}下次换届", kind="day", read=part("renews_on")),
        ]
    return found


def layout() -> Layout:
    """The sheet's columns, with the kinds of today to choose from."""
    kinds = tuple(AffiliateKind.objects.values_list("key", "name"))
    formations = tuple((str(key), str(label)) for key, label in Formation.choices)
    standings = tuple((str(key), str(label)) for key, label in Standing.choices)
    return Layout(
        sheet=SHEET,
        fields=(
            Field(
                key="unit_code",
                label="指导单位代码",
                is_required=True,
                read=lambda row: row.unit.division_code,
                hint="新增时填行政区划代码；已登记的不能改。",
            ),
            Field(
                key="unit_name",
                label="指导单位",
                is_editable=False,
                read=lambda row: row.unit.display_name,
                width=22,
            ),
            Field(
                key="kind",
                label="类别",
                kind="choice",
                choices=kinds,
                is_required=True,
                read=lambda row: row.kind.key,
                width=18,
            ),
            Field(key="name", label="名称", is_required=True, longest=80, width=28),
            Field(key="founded_on", label="成立日期", kind="day", is_required=True),
            Field(key="state", label="状态", kind="choice", choices=standings, width=10),
            Field(key="state_since", label="现状态起始日期", kind="day", hint="变更状态时一并填写。"),
            Field(key="state_reason", label="状态原因", width=20, hint="僵尸、已退出的必填。"),
            Field(key="sector", label="学科或行业领域", longest=60, width=16),
            Field(key="formation", label="组建方式", kind="choice", choices=formations),
            Field(key="host", label="依托（挂靠）单位", longest=100, width=22),
            Field(key="registered_number", label="登记证号", longest=40, width=20),
            Field(key="personal", label="个人会员", kind="number", least=0, width=10),
            Field(key="group_members", label="团体会员", kind="number", least=0, width=10),
            Field(key="members_on", label="会员统计日期", kind="day", hint="改会员数时一并填写。"),
            Field(
                key="by_occupation",
                label="个人会员分职业",
                longest=600,
                width=28,
                read=lambda row: split_words(row.split),
                clean=_split,
                hint="如：医务人员 120、教师 36。",
            ),
            *_organ_fields(),
            Field(key="has_party_group", label="已建党组织", kind="flag", width=10),
            Field(key="party_group_since", label="党组织成立日期", kind="day"),
            Field(key="contact_name", label="联系人", longest=40),
            Field(key="contact_post", label="联系人职务", longest=60),
            Field(
                key="phone",
                label="联系电话",
                longest=20,
                is_masked=True,
                read=lambda row: row.phone_mask,
            ),
            Field(key="address", label="地址", longest=160, width=28),
            Field(key="leader_names", label="“三长”牵头", is_editable=False, width=14),
            Field(key="partner_names", label="对接单位", is_editable=False, width=30),
        ),
        key=lambda row: str(row.pk),
        name=lambda row: row.name,
        takes_new=True,
    )


def merged(row: Any | None, fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row as it would be: those on record, and over them what the sheet states."""
    if row is None:
        return dict(values)
    return {key: field.value_of(row) for key, field in fields.items()} | dict(values)
