"""Two totals: live (实时) and official (审定)."""

from __future__ import annotations

from django.db import models

from reporting.models import Cycle


class Basis(models.TextChoices):
    """Live: all that was accepted at its first review so far. Official: what was accepted all the way up."""

    LIVE = "live", "实时"
    OFFICIAL = "official", "审定"


def basis_for(cycle: Cycle) -> Basis:
    """The basis that pages show: official once the cycle is settled, live before."""
    return Basis.OFFICIAL if cycle.is_locked else Basis.LIVE
