"""The words in braces that a template may use: what each stands for, and its value in a month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.formats import number, short_day
from core.windows import Window, next_month
from orgs.choices import Level
from reporting.papers.bulletin import reported
from reporting.papers.bulletin.wording import Wording, percent, points, share
from reporting.selectors.schedule import deadline_day, window_of

Value = Callable[[Wording], str]
EVENTS = ("health_events", "contest_events", "agri_events", "popularisation_events")
REACHED = ("health_reached", "contest_reached", "agri_reached", "popularisation_reached")
#: A difference between best and worst that is worth a sentence.
WIDE = 0.05
AHEAD = "townships_covered"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``name`` is what stands in braces; ``meaning`` is told to whoever edits."""

    name: str
    meaning: str
    value: Value
    group: str


REGISTRY = {
    "县级应建": "units_expected_county",
    "县级已建": "units_established_county",
    "乡镇应建": "units_expected_township",
    "乡镇已建": "units_established_township",
    "村应建": "units_expected_village",
    "村已建": "units_established_village",
    "空白点": "blank_spots",
    "县级空白点": "blank_spots_county",
    "乡镇空白点": "blank_spots_township",
    "村空白点": "blank_spots_village",
    "六有达标": "six_haves_units",
    "三长总数": "key_people_total",
    "县级三长": "key_people_county",
    "乡镇三长": "key_people_township",
    "副主席以上": "vice_chairs",
    "卫生三长": "key_people_health",
    "教育三长": "key_people_education",
    "农林三长": "key_people_agriculture",
    "吸纳县数": "counties_covered",
    "吸纳乡镇数": "townships_covered",
    "三领域齐全": "townships_three_fields",
    "新吸纳": "recruited",
    "选举": "recruited_election",
    "增补": "recruited_co_option",
    "离任": "left",
    "超期未换届": "terms_overdue",
    "县级超期未换届": "terms_overdue_county",
    "乡镇超期未换届": "terms_overdue_township",
}
RATES = {
    "县级覆盖率": "counties_established",
    "乡镇覆盖率": "townships_established",
    "村覆盖率": "villages_established",
    "六有占比": "six_haves",
    "县级三长覆盖率": "counties_covered",
    "乡镇三长覆盖率": "townships_covered",
}
TYPED = {
    "健康活动": "health_events",
    "健康服务人次": "health_reached",
    "竞赛活动": "contest_events",
    "竞赛参加人次": "contest_reached",
    "农技培训": "agri_events",
    "农技培训人次": "agri_reached",
    "推广三新": "agri_adopted",
    "其他科普": "popularisation_events",
    "科普受众": "popularisation_reached",
    "志愿服务": "volunteer_events",
    "三长参与": "led_events",
    "支持项目": "support_projects",
    "支持经费": "support_funds",
    "奖项推荐": "support_awards",
    "人才举荐": "support_talent",
    "支持培训": "support_training",
    "支持培训人次": "support_trained",
    "督导检查": "inspections",
    "出台文件": "documents_issued",
    "县级学会": "societies",
    "三长牵头学会": "societies_led",
    "农技协": "agri_associations",
    "企业科协": "enterprise_associations",
    "园区科协": "park_associations",
    "高校科协": "university_associations",
}
FLOWS = tuple(TYPED)[:19]


def _registry(key: str) -> Value:
    return lambda wording: wording.number(key)


def _rate(measure: str) -> Value:
    return lambda wording: wording.rate_words(measure)


def _change(measure: str) -> Value:
    return lambda wording: wording.change_words(measure)


def _typed(key: str, *, year: bool = False) -> Value:
    return lambda wording: wording.typed(key, year=year)


def _short_of(expected: str, met: str) -> Value:
    return lambda wording: number(max(wording.count(expected) - wording.count(met), 0))


def _share_short(wording: Wording) -> str:
    expected = wording.count("units_expected_township")
    return percent(share(expected - wording.count("six_haves_units"), expected))


def _share_full(wording: Wording) -> str:
    return percent(share(wording.count("townships_three_fields"), wording.count("townships_covered")))


def _share_led(wording: Wording) -> str:
    led = share(wording.total("led_events"), sum(wording.total(key) for key in EVENTS))
    return f"，占{percent(led)}" if led is not None else ""


def _year_sum(keys: tuple[str, ...]) -> Value:
    return lambda wording: number(sum(wording.total(key, year=True) for key in keys), 0)


def _spread(wording: Wording) -> str:
    spread = wording.spread("townships_established")
    if spread is None or spread < WIDE:
        return ""
    behind = wording.names([wording.ordered("townships_established")[-1].name], 1)
    apart = "（试点单列，不计在内）" if wording.has_pilots else ""
    text = f"各{wording.child}{apart}乡镇（街道）科协覆盖率最高与最低相差{points(spread)}个百分点"
    return f"{text}，{behind}相对靠后。" if behind else f"{text}。"


