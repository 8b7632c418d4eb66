"""Composition and coverage of bodies as JSON: the row objects of the pages."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from core import clock
from core.access import ApiPermission, SignedInApiRequest
from core.dated import Moment, end_of_day
from orgs.choices import Level
from orgs.models import OrgUnit
from sanzhang.permissions import VIEW_PEOPLE
from sanzhang.selectors.bodies_composed import picture
from sanzhang.selectors.composition import TOGETHER
from sanzhang.selectors.coverage import SeatQuery, coverage, with_establishment
from sanzhang.selectors.seated import COMPOSED_LEVELS, SEATED_LEVELS
from sanzhang.serializers.composition import (
    CompositionQuery,
    CompositionSerializer,
    CoverQuery,
    KeyCoverageSerializer,
    ScopeQuery,
)


class _Asked(APIView):
    """Abstract: finds the unit within the scope, the day and the levels."""

    permission_classes = [ApiPermission]
    required_permission = VIEW_PEOPLE
    query_class: type[ScopeQuery] = ScopeQuery
    every_level: tuple[Level, ...] = COMPOSED_LEVELS

    def asked(self, request: SignedInApiRequest) -> tuple[OrgUnit, Moment, tuple[Level, ...], dict[str, Any]]:
        query = self.query_class(data=request.query_params)
        query.is_valid(raise_exception=True)
        values = query.validated_data
        units = OrgUnit.objects.visible_to(request.user, VIEW_PEOPLE).filter(level__lte=Level.TOWNSHIP)
        own = request.user.unit
        unit = get_object_or_404(units, pk=values.get("unit") or (own.pk if own else 0))
        levels = (Level(values["level"]),) if values.get("level") else self.every_level
        return unit, end_of_day(values.get("on") or clock.today()), levels, values


class CompositionView(_Asked):
    """领导机构构成."""

    query_class = CompositionQuery

    @extend_schema(
        summary="领导机构构成",
        description="某日在任人员的构成、比例要求达到情况和下级单位；出生年月、性别未填的单列。",
        parameters=[CompositionQuery],
        responses=CompositionSerializer,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        unit, at, levels, values = self.asked(request)
        found = picture(unit, at, kind=values.get("body", TOGETHER), levels=levels)
        body = {
            "unit": unit.pk,
            "on": at.day,
            "bodies": {kind or "together": made for kind, made in found.whole.items()},
            "ratios": found.tallies,
            "children": found.children,
        }
        return Response(CompositionSerializer(body).data)


class KeyCoverageView(_Asked):
    """三长覆盖."""

    query_class = CoverQuery
    every_level = SEATED_LEVELS

    @extend_schema(
        summary="三长覆盖",
        description="某日应建单位中有三长在领导机构任职的，按下级单位，附未覆盖单位名单。",
        parameters=[CoverQuery],
        responses=KeyCoverageSerializer,
    )
    def get(self, request: SignedInApiRequest) -> Response:
        unit, at, levels, values = self.asked(request)
        found = coverage(unit, at, levels=levels, asked=SeatQuery.of(values))
        body = {
            "unit": unit.pk,
            "on": at.day,
            "whole": found.whole,
            "children": [*found.regular, *found.zones],
            "blank_spots": with_establishment(found.blank_spots, at),
        }
        return Response(KeyCoverageSerializer(body).data)
