"""岗位交接: a list of what passes, the word of both people on it, and then it passes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import count
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Handover, HandoverLine, HandoverState, SavedView, User
from accounts.registry import pass_belongings
from accounts.rules import may_manage, roles_exclude
from accounts.services.accounts import close_account
from accounts.services.handover_lines import Since, bring_up_to_date, draw_up, entries_of, since
from accounts.services.postings import pass_postings, passing
from audit.services import record
from core import clock
from core.actor import SystemActor
from core.errors import Conflict, DomainError, Forbidden, check
from orgs.models import OrgUnit

REMARK_LIMIT = 1000
NOTE_LIMIT = 5000


class NewLines(Conflict):
    """The list grew since it was read: what came is to be seen before it is confirmed."""


@transaction.atomic
def open_handover(
    *, leaver: User, successor: User, by: Any, note: str = "", closes_account: bool = True
) -> Handover:
    """Draw up the list of all that passes from ``leaver`` to ``successor``; nothing passes before both confirm it.

    Raises:
        Forbidden: ``by`` does not administer every posting of the leaver.
        DomainError: the same person, a closed account, nothing to pass on, or roles that exclude each other.
        Conflict: a handover of the leaver is open already.
    """
    if leaver.pk == successor.pk:
        raise DomainError.of("same_person", "接任人不能是本人。", "successor")
    if not may_manage(by, leaver):
        raise Forbidden.for_action("办理交接")
    if not successor.is_active:
        raise DomainError.of(
            "account_closed", f"账号“{successor.username}”已停用，请先恢复启用。", "successor"
        )
    postings = passing(leaver)
    if not postings:
        raise DomainError.of("nothing_to_hand_over", "该账号名下没有在任授权，无需交接。", "successor")
    held = successor.postings_now
    for posting in postings:
        check(roles_exclude(posting.role, held))
    handover = _create(leaver, successor, postings[0].unit, by, note.strip()[:NOTE_LIMIT], closes_account)
    draw_up(handover, entries_of(leaver, postings))
    _record(
        "opened", handover, by, f"发起岗位交接：{leaver.name}（{leaver.username}）交接给{_named(successor)}"
    )
    return handover


def _create(
    leaver: User, successor: User, unit: OrgUnit, by: Any, note: str, closes_account: bool
) -> Handover:
    try:
        with transaction.atomic():
            return Handover.objects.create(
                leaver=leaver,
                successor=successor,
                unit=unit,
                note=note,
                closes_account=closes_account,
                opened_by_id=by.pk,
                opened_by=by.actor_label[:120],
            )
    except IntegrityError as error:
        raise Conflict.of("handover_open", f"{leaver.name}已有一件未办结的交接。", "successor") from error


def _named(user: User) -> str:
    return f"{user.name}（{user.username}）"


def _locked(handover: Handover) -> Handover:
    found = (
        Handover.objects.select_for_update(of=("self",))
        .select_related("leaver", "successor", "unit")
        .get(pk=handover.pk)
    )
    if not found.is_open:
        raise Conflict.of("handover_ended", f"这件交接{found.get_state_display()}，请刷新页面。")
    return found


def _record(act: str, handover: Handover, by: Any, summary: str, **data: Any) -> None:
    record(
        kind=f"accounts.handover_{act}",
        by=by,
        unit=handover.unit,
        obj=handover,
        summary=summary,
        data={"leaver": handover.leaver_id, "successor": handover.successor_id, **data},
    )


def may_give(by: Any, handover: Handover) -> bool:
    """The leaver; or whoever administers the desk, in the leaver's place."""
    return by.pk == handover.leaver_id or (by.pk != handover.successor_id and may_manage(by, handover.leaver))


@transaction.atomic
def write_remarks(*, handover: Handover, remarks: Mapping[int, str], note: str, by: Any) -> Handover:
    """What the leaver wants the next to know, line by line, until the leaver's confirmation; what came since is put on
    the list, to be remarked on too.

    Raises:
        Forbidden: neither the leaver nor in the leaver's place. Conflict: confirmed already.
    """
    handover = _locked(handover)
    if not may_give(by, handover):
        raise Forbidden.for_action("填写交接说明")
    if handover.given_at is not None:
        raise Conflict.of("handover_given", "移交人已经确认，清单不能再改；如需修改，请取消后重新发起。")
    handover.note = note.strip()[:NOTE_LIMIT]
    handover.save(update_fields=["note"])
    lines = list(handover.lines.filter(pk__in=remarks))
    for line in lines:
        line.remark = remarks[line.pk].strip()[:REMARK_LIMIT]
    HandoverLine.objects.bulk_update(lines, ["remark"])
    _let_grow(handover, since(handover))
    _record("noted", handover, by, f"填写{handover.leaver.name}的交接说明")
    return handover


