"""The kinds of fault that a proof of the tree may find: what they are called, and what must be done about each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Fault(NamedTuple):
    """``advice`` says what a repair writes, or, where there is none, what a person must do."""

    label: str
    advice: str


FAULTS: dict[str, Fault] = {
    "digits": Fault("代码位数不符", "请以“升格或降格”或“代码变更”办理区划调整。"),
    "level": Fault("层级颠倒", "请以“改隶”把单位放到更高层级的上级之下。"),
    "closed_parent": Fault("上级已撤销", "请以“改隶”为单位选择现存的上级。"),
    "prefix": Fault("代码不在上级之下", "请核实：代码有误的办理“代码变更”，上级有误的办理“改隶”。"),
    "ring": Fault("上级关系成环", "请系统管理员按批准文件核实上级，从备份恢复或由实施单位更正。"),
    "interval": Fault("树区间不符", "按上级关系重新计算树区间，不改变任何业务数据。"),
    "ancestors": Fault("所属省市县乡不符", "按上级关系重新计算所属省、市、县、乡镇。"),
    "display": Fault("全称不符", "按名称和上级重新写全称。"),
    "search": Fault("检索拼音不符", "按名称重新写拼音和首字母。"),
    "opened": Fault("设立日期晚于沿革", "把设立日期改为最早一条沿革记录的起始日期。"),
    "no_edition": Fault("缺现行沿革", "补一条现行沿革记录，自上一条终止之日（没有上一条的自设立之日）起。"),
    "edition": Fault("现行沿革与单位不一致", "把现行沿革记录改为单位现在的名称、代码、上级和所属。"),
    "closed_edition": Fault("撤销单位沿革未终止", "把沿革记录终止于撤销之日。"),
    "life": Fault("沿革不相接", "把前一条沿革的终止日期改为后一条的起始日期。"),
    "life_overlap": Fault("沿革重叠", "两条沿革记录互相矛盾，请按批准文件核实，撤回其中一次调整。"),
    "no_heir": Fault("撤并未写明承接单位", "请撤回那项调整，写明承接单位后重新办理。"),
    "not_closed": Fault("已被承接却未撤销", "请核实：确已撤并的办理“撤销”，否则撤回那项调整。"),
    "late_heir": Fault("承接晚于撤销", "把承接日期改为撤销之日。"),
    "heir_life": Fault("承接单位当时不存在", "请撤回那项调整，选择当时存在的承接单位重新办理。"),
    "succession_ring": Fault("承接关系成环", "请撤回其中一项调整。"),
    "two_mains": Fault("主要承接单位不止一个", "请撤回那项调整，只指定一个主要承接单位。"),
}


def label_of(code: str) -> str:
    return FAULTS[code].label if code in FAULTS else code


def advice_of(code: str) -> str:
    return FAULTS[code].advice if code in FAULTS else ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one unit. ``repair`` lists what would put it right: plain data, by table and key."""

    code: str
    unit_id: int
    message: str
    repair: list[dict[str, Any]] = field(default_factory=list, compare=False)


def write(model: str, pk: int, values: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """One row's columns with their old and new values; only those that differ."""
    changed = {name: [old, new] for name, (old, new) in values.items() if old != new}
    return {"model": model, "pk": pk, "values": changed}


def insert(model: str, values: dict[str, Any]) -> dict[str, Any]:
    """One row to be added."""
    return {"model": model, "pk": None, "values": {name: [None, new] for name, new in values.items()}}
