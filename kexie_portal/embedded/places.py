"""Where the embedded services of one ``var`` folder keep their data, their sockets and their passwords."""

import contextlib
import hashlib
import json
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from kexie_portal.embedded.errors import EmbeddedError

DATABASE = "kexie"
OWNER_ROLE = "kexie_owner"
APP_ROLE = "kexie_app"


@dataclass(frozen=True)
class Places:
    """The files of one ``var`` folder. Sockets lie in a short folder of their own: a socket path holds ~100 bytes."""

    var: Path
    sockets: Path

    @classmethod
    def of(cls, var_dir: str | os.PathLike[str]) -> "Places":
        var = Path(var_dir).expanduser().resolve()
        mark = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
        return cls(var=var, sockets=Path(f"/tmp/kx-{os.getuid()}-{mark}"))

    @property
    def state(self) -> Path:
        return self.var / "embedded"

    @property
    def lock(self) -> Path:
        return self.state / "keeper.lock"

    @property
    def passwords_file(self) -> Path:
        return self.state / "passwords.json"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def door(self) -> Path:
        return self.sockets / "keeper"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis"

    def make(self) -> None:
        """Create the folders, open to their owner only; refuse a socket folder that somebody else has made."""
        self.var.mkdir(parents=True, exist_ok=True)
        for folder in (self.state, self.logs):
            folder.mkdir(mode=0o700, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise EmbeddedError(f"{self.sockets} 不属于当前用户，请先删除它再启动。")
        self.sockets.chmod(0o700)

    def passwords(self) -> tuple[dict[str, str], bool]:
        """The two roles' passwords, and whether they were made just now."""
        if self.passwords_file.exists():
            return json.loads(self.passwords_file.read_text()), False
        made = {role: secrets.token_urlsafe(24) for role in (OWNER_ROLE, APP_ROLE)}
        fresh = self.passwords_file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(made, out)
        fresh.rename(self.passwords_file)
        return made, True

    def secret_key(self) -> str:
        """The portal's own random key, made once, readable by its owner only."""
        kept = self.state / "secret-key"
        if not kept.exists():
            fresh = self.state / f"secret-key.{os.getpid()}"
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                out.write(secrets.token_urlsafe(64))
            with contextlib.suppress(FileExistsError):
                os.link(fresh, kept)
            fresh.unlink()
        return kept.read_text()

    def database_url(self, role: str) -> str:
        password = self.passwords()[0][role]
        return f"postgres://{role}:{password}@/{DATABASE}?host={self.sockets}"

    def redis_url(self) -> str:
        return f"unix://{self.redis_socket}"
