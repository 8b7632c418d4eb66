"""The duty standard and the yearly evaluations for integrators, to be read."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers, viewsets

from core.access import ApiPermission
from orgs.models import OrgUnit
from sanzhang.choices import Grade
from sanzhang.filters.seats import UnitFilter
from sanzhang.models import DutyLine, DutyStandard, Evaluation
from sanzhang.permissions import VIEW_PEOPLE


class EvaluationFilter(filters.FilterSet):
    """Evaluations by place, year, person and grade."""

    unit = UnitFilter(method="within")
    year = filters.NumberFilter(label="年度")
    person = filters.NumberFilter(field_name="person_id", label="人员编号")
    grade = filters.ChoiceFilter(choices=Grade.choices, label="等次")

    class Meta:
        model = Evaluation
        fields: list[str] = []

    def within(self, rows: Any, name: str, value: OrgUnit) -> Any:
        return rows.within(value)


class EvaluationSerializer(serializers.ModelSerializer):
    """One person's year."""

    name = serializers.CharField(source="person.name", read_only=True)
    unit_name = serializers.CharField(source="unit.display_name", read_only=True)
    grade_label = serializers.CharField(source="get_grade_display", read_only=True)

    class Meta:
        model = Evaluation
        fields = (
            *("id", "person", "name", "unit", "unit_name", "year", "grade", "grade_label", "remark"),
            *("given_at", "revision"),
        )
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="年度评价列表", description="管辖范围内的年度评价。"),
    retrieve=extend_schema(summary="一人一年的评价"),
)
class EvaluationViewSet(viewsets.ReadOnlyModelViewSet):
    """Evaluations within the reach of who asks."""

    serializer_class = EvaluationSerializer
    permission_classes = [ApiPermission]
    required_permission: Any = {"list": VIEW_PEOPLE, "retrieve": VIEW_PEOPLE}
    filterset_class = EvaluationFilter
    queryset = Evaluation.objects.none()

    def get_queryset(self) -> Any:
        seen = Evaluation.objects.visible_to(self.request.user, VIEW_PEOPLE)
        return seen.select_related("person", "unit").order_by("-year", "-id")


class DutyLineSerializer(serializers.ModelSerializer):
    """The least of one position at one level in a year."""

    class Meta:
        model = DutyLine
        fields = ("level", "position", "meetings", "activities", "surveys", "proposals")
        read_only_fields = fields


class DutyStandardSerializer(serializers.ModelSerializer):
    """The standard of a year with its lines."""

    lines = DutyLineSerializer(many=True, read_only=True)

    class Meta:
        model = DutyStandard
        fields = ("id", "owner", "year", "excellent_percent", "note", "lines", "saved_at", "revision")
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(
        summary="履职规范列表", description="本省各年度的履职规范；没有单独制定的年度沿用上一年。"
    ),
    retrieve=extend_schema(summary="一个年度的履职规范"),
)
class DutyStandardViewSet(viewsets.ReadOnlyModelViewSet):
    """The standards of the province of who asks."""

    serializer_class = DutyStandardSerializer
    permission_classes = [ApiPermission]
    required_permission: Any = {"list": VIEW_PEOPLE, "retrieve": VIEW_PEOPLE}
    filterset_fields = ("year",)
    queryset = DutyStandard.objects.none()

    def get_queryset(self) -> Any:
        asker: Any = self.request.user
        unit = asker.unit
        owner = unit.province_id if unit else None
        return DutyStandard.objects.filter(owner=owner).prefetch_related("lines").order_by("-year")
