"""What of the bodies and the way in waits at one desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core import clock
from orgs.models import OrgUnit
from sanzhang.choices import LEADERSHIP_KINDS
from sanzhang.models import Candidacy, LeadershipBody, Meeting
from sanzhang.permissions import GIVE_OPINION
from sanzhang.selectors.board import awaiting_opinion_of
from sanzhang.selectors.terms import count_by_state, with_present_term


@dataclass(frozen=True, slots=True)
class BodyWork:
    """Counts for the unit and everything below it, but the opinions, which are the unit's own to give."""

    overdue: int
    soon: int
    opinions: int
    candidacies: int
    meetings: int

    @property
    def is_any(self) -> bool:
        return bool(self.overdue or self.soon or self.opinions or self.candidacies or self.meetings)


def body_work(unit: OrgUnit, user: Any) -> BodyWork:
    """What is due at ``unit``'s desk. Four queries, whatever the numbers."""
    today = clock.today()
    bodies = LeadershipBody.objects.within(unit).filter(
        kind__in=LEADERSHIP_KINDS, unit__closed_on__isnull=True
    )
    terms = count_by_state(with_present_term(bodies), today)
    return BodyWork(
        overdue=terms["overdue"],
        soon=terms["soon"],
        opinions=awaiting_opinion_of(unit).count() if user.can(GIVE_OPINION, unit) else 0,
        candidacies=Candidacy.objects.open().within(unit).count(),
        meetings=Meeting.objects.overdue(today).within(unit).count(),
    )
