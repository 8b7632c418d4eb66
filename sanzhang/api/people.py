"""People and seats for integrators: the same services, scope and rules as the pages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core import clock
from core.access import ApiPermission, asker
from sanzhang.filters.people import PeopleFilter
from sanzhang.filters.seats import AppointmentFilter
from sanzhang.models import Appointment, KeyPerson
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE
from sanzhang.selectors import seats_of_people
from sanzhang.serializers.people import (
    ChangedPersonSerializer,
    EndSeatSerializer,
    NewPersonSerializer,
    NewSeatSerializer,
    PersonSerializer,
    SeatSerializer,
)
from sanzhang.services import appointments, people


@extend_schema_view(
    list=extend_schema(summary="人员列表", description="管辖范围内的人员，电话只给出首尾数字。"),
    retrieve=extend_schema(summary="一名人员"),
)
class PersonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Everybody within the reach of who asks."""

    serializer_class = PersonSerializer
    permission_classes = [ApiPermission]
    required_permission = {
        "list": VIEW_PEOPLE,
        "retrieve": VIEW_PEOPLE,
        "create": MANAGE_PEOPLE,
        "update": MANAGE_PEOPLE,
    }
    filterset_class = PeopleFilter
    queryset = KeyPerson.objects.none()

    def get_queryset(self) -> Any:
        seen = KeyPerson.objects.present().visible_to(self.request.user, VIEW_PEOPLE)
        return seen.select_related("unit", "occupation").order_by("pinyin", "id")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer = super().get_serializer(*args, **kwargs)
        if args and args[0] is not None:
            shown = args[0] if kwargs.get("many") else [args[0]]
            context: Any = serializer.context
            context["seats"] = seats_of_people(shown, clock.today())
        return serializer

    @extend_schema(summary="登记人员", request=NewPersonSerializer, responses={201: PersonSerializer})
    def create(self, request: Request) -> Response:
        """A possible double is refused until ``explanation`` says why it is none."""
        asked = NewPersonSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        person = people.register(
            facts=asked.facts(),
            unit=data["unit"],
            by=asker(request),
            is_backfill=data["is_backfill"],
            explanation=data["explanation"],
            key=data["key"],
        )
        return Response(self.get_serializer(person).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="修改人员信息", request=ChangedPersonSerializer, responses={200: PersonSerializer})
    def update(self, request: Request, pk: str) -> Response:
        """409 when the record changed since ``revision`` was read."""
        person = self.get_object()
        asked = ChangedPersonSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        changed = people.update(
            person=person,
            revision=data["revision"],
            facts=asked.facts(),
            by=asker(request),
            explanation=data["explanation"],
            changed_on=data["changed_on"],
        )
        return Response(self.get_serializer(changed).data)


@extend_schema_view(
    list=extend_schema(summary="任职列表", description="管辖范围内各级领导机构的任职，含已离任的。"),
    retrieve=extend_schema(summary="一项任职"),
)
class AppointmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Seats within the reach of who asks."""

    serializer_class = SeatSerializer
    permission_classes = [ApiPermission]
    required_permission = {
        "list": VIEW_PEOPLE,
        "retrieve": VIEW_PEOPLE,
        "create": MANAGE_PEOPLE,
        "end": MANAGE_PEOPLE,
    }
    filterset_class = AppointmentFilter
    queryset = Appointment.objects.none()

    def get_queryset(self) -> Any:
        seen = Appointment.objects.visible_to(self.request.user, VIEW_PEOPLE)
        return seen.select_related("unit", "body", "person").order_by("-valid_from", "-id")

    @extend_schema(summary="登记任职", request=NewSeatSerializer, responses={201: SeatSerializer})
    def create(self, request: Request) -> Response:
        """The seat of somebody on record; 422 with every rule that refuses it."""
        asked = NewSeatSerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        seat = appointments.appoint(
            person=data["person"],
            unit=data["unit"],
            seat=asked.seat(),
            by=asker(request),
            explanation=data["explanation"],
        )
        return Response(self.get_serializer(seat).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="办理离任", request=EndSeatSerializer, responses={200: SeatSerializer})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """The first day out of office, with its reason."""
        seat = self.get_object()
        asked = EndSeatSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        ended = appointments.end(appointment=seat, by=asker(request), **asked.validated_data)
        return Response(self.get_serializer(ended).data)
