"""The second wing: societies, associations, stations and teams, who leads them and with whom they work. Invented."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from django.db.models import Q

from core import clock
from core.cipher import digest, encrypt, mask
from core.copying import copy_rows, new_keys
from kexie_portal.demo import words
from kexie_portal.demo.accounts import MAKER
from kexie_portal.demo.people import short_name
from kexie_portal.demo.world import Place, World, day_between
from orgs.choices import Formation, Level, Organ, PartnerKind, Standing
from orgs.models import (
    Affiliate,
    AffiliateKind,
    AffiliateMembers,
    AffiliateOrgan,
    AffiliatePartner,
    AffiliateState,
    MemberCount,
)
from orgs.rules.names import search_keys
from sanzhang.choices import LeadingRole
from sanzhang.models import AffiliateLeader, KeyPerson

#: Societies of a county: name after the county's, sector, host, occupations of members, what leads it.
SOCIETIES = (
    ("医学会", "医学", "人民医院", ("医务人员",), "医院院长"),
    ("中医药学会", "中医药", "中医医院", ("医务人员",), "医院院长"),
    ("农学会", "农学", "农业技术推广中心", ("农技人员", "种养殖户"), "农技站站长"),
    ("青少年科技辅导员协会", "科学教育", "第一中学", ("教师",), "学校校长"),
    ("林学会", "林学", "林业发展中心", ("农技人员",), ""),
    ("水利学会", "水利工程", "水利局", ("企业科技人员", "公务员"), ""),
    ("畜牧兽医学会", "畜牧兽医", "畜牧业发展中心", ("农技人员", "种养殖户"), ""),
    ("心理健康教育学会", "心理学", "实验中学", ("教师", "医务人员"), "学校校长"),
    ("护理学会", "护理学", "人民医院", ("医务人员",), ""),
    ("建筑学会", "建筑学", "住房和城乡建设局", ("企业科技人员",), ""),
    ("反邪教协会", "社会科学", "科学技术协会", ("公务员", "教师"), ""),
    ("老科技工作者协会", "综合", "科学技术协会", ("农技人员", "教师", "医务人员"), ""),
)
CITY_SOCIETIES = (
    ("医学会", "医学"),
    ("农学会", "农学"),
    ("科普作家协会", "科学传播"),
    ("机械工程学会", "机械工程"),
)
CROPS = ("苹果", "葡萄", "蔬菜", "小麦", "肉鸡", "黑猪", "食用菌", "花生", "西瓜", "茶叶", "大蒜", "桑蚕")
COMPANIES = ("机械制造有限公司", "食品股份有限公司", "化工集团", "新材料科技有限公司", "生物制药有限公司")
PARKS = ("经济开发区", "高新技术产业园", "农业科技园区")
SCHOOLS = ("职业教育中心", "第一中学", "实验中学")
NAMED = {
    PartnerKind.ENTERPRISE: COMPANIES,
    PartnerKind.UNIVERSITY: ("农业大学", "理工大学", "医科大学", "科学院研究所"),
    PartnerKind.SCHOOL: SCHOOLS,
    PartnerKind.CIVILIZATION_CENTRE: ("新时代文明实践中心",),
    PartnerKind.PARTY_CENTRE: ("党群服务中心",),
}
WORK = ("技术指导", "义诊和健康讲座", "科普进校园", "联合举办科普日活动", "人才培养")
DORMANT = ("连续两年未开展活动", "主要负责人调离，多年未换届", "挂靠单位撤并，无人主持工作")


@dataclass(slots=True)
class Draft:
    """One invented affiliate before it is written."""

    place: Place
    kind: str
    name: str
    sector: str = ""
    host: str = ""
    formation: str = ""
    occupations: tuple[str, ...] = ()
    led_by: str = ""
    members: tuple[int, int] = (0, 0)
    pk: int = 0
    founded: dt.date = dt.date(2010, 1, 1)
    state: str = Standing.NORMAL.value
    partners: list[tuple[str, int | None, str]] = field(default_factory=list)


class Affiliates:
    """Draws the affiliates of a province up and writes them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = world.chance("affiliates")
        self.drafts: list[Draft] = []

    def write(self) -> tuple[int, int]:
        """Affiliates and leaders written."""
        for city in self.world.at(Level.CITY):
            self._of_city(city)
        for county in self.world.at(Level.COUNTY):
            self._of_county(county)
        kinds = {kind.key: kind for kind in AffiliateKind.objects.all()}
        for draft, pk in zip(self.drafts, new_keys(Affiliate, len(self.drafts)), strict=True):
            draft.pk = pk
            self._live(draft)
        self._write_records(kinds)
        self._write_states()
        self._write_members()
        self._write_organs(kinds)
        self._write_partners()
        return len(self.drafts), self._write_leaders()

    def _of_city(self, city: Place) -> None:
        for name, sector in CITY_SOCIETIES:
            members = (120, 1800)
            self._add(city, "society", f"{city.name}{name}", sector=sector, members=members)
        self._add(city, "university_association", f"{short_name(city)}学院科协", members=(80, 600))
        self._add(city, "science_museum", f"{city.name}科技馆")

    def _of_county(self, county: Place) -> None:
        chance = self.chance
        is_shown = county.code == self.world.showcase_county
        for name, sector, host, occupations, led_by in SOCIETIES:
            if is_shown or chance.random() < 0.62:
                self._add(
                    county,
                    "society",
                    f"{county.name}{name}",
                    sector=sector,
                    host=f"{county.name}{host}",
                    formation=Formation.HOSTED.value,
                    occupations=occupations,
                    led_by=led_by if is_shown or chance.random() < 0.7 else "",
                    members=(30, 420),
                )
        self._add(
            county,
            "agri_federation",
            f"{county.name}农技协联合会",
            members=(20, 90),
            led_by="农技协联合会会长",
        )
        self._of_industry(county)
        for township in self.world.townships_of(county):
            if township.is_expected:
                self._of_township(township)

    def _of_industry(self, county: Place) -> None:
        chance = self.chance
        for company in chance.sample(COMPANIES, chance.randint(1, 3)):
            self._add(
                county,
                "enterprise_association",
                f"{short_name(county)}{company}科协",
                sector="企业技术创新",
                formation=chance.choice(list(Formation)[:3]).value,
                members=(15, 160),
            )
        if chance.random() < 0.5:
            park = f"{county.name}{chance.choice(PARKS)}"
            self._add(
                county,
                "park_association",
                f"{park}科协",
                formation=Formation.REGIONAL.value,
                members=(30, 300),
            )
        self._add(county, "education_base", f"{county.name}{chance.choice(CROPS)}科普教育基地")
        self._add(county, "volunteer_team", f"{county.name}科技志愿服务队", members=(40, 900))
        if chance.random() < 0.4:
            self._add(county, "expert_station", f"{short_name(county)}{chance.choice(COMPANIES)}专家服务站")
        if chance.random() < 0.5:
            self._add(county, "transformed_ecology", f"{county.name}绿色生态科普联盟", members=(10, 80))

    def _of_township(self, township: Place) -> None:
        chance = self.chance
        if not township.is_urban and chance.random() < 0.45:
            crop = chance.choice(CROPS)
            self._add(
                township,
                "agri_association",
                f"{township.display_name}{crop}协会",
                sector=f"{crop}种养殖",
                formation=Formation.ALONE.value,
                occupations=("种养殖户", "农技人员"),
                members=(12, 160),
            )
        elif township.is_urban and chance.random() < 0.2:
            self._add(
                township, "transformed_living", f"{township.display_name}健康生活互助社", members=(10, 120)
            )

    def _add(self, place: Place, kind: str, name: str, **told: object) -> None:
        self.drafts.append(Draft(place, kind, name, **told))  # type: ignore[arg-type]

    def _live(self, draft: Draft) -> None:
        """When it was founded, where it stands, with whom it works."""
        chance = self.chance
        began = clock.local_day(self.world.began_at)
        draft.founded = day_between(chance, dt.date(1988, 1, 1), began - dt.timedelta(days=400))
        roll = chance.random()
        if roll < 0.05:
            draft.state = Standing.DORMANT.value
        elif roll < 0.14:
            draft.state = Standing.MODEL.value
        elif roll < 0.16:
            draft.state = Standing.EXITED.value
        if draft.kind != "society" or draft.place.level != Level.COUNTY:
            return
        townships = [place for place in self.world.townships_of(draft.place) if place.is_expected]
        for place in chance.sample(townships, min(len(townships), chance.randint(1, 4))):
            draft.partners.append((PartnerKind.UNIT.value, place.pk, ""))
        for kind in chance.sample(list(NAMED), chance.randint(0, 2)):
            name = chance.choice(NAMED[kind])
            whose = "" if kind == PartnerKind.UNIVERSITY else draft.place.name
            draft.partners.append((kind.value, None, f"{whose}{name}"))

    def _write_records(self, kinds: dict[str, AffiliateKind]) -> None:
        columns = (
            *(
                "id",
                "unit_id",
                "kind_id",
                "name",
                "pinyin",
                "pinyin_joined",
                "initials",
                "sector",
                "formation",
            ),
            *("host", "founded_on", "registered_number", "address", "has_party_group", "party_group_since"),
            *("contact_name", "contact_post", "phone_cipher", "phone_digest", "phone_mask"),
            *("recorded_at", "recorded_by", "updated_at", "revision"),
        )
        copy_rows(Affiliate, columns, (self._row(draft, kinds[draft.kind]) for draft in self.drafts))

    def _row(self, draft: Draft, kind: AffiliateKind) -> tuple[object, ...]:
        chance, known = self.chance, self.world.began_at
        phone = words.phone_number(chance)
        has_party = kind.has("party") and chance.random() < 0.3
        number = f"鲁社证字第{draft.pk:06d}号" if kind.has("registration") and chance.random() < 0.8 else ""
        return (
            *(draft.pk, draft.place.pk, kind.pk, draft.name, *search_keys(draft.name), draft.sector),
            *(draft.formation if kind.has("formation") else "", draft.host, draft.founded, number),
            draft.place.display_name,
            has_party,
            day_between(chance, draft.founded, self.world.today) if has_party else None,
            *(words.person_name(chance, is_woman=chance.random() < 0.4), "秘书长"),
            *(encrypt(phone), digest(phone), mask(phone), known, MAKER, known, 1),
        )

    def _write_states(self) -> None:
        rows: list[tuple[object, ...]] = []
        for draft in self.drafts:
            changed = self._change_day(draft)
            at, by = self.world.began_at, MAKER
            first = (draft.pk, Standing.NORMAL.value, "", "", draft.founded)
            if changed is None:
                rows.append((*first, None, at, None, by))
                continue
            told = min(clock.at(changed, dt.time(10, 0)), self.world.now)
            known = max(told, at)
            reason = self.chance.choice(DORMANT) if draft.state != Standing.MODEL else "年度考核优秀"
            basis = f"科协发〔{changed.year}〕{self.chance.randint(3, 60)}号"
            rows.append((*first, changed, at, known, by))
            rows.append((draft.pk, draft.state, reason, basis, changed, None, known, None, by))
        copy_rows(
            AffiliateState,
            (
                *("affiliate_id", "state", "reason", "basis", "valid_from", "valid_to"),
                *("recorded_at", "end_recorded_at", "recorded_by"),
            ),
            rows,
        )

    def _change_day(self, draft: Draft) -> dt.date | None:
        if draft.state == Standing.NORMAL:
            return None
        began = clock.local_day(self.world.began_at)
        return day_between(
            self.chance, began - dt.timedelta(days=300), self.world.today - dt.timedelta(days=5)
        )

    def _write_members(self) -> None:
        counted = [draft for draft in self.drafts if draft.members[1]]
        keys = new_keys(AffiliateMembers, 2 * len(counted))
        rows: list[tuple[object, ...]] = []
        split: list[tuple[object, ...]] = []
        began = clock.local_day(self.world.began_at)
        later = max(began + dt.timedelta(days=1), self.world.today - dt.timedelta(days=150))
        for place, draft in enumerate(counted):
            early = self.chance.randint(*draft.members)
            late = early + self.chance.randint(0, max(2, early // 8))
            group = self.chance.randint(0, 12)
            first, second = keys[2 * place], keys[2 * place + 1]
            known = max(clock.at(later, dt.time(9, 30)), self.world.began_at)
            known = min(known, self.world.now)
            rows.append((first, draft.pk, early, group, began, later, self.world.began_at, known, MAKER))
            rows.append((second, draft.pk, late, group, later, None, known, None, MAKER))
            split += [
                (second, label, count) for label, count in _shares(self.chance, draft.occupations, late)
            ]
        copy_rows(
            AffiliateMembers,
            (
                *("id", "affiliate_id", "personal", "group", "valid_from", "valid_to"),
                *("recorded_at", "end_recorded_at", "recorded_by"),
            ),
            rows,
        )
        copy_rows(MemberCount, ("members_id", "occupation_label", "count"), split)

    def _write_organs(self, kinds: dict[str, AffiliateKind]) -> None:
        chance, rows = self.chance, []
        for draft in self.drafts:
            if not kinds[draft.kind].has("governance"):
                continue
            start = day_between(chance, max(draft.founded, dt.date(2020, 1, 1)), self.world.today)
            renews = start.replace(year=start.year + 5, day=min(start.day, 28))
            for organ, share, size in (
                (Organ.COUNCIL, 0.95, (15, 45)),
                (Organ.STANDING_COUNCIL, 0.6, (5, 15)),
                (Organ.SUPERVISORS, 0.4, (3, 5)),
                (Organ.SECRETARIAT, 0.9, (2, 6)),
            ):
                if chance.random() < share:
                    rows.append((draft.pk, organ.value, start, chance.randint(*size), renews))
        copy_rows(AffiliateOrgan, ("affiliate_id", "organ", "since", "size", "renews_on"), rows)

    def _write_partners(self) -> None:
        chance, world = self.chance, self.world
        began = clock.local_day(world.began_at)
        rows = []
        for draft in self.drafts:
            if draft.state == Standing.EXITED:
                continue
            for kind, unit, name in draft.partners:
                start = day_between(chance, max(draft.founded, began - dt.timedelta(days=500)), began)
                note = chance.choice(WORK)
                rows.append((draft.pk, kind, unit, name, note, start, None, world.began_at, None, MAKER))
        copy_rows(
            AffiliatePartner,
            (
                *("affiliate_id", "kind", "partner_unit_id", "name", "note", "valid_from", "valid_to"),
                *("recorded_at", "end_recorded_at", "recorded_by"),
            ),
            rows,
        )

    def _write_leaders(self) -> int:
        """Key people of the county with the right occupation lead its societies; rows written."""
        wanted = {(draft.place.pk, draft.led_by) for draft in self.drafts if draft.led_by}
        people: dict[tuple[int, str], list[int]] = {}
        found = KeyPerson.objects.filter(Q(unit__in={unit for unit, _name in wanted})).order_by("pk")
        for pk, unit, occupation in found.values_list("pk", "unit_id", "occupation__name"):
            people.setdefault((unit, occupation), []).append(pk)
        began, rows = clock.local_day(self.world.began_at), []
        for draft in self.drafts:
            choice = people.get((draft.place.pk, draft.led_by), [])
            if not choice or draft.state == Standing.EXITED:
                continue
            person = choice[draft.pk % len(choice)]
            start = max(draft.founded, began - dt.timedelta(days=300))
            role = LeadingRole.PRESIDENT.value
            rows.append((draft.pk, person, role, "", start, None, self.world.began_at, None, MAKER))
        copy_rows(
            AffiliateLeader,
            (
                *("affiliate_id", "person_id", "role", "note", "valid_from", "valid_to"),
                *("recorded_at", "end_recorded_at", "recorded_by"),
            ),
            rows,
        )
        return len(rows)


def _shares(chance: random.Random, occupations: tuple[str, ...], total: int) -> list[tuple[str, int]]:
    """``total`` people over the occupations, the rest unnamed."""
    found, left = [], total
    for label in occupations:
        count = min(left, chance.randint(left // 2, left)) if left else 0
        if count:
            found.append((label, count))
        left -= count
    return found
