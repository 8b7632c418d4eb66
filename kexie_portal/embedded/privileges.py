"""Running a server as somebody other than root: PostgreSQL refuses root.

As root there are two ways, tried in turn. A user namespace shows root to the server as an ordinary user while the
files stay root's own. Where namespaces are forbidden (a container), the server becomes an ordinary user who keeps
one capability, to pass through folders closed to others; so no folder needs to be opened for it.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kexie_portal.embedded.errors import EmbeddedError

UNPRIVILEGED = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Disguise:
    """A command prefix, and the user to whom the server's data must belong."""

    prefix: tuple[str, ...]
    owner: int


def disguise_for(program: Path, folder: Path) -> Disguise:
    """The first disguise in which ``program`` runs and ``folder`` can be written."""
    if os.geteuid() != 0 and _is_named(os.geteuid()):
        return Disguise(prefix=(), owner=os.geteuid())
    user = _unprivileged()
    ways = [
        Disguise(
            prefix=("unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"),
            owner=os.geteuid(),
        ),
        Disguise(
            prefix=(
                "setpriv",
                f"--reuid={user.pw_uid}",
                f"--regid={user.pw_gid}",
                "--clear-groups",
                # Without this, access(2) would not count the capability, and programs ask it about their own files.
                "--securebits=+no_setuid_fixup",
                "--inh-caps=-all,+dac_override",
                "--ambient-caps=-all,+dac_override",
            ),
            owner=user.pw_uid,
        ),
    ]
    for way in ways:
        if _works(way, program, folder):
            return way
    raise EmbeddedError(
        "PostgreSQL 不能以 root 身份运行，而本机既不允许用户命名空间，也不允许切换用户。"
        "请改用普通用户运行，或设置 DATABASE_URL 和 REDIS_URL 使用已有的服务。"
    )


def give(folder: Path, owner: int) -> None:
    """Make everything in ``folder`` belong to ``owner`` if it does not yet."""
    if folder.stat().st_uid == owner:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner, -1, follow_symlinks=False)


def _works(way: Disguise, program: Path, folder: Path) -> bool:
    for command in ((str(program), "--version"), ("test", "-x", str(folder), "-a", "-w", str(folder))):
        try:
            tried = subprocess.run([*way.prefix, *command], capture_output=True, timeout=30)
        except OSError:
            return False
        if tried.returncode != 0:
            return False
    return True


def _is_named(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _unprivileged() -> pwd.struct_passwd:
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError("本机没有 postgres、nobody、daemon 中的任何一个用户，无法启动内置的 PostgreSQL。")
