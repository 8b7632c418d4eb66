"""Tables of the tree, split by noun."""

from orgs.models.cohort import Cohort, CohortMember
from orgs.models.edition import Succession, UnitEdition
from orgs.models.facts import Establishment, FourLacks, SixHaves, UnitOfficer
from orgs.models.unit import OrgUnit, OrgUnitQuerySet, ScopedQuerySet

__all__ = [
    "Cohort",
    "CohortMember",
    "Establishment",
    "FourLacks",
    "OrgUnit",
    "OrgUnitQuerySet",
    "ScopedQuerySet",
    "SixHaves",
    "Succession",
    "UnitEdition",
    "UnitOfficer",
]
