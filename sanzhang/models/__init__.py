"""Tables of the registry, split by noun."""

from sanzhang.models.activity import Activity, ActivityCoHost, ActivityKind, ActivityPart, CampaignDay
from sanzhang.models.appointment import Appointment, Filing
from sanzhang.models.body import LeadershipBody, Term
from sanzhang.models.briefing import Briefing
from sanzhang.models.candidacy import Candidacy, CandidacyOutcome, CandidacyStep, Opinion
from sanzhang.models.composition import CompositionTarget
from sanzhang.models.evaluation import Evaluation, Exemplar, ExemplarStep
from sanzhang.models.filing_batch import FilingBatch
from sanzhang.models.leading import AffiliateLeader
from sanzhang.models.meeting import Meeting
from sanzhang.models.meeting_norm import MeetingNorm
from sanzhang.models.merge import PersonMerge
from sanzhang.models.occupation import Occupation, OccupationSeat
from sanzhang.models.person import KeyPerson
from sanzhang.models.procedure import FilingAuthority, Procedure, ProcedureStepRule
from sanzhang.models.quota import PositionQuota, QuotaPolicy, RenewalReminder
from sanzhang.models.spell import OccupationSpell
from sanzhang.models.standard import DutyLine, DutyStandard
from sanzhang.models.support import Support

__all__ = [
    "Activity",
    "ActivityCoHost",
    "ActivityKind",
    "ActivityPart",
    "AffiliateLeader",
    "Appointment",
    "Briefing",
    "CampaignDay",
    "Candidacy",
    "CandidacyOutcome",
    "CandidacyStep",
    "CompositionTarget",
    "DutyLine",
    "DutyStandard",
    "Evaluation",
    "Exemplar",
    "ExemplarStep",
    "Filing",
    "FilingAuthority",
    "FilingBatch",
    "KeyPerson",
    "LeadershipBody",
    "Meeting",
    "MeetingNorm",
    "Occupation",
    "OccupationSeat",
    "OccupationSpell",
    "Opinion",
    "PersonMerge",
    "PositionQuota",
    "Procedure",
    "ProcedureStepRule",
    "QuotaPolicy",
    "RenewalReminder",
    "Support",
    "Term",
]
