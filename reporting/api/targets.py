"""Targets over the interface: how far units are, and handing targets down."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from core.access import SignedInApiRequest
from reporting.api.figures import CYCLE, UNIT, FiguresView
from reporting.permissions import VIEW_REPORTS
from reporting.selectors.paces import Progress
from reporting.selectors.targets import unit_progress, units_to_set
from reporting.services.targets import TargetChange, set_targets


class TargetProgressSerializer(serializers.Serializer):
    """Ratios in percent; ``completion`` is a fraction of 1 and may exceed it, ``null`` without a figure."""

    unit = serializers.IntegerField(source="unit_id")
    key = serializers.CharField(source="goal.key")
    due_on = serializers.DateField(source="goal.due_on")
    target = serializers.DecimalField(source="goal.value", max_digits=18, decimal_places=2)
    now = serializers.FloatField(allow_null=True)
    expected = serializers.FloatField()
    completion = serializers.FloatField(allow_null=True)
    pace = serializers.CharField()
    set_by = serializers.CharField(source="goal.set_by")
    basis = serializers.CharField(source="goal.basis")
    is_inherited = serializers.BooleanField(source="goal.is_inherited")


class TargetCellSerializer(serializers.Serializer):
    unit = serializers.IntegerField(min_value=1, max_value=2**62)
    key = serializers.SlugField(max_length=40)
    value = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)


class SetTargetsSerializer(serializers.Serializer):
    """``value`` of ``null`` takes a target back."""

    due_on = serializers.DateField()
    basis = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    targets = TargetCellSerializer(many=True, allow_empty=False)

    def validate_targets(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(value) > 2000:
            raise serializers.ValidationError("一次最多下达2000项目标。")
        return value


class TargetOutcomeSerializer(serializers.Serializer):
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    ended = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class TargetsView(FiguresView):
    """目标: the unit's own and those of the units directly below it."""

    required_permission = VIEW_REPORTS

    @extend_schema(
        summary="目标进度",
        parameters=[CYCLE, UNIT],
        responses=TargetProgressSerializer(many=True),
        filters=False,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        cycle, unit, _values = self.asked(request)
        ids = [unit.pk, *(one.pk for one in units_to_set(unit) if one.pk != unit.pk)]
        found: list[Progress] = list(unit_progress(cycle, unit, ids).values())
        return Response(TargetProgressSerializer(found, many=True).data)

    @extend_schema(summary="下达目标", request=SetTargetsSerializer, responses={201: TargetOutcomeSerializer})
    def post(self, request: SignedInApiRequest) -> Response:
        asked = SetTargetsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        outcome = set_targets(
            setter=request.user.unit,
            due_on=values["due_on"],
            changes=[TargetChange(one["unit"], one["key"], one["value"]) for one in values["targets"]],
            basis=values["basis"],
            by=request.user,
        )
        return Response(TargetOutcomeSerializer(outcome).data, status=status.HTTP_201_CREATED)
