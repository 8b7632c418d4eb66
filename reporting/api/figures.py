"""Totals, completeness and coverage: the row objects of the pages, as JSON."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.access import ApiPermission, SignedInApiRequest
from orgs.choices import Level
from orgs.filters.days import FIRST_DAY
from orgs.models import OrgUnit
from reporting.api.reports import province_ids
from reporting.api.serializers import CompletenessSerializer, CoverageSerializer, RollupSerializer
from reporting.models import Cycle
from reporting.permissions import VIEW_REPORTS
from reporting.rollup import THEN, Basis, Lens, basis_for, cycle_totals, year_to_date
from reporting.selectors.answer_totals import answer_totals
from reporting.selectors.completeness import Counts
from reporting.selectors.counted import NOT_CHARGED
from reporting.selectors.coverage import coverage_table
from reporting.selectors.quality import quality_of

CYCLE = OpenApiParameter("cycle", OpenApiTypes.INT, required=True, description="填报期编号")
UNIT = OpenApiParameter("unit", OpenApiTypes.INT, description="单位编号，默认本单位")
BASIS = OpenApiParameter(
    "basis", OpenApiTypes.STR, enum=Basis.values, description="实时或审定，默认按该期状态"
)
LEVEL = OpenApiParameter("level", OpenApiTypes.INT, enum=[2, 3, 4], description="所列单位的层级")
SINCE = OpenApiParameter(
    "since", OpenApiTypes.INT, description="起始填报期编号（同一填报任务、更早的一期），给出时从该期起合计"
)
LENS = OpenApiParameter(
    "lens",
    OpenApiTypes.STR,
    enum=["then", "now"],
    default="then",
    description="区划：then 按当时，now 按现行（合并的相加，分设的并成一行，编号为负）",
)
ON = OpenApiParameter(
    "on", OpenApiTypes.DATE, description="截至日期：按这一天的区划；覆盖情况为这一天的情况。不能晚于今天"
)
#: What is said of no township.
UNCHARGED = (*NOT_CHARGED, "on_time_rate", "first_pass_rate")


class FiguresQuery(serializers.Serializer):
    """What the three questions have in common."""

    cycle = serializers.IntegerField(min_value=1, max_value=2**62)
    unit = serializers.IntegerField(required=False, min_value=1, max_value=2**62)
    basis = serializers.ChoiceField(choices=Basis.choices, required=False)
    level = serializers.ChoiceField(choices=[(2, "市级"), (3, "县级"), (4, "乡镇级")], required=False)
    lens = serializers.ChoiceField(choices=["then", "now"], default="then")
    on = serializers.DateField(required=False)
    since = serializers.IntegerField(required=False, min_value=1, max_value=2**62)

    def validate_on(self, value: dt.date) -> dt.date:
        if not FIRST_DAY <= value <= clock.today():
            raise serializers.ValidationError("截至日期不能晚于今天，也不能早于2000年。")
        return value


class FiguresView(APIView):
    """Abstract: finds cycle and unit within the scope."""

    permission_classes = [ApiPermission]
    required_permission = VIEW_REPORTS

    def asked(self, request: SignedInApiRequest) -> tuple[Cycle, OrgUnit, dict[str, Any]]:
        query = FiguresQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        values = query.validated_data
        cycle = get_object_or_404(
            Cycle.objects.select_related("collection").filter(
                collection__owner__in=province_ids(request.user)
            ),
            pk=values["cycle"],
        )
        units = OrgUnit.objects.visible_to(request.user, VIEW_REPORTS)
        return cycle, get_object_or_404(units, pk=values.get("unit") or request.user.unit.pk), values


def _lens(values: dict[str, Any]) -> Lens:
    """What places figures: today's tree, that of the day asked for, or none."""
    return Lens.now() if values["lens"] == "now" else Lens(values.get("on"))


class RollupView(FiguresView):
    """汇总: typed indicators of a unit and everything below it."""

    @extend_schema(summary="汇总数", parameters=[CYCLE, UNIT, BASIS, LENS, ON], responses=RollupSerializer)
    def get(self, request: SignedInApiRequest) -> Response:
        cycle, unit, values = self.asked(request)
        basis = Basis(values.get("basis") or basis_for(cycle))
        lens = _lens(values)
        table = cycle_totals(cycle, basis=basis, within=unit, lens=lens)
        year = year_to_date(cycle, basis=basis, within=unit, lens=lens)
        rows = [
            {
                "unit": unit_id,
                "key": key,
                **cell._asdict(),
                "year_to_date": year.total(unit_id, key),
            }
            for unit_id, key, cell in table.rows()
        ]
        groups = year.groups | table.groups
        choices, tables = answer_totals(cycle, unit, basis, lens)
        body = {
            "cycle": cycle.pk,
            "basis": basis,
            "totals": rows,
            "choices": choices,
            "tables": tables,
            "groups": list(groups.values()),
        }
        return Response(RollupSerializer(body).data)


class CompletenessView(FiguresView):
    """报送质量: who is in, late, missing, exempt."""

    @extend_schema(
        summary="报送情况",
        parameters=[CYCLE, UNIT, SINCE, LENS, ON],
        responses=CompletenessSerializer(many=True),
        filters=False,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        cycle, unit, values = self.asked(request)
        since = None
        if "since" in values:
            earlier = Cycle.objects.filter(collection=cycle.collection_id, period__lt=cycle.period)
            since = get_object_or_404(earlier, pk=values["since"])
        rows = [
            {
                **{name: getattr(row, name) for name in ("unit_id", "name", "code", "level", "is_zone")},
                "tiers": {tier: _counts(tier, counts) for tier, counts in row.tiers.items()},
            }
            for row in quality_of(cycle, within=unit, since=since, lens=_lens(values)).rows
        ]
        return Response(CompletenessSerializer(rows, many=True).data)


def _counts(tier: str, counts: Counts) -> dict[str, Any]:
    found = dataclasses.asdict(counts) | {
        "submitted_rate": counts.submitted_rate,
        "on_time_rate": counts.on_time_rate,
        "first_pass_rate": counts.first_pass_rate,
    }
    return found | (dict.fromkeys(UNCHARGED) if tier == "township" else {})


class CoverageView(FiguresView):
    """组织覆盖和三长吸纳, with rates, changes and ranks."""

    @extend_schema(
        summary="覆盖情况", parameters=[CYCLE, UNIT, LEVEL, LENS, ON], responses=CoverageSerializer
    )
    def get(self, request: SignedInApiRequest) -> Response:
        cycle, unit, values = self.asked(request)
        level = Level(values.get("level") or min(unit.level + 1, Level.TOWNSHIP))
        lens = Lens.now() if values["lens"] == "now" else THEN
        table = coverage_table(cycle, unit, level, lens=lens, on=values.get("on"))
        return Response(CoverageSerializer(table).data)
