"""Composition and coverage as the API shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rest_framework import serializers

from core import clock
from orgs.filters.days import FIRST_DAY
from sanzhang.choices import LEADERSHIP_KINDS, Employment, Field, Measure, Position
from sanzhang.models import Occupation
from sanzhang.selectors.seated import COMPOSED_LEVELS, SEATED_LEVELS

_LEVELS = [(level.value, level.label) for level in COMPOSED_LEVELS]


class ScopeQuery(serializers.Serializer):
    """Which unit, which day, the bodies of which level."""

    unit = serializers.IntegerField(
        required=False, min_value=1, max_value=2**62, help_text="单位编号，默认本单位"
    )
    on = serializers.DateField(required=False, help_text="截至日期，默认今天")
    level = serializers.ChoiceField(choices=_LEVELS, required=False, help_text="机构层级，默认各级")

    def validate_on(self, value: dt.date) -> dt.date:
        if not FIRST_DAY <= value <= clock.today():
            raise serializers.ValidationError("截至日期不能晚于今天，也不能早于2000年。")
        return value


class CompositionQuery(ScopeQuery):
    """And which body."""

    body = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in LEADERSHIP_KINDS],
        required=False,
        help_text="领导机构；不填为各机构合计，一人计一次",
    )


class CoverQuery(ScopeQuery):
    """And whom to count; all of it must hold of one and the same seat."""

    level = serializers.ChoiceField(
        choices=[(level.value, level.label) for level in SEATED_LEVELS],
        required=False,
        help_text="机构层级，默认县级和乡镇级",
    )
    position = serializers.ChoiceField(choices=Position.choices, required=False)
    employment = serializers.ChoiceField(choices=Employment.choices, required=False)
    field = serializers.ChoiceField(choices=Field.choices, required=False)
    occupation = serializers.PrimaryKeyRelatedField(queryset=Occupation.objects.all(), required=False)


class PeopleCountSerializer(serializers.Serializer):
    """How many sit there, of what measures, and of whom an entry is missing."""

    members = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())
    shares = serializers.SerializerMethodField()
    by_seat = serializers.DictField(child=serializers.IntegerField(), help_text="按最高职务计的人数")

    def get_shares(self, made: Any) -> dict[str, float | None]:
        return {one.value: None if (share := made.share(one)) is None else float(share) for one in Measure}


class ChildSerializer(serializers.Serializer):
    """One unit right below."""

    unit = serializers.IntegerField(source="unit.unit_id")
    name = serializers.CharField(source="unit.name")
    level = serializers.IntegerField(source="unit.level")
    composition = PeopleCountSerializer()
    bodies_asked = serializers.IntegerField(source="asked")
    bodies_met = serializers.IntegerField(source="met")


class TallySerializer(serializers.Serializer):
    """One ratio and how the bodies stand to it."""

    level = serializers.IntegerField(source="target.level")
    body = serializers.CharField(source="target.kind")
    measure = serializers.CharField(source="target.measure")
    bound = serializers.CharField(source="target.bound")
    percent = serializers.IntegerField(source="target.percent")
    basis = serializers.CharField(source="target.basis")
    bodies = serializers.IntegerField()
    met = serializers.IntegerField()
    unmet = serializers.IntegerField()
    open = serializers.IntegerField()


class CompositionSerializer(serializers.Serializer):
    """The composition of a unit's subtree on a day."""

    unit = serializers.IntegerField()
    on = serializers.DateField()
    bodies = serializers.DictField(child=PeopleCountSerializer(), help_text="按领导机构；together 为合计")
    ratios = TallySerializer(many=True)
    children = ChildSerializer(many=True)


class CoverCountSerializer(serializers.Serializer):
    """Expected units and how many have somebody."""

    unit = serializers.IntegerField(source="unit.unit_id", allow_null=True, default=None)
    name = serializers.CharField(source="unit.name", allow_null=True, default=None)
    is_zone = serializers.BooleanField(source="unit.is_zone", default=False)
    expected = serializers.IntegerField()
    covered = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)
    townships = serializers.IntegerField()
    three_fields = serializers.IntegerField()
    heads = serializers.IntegerField()


class BlankSerializer(serializers.Serializer):
    """An expected unit where nobody of those asked for sits."""

    unit = serializers.IntegerField(source="unit.unit_id")
    name = serializers.CharField(source="unit.name")
    level = serializers.IntegerField(source="unit.level")
    state = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    planned_on = serializers.SerializerMethodField()
    responsible = serializers.SerializerMethodField()

    def get_state(self, cover: Any) -> str:
        return cover.establishment.state if cover.establishment else "absent"

    def get_reason(self, cover: Any) -> str:
        return cover.establishment.reason_words if cover.establishment else ""

    def get_planned_on(self, cover: Any) -> dt.date | None:
        return cover.establishment.planned_on if cover.establishment else None

    def get_responsible(self, cover: Any) -> str:
        return cover.establishment.responsible if cover.establishment else ""


class KeyCoverageSerializer(serializers.Serializer):
    """The coverage of a unit's subtree on a day."""

    unit = serializers.IntegerField()
    on = serializers.DateField()
    whole = CoverCountSerializer()
    children = CoverCountSerializer(many=True)
    blank_spots = BlankSerializer(many=True)
