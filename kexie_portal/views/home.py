"""The front door: everyone is led to where their work is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.access import SignedInRequest, signed_in
from accounts.permissions import MANAGE_ACCOUNTS, MANAGE_SECURITY, VIEW_SYSTEM
from audit.permissions import VIEW_AUDIT
from reporting.permissions import VIEW_REPORTS

#: Whose permission leads where, the first that fits.
DOORS = [
    (VIEW_REPORTS, "reporting:desk"),
    (MANAGE_ACCOUNTS, "accounts:list"),
    (MANAGE_SECURITY, "accounts:security"),
    (VIEW_SYSTEM, "accounts:system"),
    (VIEW_AUDIT, "audit:list"),
]


@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    """Lead to the month's work, or to an officer's desk; without a posting to one's own account."""
    for permission, name in DOORS:
        if request.user.can_anywhere(permission):
            return redirect(name)
    return redirect("accounts:own")
