"""Questions to begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from orgs.choices import Level
from reporting.pivot.asking import Ground

ACTIVITIES = ("health_events", "contest_events", "agri_events", "popularisation_events", "volunteer_events")


@dataclass(frozen=True, slots=True)
class Preset:
    """A name, what it tells, and the question; offered where its indicators are and the unit lies high enough."""

    name: str
    hint: str
    params: dict[str, Any]
    deepest: Level = Level.COUNTY

    @property
    def query(self) -> str:
        return urlencode(self.params, doseq=True)


PRESETS = (
    Preset(
        "乡镇组织覆盖率逐月走势",
        "下级单位最近一年每月的覆盖率，另列全部",
        {"keys": ["coverage_rate_township"], "span": "13", "whole": "1", "chart": "line"},
        Level.CITY,
    ),
    Preset(
        "本年各类活动场次",
        "各单位本年累计，按活动类别分列",
        {"keys": list(ACTIVITIES), "span": "year", "columns": "indicator", "chart": "stack"},
    ),
    Preset(
        "“三长”人数同比、环比",
        "最近一期与上期、上年同期比",
        {
            "keys": ["key_people_total"],
            "span": "1",
            "columns": "indicator",
            "measures": ["value", "mom", "yoy"],
            "whole": "1",
        },
    ),
    Preset(
        "按季度看支持下级",
        "项目、经费、培训按季度合计",
        {
            "keys": ["support_projects", "support_funds", "support_training", "support_trained"],
            "grain": "quarter",
            "span": "24",
            "rows": "indicator",
            "columns": "period",
            "spread": "self",
        },
    ),
    Preset(
        "最近一期缺数据的乡镇（街道）",
        "逐个列出没有数的单位",
        {"keys": ["popularisation_events"], "span": "1", "spread": "4", "shown": "missing"},
    ),
    Preset(
        "覆盖率位次",
        "同级单位比率位次，功能区、试点单列",
        {
            "keys": ["coverage_rate_township", "township_coverage_rate"],
            "span": "1",
            "columns": "indicator",
            "measures": ["value", "rank"],
        },
        Level.CITY,
    ),
)


def presets_for(ground: Ground) -> list[Preset]:
    known = ground.by_key
    return [
        preset
        for preset in PRESETS
        if ground.unit.level <= preset.deepest and all(key in known for key in preset.params["keys"])
    ]
