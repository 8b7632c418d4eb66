"""Facts of a unit and named sets of units, for integrators."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets

from core.access import ApiPermission
from orgs.choices import (
    BlankReason,
    ConfirmationState,
    EstablishmentState,
    HavesItem,
    LacksItem,
    MandatoryFact,
    OfficerRole,
)
from orgs.models import Cohort, Establishment, OrgUnit, UnitOfficer
from orgs.permissions import VIEW_UNITS
from orgs.selectors.cohorts import known_cohorts, with_counts
from orgs.selectors.facts import missing_in
from orgs.selectors.standing import standing_of
from orgs.selectors.units import unit_facts


class EstablishmentSerializer(serializers.ModelSerializer):
    state = serializers.ChoiceField(choices=EstablishmentState.choices)
    reason_code = serializers.ChoiceField(choices=BlankReason.choices, allow_blank=True)

    class Meta:
        model = Establishment
        fields = ("state", "valid_from", "reason_code", "reason", "planned_on", "responsible", "basis")


class OfficerSerializer(serializers.ModelSerializer):
    """Telephone numbers are masked for everyone here."""

    role = serializers.ChoiceField(choices=OfficerRole.choices)
    phone = serializers.CharField(source="phone_masked")

    class Meta:
        model = UnitOfficer
        fields = ("role", "name", "post", "is_chair", "phone", "valid_from")


class HaveSerializer(serializers.Serializer):
    item = serializers.ChoiceField(choices=HavesItem.choices)
    since = serializers.DateField(source="valid_from")
    note = serializers.CharField()


class LackSerializer(HaveSerializer):
    item = serializers.ChoiceField(choices=LacksItem.choices)


class ResourcesSerializer(serializers.Serializer):
    """``budget`` in 万元 a year; what is not known is null."""

    since = serializers.DateField()
    is_separate = serializers.BooleanField(allow_null=True)
    posts = serializers.IntegerField(allow_null=True)
    full_time = serializers.IntegerField(allow_null=True)
    part_time = serializers.IntegerField(allow_null=True)
    budget = serializers.DecimalField(12, 2, allow_null=True, coerce_to_string=False)
    conference_seats = serializers.IntegerField(allow_null=True)
    basis = serializers.CharField()


class WordSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=ConfirmationState.choices)
    at = serializers.DateTimeField()
    by = serializers.CharField()
    remark = serializers.CharField()


class CohortNameSerializer(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    is_pilot = serializers.BooleanField(source="pilot")


class UnitFactsSerializer(serializers.Serializer):
    """Everything on record of one unit today."""

    establishment = EstablishmentSerializer(allow_null=True)
    officers = OfficerSerializer(many=True)
    resources = ResourcesSerializer(allow_null=True)
    six_haves = HaveSerializer(many=True)
    four_lacks = LackSerializer(many=True)
    confirmation = WordSerializer(allow_null=True)
    cohorts = CohortNameSerializer(many=True)
    missing = serializers.ListField(child=serializers.ChoiceField(choices=MandatoryFact.choices))


def facts_of(unit: OrgUnit) -> dict[str, Any]:
    """The facts of one unit as :class:`UnitFactsSerializer` shows them."""
    facts, standing = unit_facts(unit), standing_of(unit)
    return {
        "establishment": facts.establishment,
        "officers": list(facts.officers.values()),
        "resources": standing.resources,
        "six_haves": list(facts.haves.values()),
        "four_lacks": list(facts.lacks.values()),
        "confirmation": standing.word,
        "cohorts": standing.cohorts,
        "missing": missing_in(unit, facts.officers, facts.establishment),
    }


class CohortSerializer(serializers.ModelSerializer):
    """A named set of units; its members are the units listed with ``?cohort=``."""

    size = serializers.IntegerField(read_only=True)

    class Meta:
        model = Cohort
        fields = ("id", "name", "is_pilot", "note", "owner", "opened_on", "closed_on", "size")
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="单位集列表", description="本单位、下级和上级设定的单位集，含已停用的。"),
    retrieve=extend_schema(summary="一个单位集"),
)
class CohortViewSet(viewsets.ReadOnlyModelViewSet):
    """The sets that whoever asks may name."""

    serializer_class = CohortSerializer
    permission_classes = [ApiPermission]
    required_permission = VIEW_UNITS
    queryset = Cohort.objects.none()

    def get_queryset(self) -> QuerySet[Cohort]:
        return with_counts(known_cohorts(self.request.user)).order_by("pk")
