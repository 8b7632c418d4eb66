"""Key people: who they are. Names and numbers are invented; employers are those such people have."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from functools import lru_cache

from core.cipher import digest, encrypt, mask
from core.copying import copy_rows, new_keys
from kexie_portal.demo import words
from kexie_portal.demo.accounts import MAKER
from kexie_portal.demo.world import Place, World
from orgs.choices import Level
from sanzhang.choices import Education
from sanzhang.models import KeyPerson, Occupation
from sanzhang.namekeys import name_keys
from sanzhang.services.histories import begin_spells
from sanzhang.strokekeys import stroke_key

#: Occupation → employers as they are called after the unit's name, the post, and titles.
WORK: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {
    "医院院长": (("人民医院", "中医医院", "妇幼保健院", "第二人民医院"), "院长", ("主任医师", "副主任医师")),
    "学校校长": (("第一中学", "实验中学", "实验小学", "职业教育中心"), "校长", ("正高级教师", "高级教师")),
    "农技站站长": (("农业技术推广站", "农业技术推广中心"), "站长", ("高级农艺师", "农艺师")),
    "农技协联合会会长": (("农村专业技术协会联合会",), "会长", ("农艺师", "")),
    "卫生系统专家型领导干部": (("卫生健康局",), "副局长", ("主任医师", "副主任医师")),
    "教育系统专家型领导干部": (("教育和体育局",), "副局长", ("高级教师",)),
    "农业系统专家型领导干部": (("农业农村局",), "副局长", ("农业技术推广研究员", "高级农艺师")),
    "乡镇卫生院院长": (("中心卫生院", "卫生院"), "院长", ("副主任医师", "主治医师")),
    "街道卫生服务中心主任": (("社区卫生服务中心",), "主任", ("副主任医师", "主治医师")),
    "农业服务中心主任": (("农业综合服务中心",), "主任", ("农艺师", "畜牧师", "")),
    "社会服务中心主任": (("社会事务服务中心",), "主任", ("",)),
    "乡镇农技协会长": (("农村专业技术协会",), "会长", ("",)),
    "科技馆馆长": (("科技馆",), "馆长", ("馆员", "")),
    "科普教育基地负责人": (("科普教育基地", "农业科普示范园"), "负责人", ("",)),
    "科普讲师团团长": (("科普讲师团",), "团长", ("高级讲师", "")),
    "村卫生室主任": (("卫生室",), "主任", ("乡村医生",)),
    "社区卫生服务中心主任": (("社区卫生服务站",), "主任", ("主治医师",)),
    "小学校长": (("小学",), "校长", ("一级教师",)),
}
#: Occupations of new economic and new social organisations, and the disciplines that go with some.
NEW_ORGANISATION = {
    "农技协联合会会长": "social",
    "乡镇农技协会长": "social",
    "科普教育基地负责人": "economic",
    "种养殖大户": "economic",
}
DISCIPLINES = {
    "医院院长": "{medicine}",
    "乡镇卫生院院长": "{medicine}",
    "街道卫生服务中心主任": "{medicine}",
    "学校校长": "{education}",
    "农技站站长": "{agriculture}",
    "农业服务中心主任": "{agriculture}",
    "卫生系统专家型领导干部": "{medicine,management}",
    "教育系统专家型领导干部": "{education,management}",
    "农业系统专家型领导干部": "{agriculture,management}",
}
SELF_EMPLOYED = ("", "", ("",))
#: Of whom the month of birth is on record; and the share of those born until then who have retired.
KNOWN_BIRTHS, RETIRED_BORN, RETIRED = 0.98, 1969, 0.3
SCHOOLS_OF_TOWNSHIP = ("中心小学", "初级中学", "中心学校")


@dataclass(slots=True)
class Person:
    """One invented head."""

    place: Place
    occupation: str
    name: str
    sex: str
    known_at: dt.datetime
    pk: int = 0
    keeper: int = 0


@dataclass
class Cast:
    """Everyone who appears, in order of appearance."""

    world: World
    people: list[Person] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = self.world.chance("cast")
        self.blanks = self.world.chance("blanks")

    def enter(self, place: Place, occupation: str, known_at: dt.datetime) -> Person:
        is_woman = self.chance.random() < 0.34
        name = words.person_name(self.chance, is_woman=is_woman)
        person = Person(place, occupation, name, "f" if is_woman else "m", known_at, keeper=place.pk)
        self.people.append(person)
        return person

    def write(self) -> int:
        """The people's rows; each gets its key. How many."""
        occupations = dict(Occupation.objects.values_list("name", "pk"))
        for person, pk in zip(self.people, new_keys(KeyPerson, len(self.people)), strict=True):
            person.pk = pk
        copy_rows(
            KeyPerson,
            (
                *("id", "unit_id", "name", "pinyin", "initials", "stroke_key", "sex", "birth_month"),
                *("education", "title", "is_party_member", "employer", "post", "occupation_id"),
                *("is_front_line", "is_retired", "new_organisation", "disciplines"),
                *(
                    "phone_cipher",
                    "phone_digest",
                    "phone_mask",
                    "recorded_at",
                    "recorded_by",
                    "updated_at",
                    "revision",
                ),
            ),
            (self._row(number, person, occupations) for number, person in enumerate(self.people)),
        )
        begin_spells()
        return len(self.people)

    def _row(self, number: int, person: Person, occupations: dict[str, int]) -> tuple[object, ...]:
        chance = self.chance
        is_village = person.place.level == Level.VILLAGE
        employer, post, title = _work_of(person, chance)
        phone = "" if is_village else f"1990000{number * 7 % 10_000:04d}"
        born = dt.date(chance.randint(1968, 1997 if is_village else 1988), chance.randint(1, 12), 1)
        is_told = chance.random() < 0.6 if is_village else self.blanks.random() < KNOWN_BIRTHS
        is_retired = born.year <= RETIRED_BORN and self.blanks.random() < RETIRED
        return (
            person.pk,
            person.keeper,
            person.name,
            *_keys_of(person.name),
            stroke_key(person.name),
            person.sex,
            born if is_told else None,
            _education(chance, is_village=is_village),
            title,
            chance.random() < (0.35 if is_village else 0.72),
            employer,
            post,
            occupations[person.occupation],
            "领导干部" not in person.occupation and not is_retired,
            is_retired,
            NEW_ORGANISATION.get(person.occupation, ""),
            DISCIPLINES.get(person.occupation, "{}"),
            encrypt(phone),
            digest(phone),
            mask(phone),
            person.known_at,
            MAKER,
            person.known_at,
            1,
        )


@lru_cache(maxsize=50_000)
def _keys_of(name: str) -> tuple[str, str]:
    return name_keys(name)


def _work_of(person: Person, chance: random.Random) -> tuple[str, str, str]:
    employers, post, titles = WORK.get(person.occupation, SELF_EMPLOYED)
    if person.place.level == Level.TOWNSHIP and person.occupation == "学校校长":
        employers = SCHOOLS_OF_TOWNSHIP
    if not employers:
        return f"{short_name(person.place)}村民", "", ""
    return f"{short_name(person.place)}{chance.choice(employers)}", post, chance.choice(titles)


def short_name(place: Place) -> str:
    """A village without 村民委员会 at its end."""
    name = place.name
    for ending in ("村民委员会", "居民委员会", "村委会", "居委会"):
        name = name.removesuffix(ending)
    return name


def _education(chance: random.Random, *, is_village: bool) -> str:
    if is_village:
        return chance.choices([Education.JUNIOR, Education.SENIOR, Education.COLLEGE], weights=[3, 4, 3])[
            0
        ].value
    choices = [Education.COLLEGE, Education.BACHELOR, Education.MASTER, Education.DOCTOR]
    return chance.choices(choices, weights=[3, 12, 4, 0.4])[0].value
