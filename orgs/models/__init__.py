"""Tables of the tree, split by noun."""

from orgs.models.affiliate import (
    Affiliate,
    AffiliateKind,
    AffiliateMembers,
    AffiliateOrgan,
    AffiliatePartner,
    AffiliateState,
    MemberCount,
)
from orgs.models.cohort import Cohort, CohortMember
from orgs.models.confirmation import YearlyConfirmation
from orgs.models.division_update import DivisionChange, DivisionUpdate
from orgs.models.edition import Succession, UnitEdition
from orgs.models.facts import Establishment, Expectation, FourLacks, SixHaves, UnitOfficer, UnitResources
from orgs.models.integrity import IntegrityFinding, IntegrityRun
from orgs.models.reorganisation import Reorganisation, ReorganisationAct
from orgs.models.unit import OrgUnit, OrgUnitQuerySet, ScopedQuerySet

__all__ = [
    "Affiliate",
    "AffiliateKind",
    "AffiliateMembers",
    "AffiliateOrgan",
    "AffiliatePartner",
    "AffiliateState",
    "Cohort",
    "CohortMember",
    "DivisionChange",
    "DivisionUpdate",
    "Establishment",
    "Expectation",
    "FourLacks",
    "IntegrityFinding",
    "IntegrityRun",
    "MemberCount",
    "OrgUnit",
    "OrgUnitQuerySet",
    "Reorganisation",
    "ReorganisationAct",
    "ScopedQuerySet",
    "SixHaves",
    "Succession",
    "UnitEdition",
    "UnitOfficer",
    "UnitResources",
    "YearlyConfirmation",
]
