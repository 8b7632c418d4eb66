"""What these tests start hears every signal, wherever the run itself was started."""

import signal
from collections.abc import Iterator

import pytest

#: As a fresh shell leaves them.
HEARD = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL}


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """A shell starts what it puts in the background with SIGINT ignored, nohup with SIGHUP; children inherit that."""
    before = {number: signal.signal(number, heard) for number, heard in HEARD.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
