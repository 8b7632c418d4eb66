"""Saying, once the portal answers, where it is and who can sign in."""

import http.client
import time
from pathlib import Path

from kexie_portal.launch.children import say

NAME = "portal"


class Welcome:
    """Asks ``/readyz`` from time to time until it answers 200, then prints the address and the demo accounts."""

    def __init__(self, port: int, var: Path) -> None:
        self.port = port
        self.var = var
        self.is_said = False
        self.began = self.asked = time.monotonic()
        self.is_complained = False

    def look(self) -> None:
        now = time.monotonic()
        if self.is_said or now - self.asked < 1.0:
            return
        self.asked = now
        if self._answers():
            self.is_said = True
            self._say()
        elif now - self.began > 120 and not self.is_complained:
            self.is_complained = True
            say(NAME, "两分钟后仍未就绪，请看上面的输出。")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _say(self) -> None:
        say(NAME, f"已就绪：http://127.0.0.1:{self.port}/ （按 Ctrl-C 停止）")
        accounts = self.var / "demo-accounts.txt"
        if accounts.exists():
            for line in accounts.read_text().splitlines():
                say(NAME, line)