def _ahead(wording: Wording) -> str:
    ahead = wording.names([part.name for part in wording.ordered(AHEAD)[:2]], 2)
    return f"{ahead}乡镇（街道）“三长”覆盖率位居前列。" if ahead else ""


def _spots_to_close(wording: Wording) -> str:
    return number(wording.count("blank_spots_county") + wording.count("blank_spots_township"))


def _next_window(wording: Wording) -> Window:
    cycle = wording.figures.edition.cycle
    return window_of(cycle.collection, next_month(cycle.period))


def _next_due(wording: Wording) -> str:
    cycle = wording.figures.edition.cycle
    is_province = wording.figures.edition.unit.level == Level.PROVINCE
    level = Level.CITY if is_province else Level.COUNTY
    return short_day(deadline_day(cycle.collection, next_month(cycle.period), level))


GENERAL: dict[str, tuple[str, Value]] = {
    "月份": ("2026年11月", lambda wording: wording.figures.edition.cycle.label),
    "统计期起": ("10月20日", lambda wording: short_day(wording.figures.edition.cycle.window_first)),
    "统计期止": ("11月19日", lambda wording: short_day(wording.figures.edition.cycle.window_last)),
    "截至": ("截至11月19日", lambda wording: wording.as_of),
    "范围": ("全省或全市", lambda wording: wording.whole),
    "下级": ("市或县（市、区）", lambda wording: wording.child),
    "下期统计期起": ("下一期统计期的首日", lambda wording: short_day(_next_window(wording).first)),
    "下期统计期止": ("下一期统计期的末日", lambda wording: short_day(_next_window(wording).last)),
    "下期截止": ("下一期的报送截止日", _next_due),
}
WORDS: dict[str, tuple[str, Value]] = {
    "县级覆盖率比上月": ("“，比上月提高X个百分点”", _change("counties_established")),
    "乡镇覆盖率比上月": ("“，比上月提高X个百分点”", _change("townships_established")),
    "村覆盖率比上月": ("“，比上月提高X个百分点”", _change("villages_established")),
    "县级三长覆盖率比上月": ("“，比上月提高X个百分点”", _change("counties_covered")),
    "乡镇三长覆盖率比上月": ("“，比上月提高X个百分点”", _change("townships_covered")),
    "各地报送": ("“截至25日24时，16市中15市按时报送，某市迟报1天。”", reported.children),
    "三长参与占比": ("“，占X%”，没有活动时为空", _share_led),
    "领先单位": ("“某市、某市乡镇（街道）“三长”覆盖率位居前列。”", _ahead),
    "覆盖率差距": ("最高与最低相差5个百分点以上时的一句，否则为空", _spread),
    "报送问题": ("“X份迟报，X份未报，X份因数据或材料问题被退回”", reported.faults),
}
SHARES: dict[str, tuple[str, Value]] = {
    "应报份数": ("市、县两级月报应报", lambda wording: number(wording.figures.whole.charged.expected)),
    "按时份数": ("市、县两级月报按时", lambda wording: number(wording.figures.whole.charged.on_time)),
    "按时率": ("按时÷应报", lambda wording: percent(wording.figures.whole.charged.on_time_rate)),
    "一次通过率": (
        "未退回即通过÷已审核",
        lambda wording: percent(wording.figures.whole.charged.first_pass_rate),
    ),
    "六有未达标": ("应建乡镇减达标", _short_of("units_expected_township", "six_haves_units")),
    "六有未达标占比": ("占应建乡镇的比重", _share_short),
    "未明确分管领导": ("乡镇数", _short_of("units_expected_township", "leader_in_charge_units")),
    "未明确联络人员": ("乡镇数", _short_of("units_expected_township", "liaison_units")),
    "三领域齐全占比": ("占已吸纳乡镇的比重", _share_full),
    "县乡空白点": ("县、乡两级空白点", _spots_to_close),
    "累计活动": ("本年各类活动", _year_sum(EVENTS)),
    "累计惠及": ("本年各类活动惠及人次", _year_sum(REACHED)),
}


def _all() -> dict[str, Placeholder]:
    found = [Placeholder(name, words, value, "通用") for name, (words, value) in GENERAL.items()]
    found += [Placeholder(name, "台账数", _registry(key), "台账数") for name, key in REGISTRY.items()]
    found += [Placeholder(name, "比率", _rate(key), "比率") for name, key in RATES.items()]
    found += [Placeholder(name, "本月填报数", _typed(key), "填报数") for name, key in TYPED.items()]
    found += [
        Placeholder(f"累计{name}", "本年累计填报数", _typed(TYPED[name], year=True), "填报数")
        for name in FLOWS
    ]
    found += [Placeholder(name, words, value, "推算数") for name, (words, value) in SHARES.items()]
    found += [Placeholder(name, words, value, "短语") for name, (words, value) in WORDS.items()]
    return {one.name: one for one in found}


PLACEHOLDERS = _all()
