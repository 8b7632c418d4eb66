"""Every address of the portal with what it asks for, and the object that each of its arguments names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from core.access import PUBLIC, SIGNED_IN

#: By the address's name, what its arguments are in ``Area.keys``; a constant stands as ``=value``.
ARGUMENTS = {
    "accounts:": {"pk": "account", "posting_id": "posting", "attempt_id": "attempt", "session_id": "=1"},
    "orgs:": {
        "affiliate_pk": "affiliate",
        "partner_pk": "partner",
        "kind_pk": "affiliate_kind",
        "pk": "unit",
        "role": "=liaison",
        "officer_pk": "officer",
        "file_id": "item_file",
    },
    "orgs:cohort": {"pk": "cohort"},
    **{
        f"orgs:{name}": {"pk": "reorganisation", "place": "=0", "kind": "=rename"}
        for name in (
            *("reorganisation", "reorganisation_lines", "reorganisation_homes", "reorganisation_basis"),
            *("reorganisation_choices", "reorganisation_preview", "add_reorganisation_line"),
            *("remove_reorganisation_line", "apply_reorganisation", "schedule_reorganisation"),
            *("unschedule_reorganisation", "discard_reorganisation", "undo_reorganisation"),
        )
    },
    "v1:reorganisation": {"pk": "reorganisation"},
    "v1:comparison": {"pk": "division_update"},
    "v1:difference": {"pk": "division_change"},
    "v1:tree_check": {"pk": "integrity_run"},
    "v1:finding": {"pk": "finding"},
    **{
        f"orgs:{name}": {"pk": "division_update", "change_pk": "division_change"}
        for name in (
            *("division_update", "accept_division_changes", "discard_division_update"),
            *("draft_division_update", "apply_division_update", "division_change"),
            *("division_targets", "reset_division_change"),
        )
    },
    **{
        f"orgs:{name}": {"run_pk": "integrity_run", "code": "=interval"}
        for name in ("integrity_run", "integrity_progress", "integrity_findings", "repair_integrity")
    },
    "orgs:edit_cohort": {"pk": "cohort"},
    "orgs:close_cohort": {"pk": "cohort"},
    "orgs:reopen_cohort": {"pk": "cohort"},
    "orgs:join_cohort": {"pk": "cohort"},
    "orgs:leave_cohort": {"pk": "cohort"},
    "sanzhang:": {"leading_pk": "leading", "pk": "person"},
    "sanzhang:end_seat": {"pk": "seat"},
    "sanzhang:void_seat": {"pk": "seat"},
    "sanzhang:file_seat": {"pk": "seat"},
    "sanzhang:candidacy": {"pk": "candidacy"},
    "sanzhang:take_step": {"pk": "candidacy"},
    "sanzhang:appoint": {"pk": "candidacy"},
    "sanzhang:withdraw": {"pk": "candidacy"},
    "sanzhang:find_nominees": {"pk": "candidacy"},
    "sanzhang:give_opinion": {"pk": "candidacy"},
    "sanzhang:correct_term": {"pk": "term"},
    "sanzhang:quota": {"pk": "term"},
    "sanzhang:bodies": {"pk": "unit"},
    "sanzhang:renew": {"pk": "unit"},
    "sanzhang:find_newcomers": {"pk": "unit", "kind": "=committee"},
    "sanzhang:meeting": {"pk": "meeting"},
    "sanzhang:edit_meeting": {"pk": "meeting"},
    "sanzhang:elect": {"pk": "meeting"},
    "sanzhang:file_many": {"pk": "meeting"},
    "sanzhang:cancel_meeting": {"pk": "meeting"},
    "sanzhang:end_ratio": {"pk": "ratio"},
    "sanzhang:procedure": {"pk": "procedure"},
    "sanzhang:publish_procedure": {"pk": "procedure"},
    "sanzhang:drop_procedure": {"pk": "procedure"},
    "sanzhang:edit_occupation": {"pk": "occupation"},
    "sanzhang:move_occupation": {"pk": "occupation"},
    "sanzhang:delete_occupation": {"pk": "occupation"},
    "sanzhang:undo_merge": {"pk": "merge"},
    "sanzhang:form_of_person": {"form": "=docx"},
    "sanzhang:roster": {"form": "=pdf"},
    "sanzhang:briefing": {"pk": "unit"},
    "sanzhang:briefing_file": {"pk": "briefing", "form": "=docx"},
    "duty:": {"pk": "activity", "file_id": "photo"},
    **{
        f"duty:{name}": {"pk": "support"}
        for name in ("support", "edit_support", "confirm_support", "void_support", "attach_paper")
    },
    **{f"duty:{name}": {"pk": "exemplar"} for name in ("exemplar", "take_up", "withdraw_exemplar")},
    "duty:edit_kind": {"pk": "activity_kind"},
    "duty:edit_day": {"pk": "campaign_day"},
    "duty:delete_day": {"pk": "campaign_day"},
    "reporting:": {"pk": "report", "cycle": "cycle", "key": "=health_events", "file_id": "attachment"},
    "reporting:unit": {"pk": "unit"},
    "reporting:heads": {"key": "=recruited"},
    "reporting:named_units": {"key": "=six_haves_units"},
    "reporting:recorded_people": {"kind": "=begun"},
    "reporting:correct": {"pk": "accepted"},
    "reporting:case": {"pk": "case"},
    "reporting:withdraw_case": {"pk": "case"},
    "reporting:confirm_case": {"pk": "case"},
    "reporting:refuse_case": {"pk": "case"},
    **{
        f"reporting:{name}": {"pk": "issue"}
        for name in ("issue", "answer_issue", "pass_up_issue", "reopen_issue")
    },
    "reporting:grid_row": {"pk": "township_report", "act": "=zero"},
    "reporting:log_chase": {"pk": "township_report"},
    "reporting:reveal_contact": {"pk": "township_report", "officer_id": "officer"},
    "reporting:open_next": {"pk": "collection"},
    **{
        f"reporting:{name}": {"pk": "collection"}
        for name in (
            *("collection", "collection_basics", "collection_whom", "collection_days"),
            *("start_collection", "pause_collection", "discard_collection"),
        )
    },
    "reporting:lock_cycle": {"pk": "cycle"},
    "reporting:reopen_cycle": {"pk": "cycle"},
    "reporting:take_facts": {"pk": "cycle"},
    **{
        f"reporting:{name}": {"key": "=coverage"}
        for name in ("template", "template_preview", "template_reset")
    },
    **{
        f"reporting:{name}": {"pk": "draft"}
        for name in (
            *("draft", "save_draft", "draft_head", "take_anew", "draft_sources"),
            *("issue_draft", "reopen_draft", "discard_draft"),
        )
    },
    **{
        f"reporting:{name}": {"pk": "form"}
        for name in ("form", "register_form", "unregister_form", "rename_form", "start_draft")
    },
    **{
        f"reporting:{name}": {"pk": "form_draft", "number": "=1"}
        for name in (
            *("form_version", "preview_form", "form_diff", "publish_form", "discard_form", "add_section"),
            *("new_item", "take_item", "new_rule", "form_rule", "remove_rule"),
        )
    },
    "reporting:form_section": {"pk": "form_section"},
    "reporting:form_item": {"pk": "form_item"},
    "reporting:act_on_item": {"pk": "form_item"},
    "reporting:answer_feedback": {"pk": "feedback"},
    "v1:form": {"pk": "form"},
    "reporting:forget_question": {"pk": "question"},
    **{f"reporting:{name}_subscription": {"pk": "subscription"} for name in ("pause", "resume", "end")},
    "files:": {"job_id": "job", "attachment_id": "attachment", "kind": "=orgs.units"},
    "accounts:end_delegation": {"pk": "delegation"},
    "accounts:change_view": {"pk": "view"},
    "accounts:delete_view": {"pk": "view"},
    "accounts:default_view": {"pk": "view"},
    **{
        f"accounts:{name}": {"pk": "handover"}
        for name in (*("handover", "handover_remarks", "give_handover", "take_handover", "cancel_handover"),)
    },
    "files:import_job": {"job_id": "import"},
    "files:confirm_import": {"job_id": "import"},
    "files:discard_import": {"job_id": "import"},
    "notices:": {"pk": "message"},
    "v1:unit": {"pk": "unit"},
    "v1:affiliate": {"pk": "affiliate"},
    "v1:cohort": {"pk": "cohort"},
    "v1:person": {"pk": "person"},
    "v1:appointment": {"pk": "seat"},
    "v1:activity": {"pk": "activity"},
    "v1:support": {"pk": "support"},
    "v1:evaluation": {"pk": "evaluation"},
    "v1:duty_standard": {"pk": "duty_standard"},
    "v1:candidacy": {"pk": "candidacy"},
    "v1:term": {"pk": "term"},
    "v1:meeting": {"pk": "meeting"},
    "v1:collection": {"pk": "collection"},
    "v1:cycle": {"pk": "cycle"},
    "v1:report": {"pk": "report"},
    "v1:issue": {"pk": "issue"},
    "v1:case": {"pk": "case"},
    "v1:excuse": {"pk": "excuse"},
    "v1:delegation": {"pk": "delegation"},
    "v1:export": {"pk": "job"},
}
#: What belongs to the whole province is nobody's foreign object.
OF_EVERYBODY = {
    *("cycle", "collection", "occupation", "activity_kind", "campaign_day", "duty_standard"),
    *("affiliate_kind", "procedure", "ratio"),
    *("form", "form_draft", "form_section", "form_item"),
}


@dataclass(frozen=True)
class Address:
    """One address: its name, its view's permission (or several, or one an action), and its arguments."""

    name: str
    route: str
    required: Any
    arguments: tuple[str, ...]
    view: Any

    @property
    def is_api(self) -> bool:
        return self.name.startswith("v1:")

    def keys(self) -> dict[str, str]:
        """For each argument the name of its object in ``Area.keys``."""
        known = {}
        for name, objects in ARGUMENTS.items():
            is_family = name.endswith(":") or name.startswith("v1:")
            if self.name == name or (is_family and self.name.startswith(name)):
                known |= objects
        missing = set(self.arguments) - set(known)
        assert not missing, f"{self.name}: name the object of {missing} in tests/house/addresses.py"
        return {argument: known[argument] for argument in self.arguments}

    def kwargs(self, keys: dict[str, Any]) -> dict[str, Any]:
        return {
            argument: name[1:] if name.startswith("=") else keys[name]
            for argument, name in self.keys().items()
        }

    @property
    def is_scoped(self) -> bool:
        """Whether its object belongs to a unit or a person, so that others must not see it."""
        return any(not name.startswith("=") and name not in OF_EVERYBODY for name in self.keys().values())


def _walk(patterns: list[Any], names: str = "", route: str = "") -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from _walk(pattern.url_patterns, space, here)
        elif isinstance(pattern, URLPattern):
            named = re.findall(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>", here)
            arguments = tuple(one or other for one, other in named if (one or other) != "format")
            yield Address(
                f"{names}{pattern.name}", here, _required(pattern.callback), arguments, pattern.callback
            )


def _required(view: Any) -> Any:
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return getattr(view, "required_permission", None) or getattr(kind, "required_permission", None)


def every_address() -> list[Address]:
    return list(_walk(get_resolver().url_patterns))


def may_enter(user: Any, required: Any) -> bool:
    """Whether the view lets ``user`` in at all, before any object is looked up."""
    if required in (PUBLIC, SIGNED_IN):
        return True
    asked = required.values() if isinstance(required, dict) else required
    asked = asked if isinstance(required, dict | tuple) else [required]
    return any(user.can_anywhere(permission) for permission in asked)
