"""Users and postings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from accounts.desks import Desk, desk_in_use, desks_of
from accounts.devices import device_words
from accounts.roles import Reach, Role, reach_of
from core import clock
from core.cipher import decrypt, mask
from orgs.models import OrgUnit, ScopedQuerySet


@dataclass(slots=True)
class Scope:
    """Where one permission reaches for one user: whole subtrees, and single units."""

    subtrees: list[OrgUnit] = field(default_factory=list)
    own: list[OrgUnit] = field(default_factory=list)
    everywhere: bool = False

    def __bool__(self) -> bool:
        return bool(self.everywhere or self.subtrees or self.own)

    def covers(self, unit: OrgUnit) -> bool:
        return (
            self.everywhere
            or any(unit.is_within(top) for top in self.subtrees)
            or any(unit.pk == own.pk for own in self.own)
        )


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person's account. What it may do comes from its postings alone; there is no superuser."""

    username = models.CharField("账号", max_length=60, unique=True)
    name = models.CharField("姓名", max_length=40)
    email = models.EmailField("电子邮箱", blank=True)
    phone_cipher = models.TextField(blank=True, editable=False)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("首次登录须改密码", default=True)
    created_at = models.DateTimeField("开通时间", default=clock.now)
    created_by = models.CharField("开通人", max_length=120, blank=True)
    closed_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    #: The posting chosen for this session by the middleware; None outside a request.
    chosen_posting_id: int | None = None

    @cached_property
    def postings_now(self) -> list[Posting]:
        """Postings that hold today, with their units."""
        if not self.is_active:
            return []
        return list(self.postings.on(clock.today()).select_related("unit").order_by("unit__level", "id"))

    @property
    def posting(self) -> Posting | None:
        """The posting in use: the one chosen for the session, else the first."""
        chosen = [posting for posting in self.postings_now if posting.pk == self.chosen_posting_id]
        return chosen[0] if chosen else (self.postings_now[0] if self.postings_now else None)

    @property
    def unit(self) -> OrgUnit | None:
        """The unit of the posting in use."""
        return self.posting.unit if self.posting else None

    @property
    def roles_here(self) -> list[str]:
        """Role codes held at the unit in use."""
        return [p.role for p in self.postings_now if self.unit and p.unit_id == self.unit.pk]

    @property
    def desks(self) -> list[Desk]:
        """What the switcher offers: one entry per unit."""
        return desks_of(self)

    @property
    def desk(self) -> Desk | None:
        return desk_in_use(self)

    @property
    def actor_label(self) -> str:
        return f"{self.name}（{self.unit}）" if self.unit else self.name

    @property
    def phone_masked(self) -> str:
        return mask(decrypt(self.phone_cipher))

    def reach_of(self, permission: Any) -> Scope:
        """Where ``permission`` reaches, over all postings of today."""
        cache = self.__dict__.setdefault("_reach_cache", {})
        code = str(permission)
        if code not in cache:
            scope = Scope()
            for posting in self.postings_now:
                reach = reach_of(posting.role, posting.unit.level, code)
                if reach is Reach.SUBTREE:
                    scope.subtrees.append(posting.unit)
                elif reach is Reach.OWN:
                    scope.own.append(posting.unit)
            cache[code] = scope
        return cache[code]

    def can(self, permission: Any, unit: Any) -> bool:
        """Whether ``permission`` reaches ``unit``."""
        return unit is not None and self.reach_of(permission).covers(unit)

    def can_anywhere(self, permission: Any) -> bool:
        """Whether some posting grants ``permission`` at all; for menus."""
        return bool(self.reach_of(permission))

    def forget_postings(self) -> None:
        """Drop what was read of the postings, after they were changed."""
        self.__dict__.pop("postings_now", None)
        self.__dict__.pop("_reach_cache", None)


class PostingQuerySet(ScopedQuerySet):
    unit_path = "unit"

    def on(self, day: dt.date) -> Self:
        return self.reaching(day).filter(starts_on__lte=day)

    def reaching(self, day: dt.date) -> Self:
        """Those that hold on ``day`` or on a later one, begun or not."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def between(self, first: dt.date, last: dt.date | None) -> Self:
        """Those that hold on any day from ``first`` to ``last``, or ever after."""
        found = self.reaching(first)
        return found if last is None else found.filter(starts_on__lte=last)


class Posting(models.Model):
    """One user in one role at one unit between two days (both inclusive)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postings", verbose_name="账号")
    role = models.CharField("角色", max_length=16, choices=Role.choices)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="postings", verbose_name="单位")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期", null=True, blank=True)
    granted_by = models.CharField("授予人", max_length=120)
    granted_at = models.DateTimeField(default=clock.now)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任职授权"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="accounts_posting_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "unit"],
                condition=Q(ends_on__isnull=True),
                name="accounts_one_open_posting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_role_display()}"

    def holds_on(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)


class UserSession(models.Model):
    """A signed-in session, so that their number can be limited and all can be ended at once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField(default=clock.now)
    ip = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录会话"
        ordering = ["started_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def device(self) -> str:
        """What it was signed in from, in words."""
        return device_words(self.agent)