@transaction.atomic
def give(
    *,
    handover: Handover,
    by: Any,
    reason: str = "",
    remarks: Mapping[int, str] | None = None,
    note: str = "",
    seen: Collection[str] = (),
) -> Handover:
    """The leaver's word that the list is whole; whoever administers the desk may say it instead, with the reason.
    With ``remarks`` what stands in the form is kept first. Of what came since the list was drawn up, ``seen`` are the
    marks of what the page showed; it goes on the list, and a word that the successor gave before is to be given again.

    Raises:
        Forbidden: neither. DomainError: in the leaver's place without a reason. Conflict: confirmed already.
        NewLines: more came than was seen.
    """
    handover = _locked(handover)
    if not may_give(by, handover):
        raise Forbidden.for_action("确认移交")
    if handover.given_at is not None:
        raise Conflict.of("handover_given", "移交人已经确认。")
    is_stand_in = by.pk != handover.leaver_id
    if is_stand_in and not reason.strip():
        raise DomainError.of("reason_missing", "代移交人确认，请写明原因（如：已调离，无法登录）。", "reason")
    found = _seen_through(handover, seen)
    if remarks is None:
        _let_grow(handover, found)
    else:
        handover = write_remarks(handover=handover, remarks=remarks, note=note, by=by)
    handover.given_at, handover.given_by = clock.now(), by.actor_label[:120]
    handover.stand_in_reason = reason.strip()[:200] if is_stand_in else ""
    handover.save(update_fields=["given_at", "given_by", "stand_in_reason"])
    word = "代为确认移交" if is_stand_in else "确认移交"
    _record("given", handover, by, f"{word}：{handover}", reason=handover.stand_in_reason)
    return _carry_out_if_agreed(handover, by)


@transaction.atomic
def take(*, handover: Handover, by: Any, seen: Collection[str] = ()) -> Handover:
    """The successor's word that the list was gone through and taken over, with what came since: ``seen`` are the marks
    of what the page showed of that.

    Raises:
        Forbidden: somebody else. Conflict: confirmed already. NewLines: more came than was seen.
    """
    handover = _locked(handover)
    if by.pk != handover.successor_id:
        raise Forbidden.for_action("确认接收")
    if handover.taken_at is not None:
        raise Conflict.of("handover_taken", "接任人已经确认。")
    bring_up_to_date(handover, _seen_through(handover, seen))
    handover.taken_at = clock.now()
    handover.save(update_fields=["taken_at"])
    _record("taken", handover, by, f"确认接收：{handover}")
    return _carry_out_if_agreed(handover, by)


@transaction.atomic
def cancel(*, handover: Handover, reason: str, by: Any) -> Handover:
    """Nothing passes; by whoever administers the desk, or either of the two, with the reason."""
    handover = _locked(handover)
    if by.pk not in (handover.leaver_id, handover.successor_id) and not may_manage(by, handover.leaver):
        raise Forbidden.for_action("取消交接")
    if not reason.strip():
        raise DomainError.of("reason_missing", "请写明取消的原因。", "reason")
    handover.state, handover.ended_at = HandoverState.CANCELLED, clock.now()
    handover.cancel_reason = reason.strip()[:200]
    handover.save(update_fields=["state", "ended_at", "cancel_reason"])
    _record("cancelled", handover, by, f"取消岗位交接：{handover}", reason=handover.cancel_reason)
    return handover


def _seen_through(handover: Handover, seen: Collection[str]) -> Since:
    """What became of the list, all of it ``seen``."""
    found = since(handover)
    unseen = [entry for entry in found.new if entry.mark not in seen]
    if unseen:
        names = "、".join(entry.text for entry in unseen[:5])
        raise NewLines.of("new_lines", f"清单上又有{len(unseen)}项新增（{names}），请看过后再确认。", "seen")
    return found


def _let_grow(handover: Handover, found: Since) -> None:
    """The list as it is now; what the successor has not seen takes back the successor's word."""
    bring_up_to_date(handover, found)
    if found.new and handover.taken_at is not None:
        handover.taken_at = None
        handover.save(update_fields=["taken_at"])


def _carry_out_if_agreed(handover: Handover, by: Any) -> Handover:
    """With the second word the postings, views and subscriptions pass, and the leaver's account ends."""
    if handover.given_at is None or handover.taken_at is None:
        return handover
    leaver, successor = handover.leaver, handover.successor
    both = SystemActor(f"{handover.opened_by}发起，双方确认"[:120])
    taken = pass_postings(leaver=leaver, successor=successor, by=both)
    _pass_views(leaver, successor)
    pass_belongings(leaver, successor)
    handover.state, handover.ended_at = HandoverState.DONE, clock.now()
    handover.save(update_fields=["state", "ended_at"])
    record(
        kind="accounts.handed_over",
        by=by,
        unit=handover.unit,
        obj=handover,
        summary=f"{_named(leaver)}交接给{_named(successor)}",
        data={"successor": successor.pk, "postings": [str(posting) for posting in taken]},
    )
    if handover.closes_account:
        close_account(user=leaver, by=both, reason="岗位交接")
    return handover


def _pass_views(leaver: User, successor: User) -> None:
    """The views become the successor's; one of a name that the successor has is told apart by who kept it."""
    taken = set(SavedView.objects.filter(owner=successor).values_list("page", "name"))
    for view in SavedView.objects.filter(owner=leaver):
        names = _names_for(view.name, leaver.name[:10])
        view.name = next(name for name in names if (view.page, name) not in taken)
        taken.add((view.page, view.name))
        view.owner = successor
        view.save(update_fields=["owner", "name"])


def _names_for(name: str, keeper: str) -> Iterator[str]:
    """Its own name, then others that say who kept it."""
    yield name
    yield f"{name[:28]}（{keeper}）"
    yield from (f"{name[:26]}（{keeper}{number}）" for number in count(2))
