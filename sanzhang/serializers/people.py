"""The registry as the API shows and takes it: telephones always masked, months of birth for who keeps the record."""

from __future__ import annotations

import datetime as dt
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orgs.models import OrgUnit
from sanzhang.choices import (
    Discipline,
    Education,
    Employment,
    EndReason,
    NewOrganisation,
    Position,
    Sex,
    WayIn,
)
from sanzhang.models import Appointment, KeyPerson, Occupation
from sanzhang.permissions import UNMASK, VIEW_PEOPLE
from sanzhang.services.appointments import SeatFacts
from sanzhang.services.people import COLUMNS, PersonFacts


@extend_schema_field(OpenApiTypes.INT)
class UnitInSight(serializers.PrimaryKeyRelatedField):
    """A unit by its key, as far as the asker sees."""

    default_error_messages = {"does_not_exist": "单位不存在，或不在您的管辖范围内。"}

    def get_queryset(self) -> Any:
        request = self.context.get("request")
        if request is None or not request.user.is_authenticated:
            return OrgUnit.objects.none()
        return OrgUnit.objects.visible_to(request.user, VIEW_PEOPLE).open()


@extend_schema_field(OpenApiTypes.INT)
class PersonInSight(serializers.PrimaryKeyRelatedField):
    """A person by key, as far as the asker sees."""

    default_error_messages = {"does_not_exist": "人员不存在，或不在您的管辖范围内。"}

    def get_queryset(self) -> Any:
        request = self.context.get("request")
        if request is None or not request.user.is_authenticated:
            return KeyPerson.objects.none()
        return KeyPerson.objects.present().visible_to(request.user, VIEW_PEOPLE)


class SeatSerializer(serializers.ModelSerializer):
    """One seat."""

    person_name = serializers.CharField(source="person.name", read_only=True)
    unit_name = serializers.CharField(source="unit.display_name", read_only=True)
    body = serializers.CharField(source="body.kind", read_only=True, help_text="领导机构")
    position_label = serializers.CharField(source="get_position_display", read_only=True)

    class Meta:
        model = Appointment
        fields = (
            *("id", "person", "person_name", "unit", "unit_name", "body", "position", "position_label"),
            *("employment", "secondment_ends_on", "way_in", "basis", "is_backfill"),
            *("valid_from", "valid_to", "end_reason", "recorded_at", "voided_at"),
        )
        read_only_fields = fields


class NewSeatSerializer(serializers.Serializer):
    """A seat to be taken."""

    person = PersonInSight(help_text="人员编号")
    unit = UnitInSight(help_text="单位编号")
    position = serializers.ChoiceField(Position.choices)
    employment = serializers.ChoiceField(Employment.choices, default=Employment.PART_TIME)
    valid_from = serializers.DateField()
    secondment_ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    way_in = serializers.ChoiceField(WayIn.choices, required=False, allow_blank=True, default="")
    basis = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    is_backfill = serializers.BooleanField(default=False)
    explanation = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")

    def seat(self) -> SeatFacts:
        data = self.validated_data
        names = (
            "position",
            "valid_from",
            "employment",
            "secondment_ends_on",
            "way_in",
            "basis",
            "is_backfill",
        )
        return SeatFacts(**{name: data[name] for name in names})


class EndSeatSerializer(serializers.Serializer):
    """Leaving a seat: ``on`` is the first day out of office."""

    on = serializers.DateField()
    reason = serializers.ChoiceField(EndReason.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PersonSerializer(serializers.ModelSerializer):
    """One person with the seats held today."""

    unit_name = serializers.CharField(source="unit.display_name", read_only=True)
    occupation = serializers.CharField(source="occupation.name", read_only=True)
    category = serializers.CharField(source="occupation.category", read_only=True)
    field = serializers.CharField(source="occupation.field", read_only=True)
    phone = serializers.CharField(source="phone_masked", read_only=True, help_text="只给出首尾数字")
    birth_month = serializers.SerializerMethodField(help_text="仅管理该单位的人可见")
    retired_on = serializers.SerializerMethodField(help_text="退休时间，仅管理该单位的人可见")
    seats = serializers.SerializerMethodField()

    class Meta:
        model = KeyPerson
        fields = (
            *("id", "unit", "unit_name", "name", "sex", "birth_month", "education", "title"),
            *("is_party_member", "is_front_line", "is_retired", "retired_on", "new_organisation"),
            *("disciplines", "employer", "post"),
            *("occupation", "category", "field", "phone", "seats", "revision", "recorded_at", "updated_at"),
        )
        read_only_fields = fields

    def get_birth_month(self, person: KeyPerson) -> dt.date | None:
        return person.birth_month if self._shows_months(person) else None

    def get_retired_on(self, person: KeyPerson) -> dt.date | None:
        return person.retired_on if self._shows_months(person) else None

    def _shows_months(self, person: KeyPerson) -> bool:
        request = self.context.get("request")
        return bool(request and request.user.can(UNMASK, person.unit))

    def get_seats(self, person: KeyPerson) -> list[dict[str, Any]]:
        return [
            {
                "id": seat.pk,
                "unit": seat.unit_id,
                "unit_name": seat.unit.display_name,
                "position": seat.position,
                "valid_from": seat.valid_from,
            }
            for seat in self.context["seats"].get(person.pk, [])
        ]


class PersonFactsSerializer(serializers.Serializer):
    """The facts of a person; without ``phone`` the stored number stays, with ``""`` it goes."""

    name = serializers.CharField(max_length=40)
    occupation = serializers.SlugRelatedField(
        slug_field="name",
        queryset=Occupation.objects.all(),
        help_text="职业身份名称",
        error_messages={"does_not_exist": "没有“{value}”这一职业身份。"},
    )
    employer = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    post = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    sex = serializers.ChoiceField(Sex.choices, required=False, allow_blank=True, default="")
    birth_month = serializers.DateField(
        required=False,
        allow_null=True,
        default=None,
        input_formats=["%Y-%m", "%Y-%m-%d"],
        help_text="如 1975-06",
    )
    education = serializers.ChoiceField(Education.choices, required=False, allow_blank=True, default="")
    title = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    is_party_member = serializers.BooleanField(default=False)
    is_front_line = serializers.BooleanField(default=True)
    is_retired = serializers.BooleanField(default=False)
    retired_on = serializers.DateField(
        required=False, allow_null=True, default=None, input_formats=["%Y-%m", "%Y-%m-%d"]
    )
    new_organisation = serializers.ChoiceField(
        NewOrganisation.choices, required=False, allow_blank=True, default=""
    )
    disciplines = serializers.ListField(
        child=serializers.ChoiceField(Discipline.choices), required=False, default=list
    )
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True)
    explanation = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")

    def facts(self) -> PersonFacts:
        data = self.validated_data
        return PersonFacts(**{column: data[column] for column in COLUMNS}, phone=data.get("phone"))


class NewPersonSerializer(PersonFactsSerializer):
    """A person to be registered; ``key`` sent twice registers once."""

    unit = UnitInSight(help_text="单位编号")
    is_backfill = serializers.BooleanField(default=False)
    key = serializers.UUIDField(required=False, allow_null=True, default=None)


class ChangedPersonSerializer(PersonFactsSerializer):
    """New facts, on the revision that was read; ``changed_on`` where the work changed and was not merely corrected."""

    revision = serializers.IntegerField(min_value=1)
    changed_on = serializers.DateField(required=False, allow_null=True, default=None)
