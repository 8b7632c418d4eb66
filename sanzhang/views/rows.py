"""Rows by their key within the person's reach: absent and out of reach are the same 404, read-only is 403."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404

from core.access import SignedInRequest
from core.errors import Forbidden
from core.permissions import Permission
from sanzhang.models import Appointment, Candidacy, KeyPerson, Meeting, Term
from sanzhang.permissions import MANAGE_PEOPLE, VIEW_PEOPLE


def typed(request: SignedInRequest) -> Any:
    """What a form is bound to: what was sent, be it nothing at all; ``None`` before anything is sent."""
    return request.POST if request.method == "POST" else None


def demand(request: SignedInRequest, permission: Permission, unit: Any) -> None:
    """403 unless ``permission`` reaches ``unit``."""
    if not request.user.can(permission, unit):
        raise Forbidden.for_action(permission.label)


def person_in_view(request: SignedInRequest, pk: int) -> KeyPerson:
    """Anybody in sight, merged records included."""
    people = KeyPerson.objects.visible_to(request.user, VIEW_PEOPLE).filter(voided_at__isnull=True)
    return get_object_or_404(people.select_related("unit", "occupation", "merged_into"), pk=pk)


def person_to_manage(request: SignedInRequest, pk: int) -> KeyPerson:
    """Somebody whose record the desk keeps."""
    person = person_in_view(request, pk)
    demand(request, MANAGE_PEOPLE, person.unit)
    return person


def seat_to_manage(request: SignedInRequest, pk: int) -> Appointment:
    seats = Appointment.objects.visible_to(request.user, VIEW_PEOPLE).select_related("unit", "body", "person")
    seat = get_object_or_404(seats, pk=pk)
    demand(request, MANAGE_PEOPLE, seat.unit)
    return seat


def candidacy_in_view(request: SignedInRequest, pk: int) -> Candidacy:
    rows = Candidacy.objects.visible_to(request.user, VIEW_PEOPLE)
    return get_object_or_404(
        rows.select_related(
            "unit__parent", "body", "person__occupation", "appointment", "procedure", "replaces__person"
        ),
        pk=pk,
    )


def candidacy_to_manage(request: SignedInRequest, pk: int) -> Candidacy:
    candidacy = candidacy_in_view(request, pk)
    demand(request, MANAGE_PEOPLE, candidacy.unit)
    return candidacy


def term_to_manage(request: SignedInRequest, pk: int) -> Term:
    terms = Term.objects.visible_to(request.user, VIEW_PEOPLE).select_related("body__unit")
    term = get_object_or_404(terms, pk=pk)
    demand(request, MANAGE_PEOPLE, term.body.unit)
    return term


def meeting_in_view(request: SignedInRequest, pk: int) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user, VIEW_PEOPLE)
    return get_object_or_404(meetings.select_related("unit"), pk=pk)


def meeting_to_manage(request: SignedInRequest, pk: int) -> Meeting:
    meeting = meeting_in_view(request, pk)
    demand(request, MANAGE_PEOPLE, meeting.unit)
    return meeting
