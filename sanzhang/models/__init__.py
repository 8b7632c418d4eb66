"""Tables of the registry, split by noun."""

from sanzhang.models.appointment import Appointment, Filing
from sanzhang.models.body import LeadershipBody, Term
from sanzhang.models.candidacy import Candidacy, CandidacyOutcome, CandidacyStep, Opinion, ProcedureStep
from sanzhang.models.occupation import Occupation, OccupationSeat
from sanzhang.models.person import KeyPerson

__all__ = [
    "Appointment",
    "Candidacy",
    "CandidacyOutcome",
    "CandidacyStep",
    "Filing",
    "KeyPerson",
    "LeadershipBody",
    "Occupation",
    "OccupationSeat",
    "Opinion",
    "ProcedureStep",
    "Term",
]
