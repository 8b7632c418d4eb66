"""Who may open the files of this floor: whoever may see the unit, or the reorganisation, that they belong to."""

from __future__ import annotations

from typing import Any

from files.models import Attachment
from files.registry import register_door
from orgs.models import FourLacks, SixHaves
from orgs.permissions import VIEW_UNITS
from orgs.selectors.reorganisations import visible_reorganisations
from orgs.selectors.units import visible_units
from orgs.selectors.yearly import visible_updates


def may_open_evidence(user: Any, attachment: Attachment) -> bool:
    """The unit itself is asked, so that the scope is the one its pages have."""
    return user.can_anywhere(VIEW_UNITS) and visible_units(user).filter(pk=attachment.unit_id).exists()


def may_open_basis(user: Any, attachment: Attachment) -> bool:
    """The document of a reorganisation is for whoever may see the reorganisation."""
    return (
        user.can_anywhere(VIEW_UNITS)
        and visible_reorganisations(user).filter(pk=attachment.owner_id).exists()
    )


def may_open_list(user: Any, attachment: Attachment) -> bool:
    """A list of divisions is for whoever may see its comparison."""
    return visible_updates(user).filter(pk=attachment.owner_id).exists()


def open_doors() -> None:
    """Called once at start."""
    register_door("orgs.reorganisation", may_open_basis)
    register_door("orgs.divisionupdate", may_open_list)
    for model in (SixHaves, FourLacks):
        register_door(model._meta.label_lower, may_open_evidence)
