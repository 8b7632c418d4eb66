"""What a reorganisation does to the tree, worked out in memory, and what must hold of it."""

from orgs.rules.reorganising.demands import demands_of
from orgs.rules.reorganising.plan import Heir, Line, Plan, Standing
from orgs.rules.reorganising.working import work_out

__all__ = ["Heir", "Line", "Plan", "Standing", "demands_of", "work_out"]
