"""The process manager: output with names, one death ends all, every way of ending leaves nothing."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from kexie_portal.launch.children import Child, live_together

ROOT = Path(__file__).resolve().parents[3]
SLEEPER = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(120)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('awake', flush=True); time.sleep(120)",
]
MANAGER = """
import os, signal, sys
from kexie_portal.launch.__main__ import _end_on_signals
from kexie_portal.launch.children import Child, live_together
_end_on_signals()
sleeper = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(120)"]
try:
    live_together([Child("one", sleeper), Child("two", sleeper)], os.environ, meanwhile=lambda: None)
except KeyboardInterrupt:
    sys.exit(130)
"""


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def await_dead(pids, seconds=10.0):
    deadline = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        assert time.monotonic() < deadline, f"still alive: {[pid for pid in pids if is_alive(pid)]}"
        time.sleep(0.05)


@pytest.mark.parametrize(("code", "expected"), [(0, 1), (3, 3)])
def test_end_of_one_child_ends_the_others_with_its_code(code, expected, capfd):
    children = [
        Child("sleeper", SLEEPER),
        Child("short", [sys.executable, "-c", f"import time; time.sleep(0.5); raise SystemExit({code})"]),
    ]
    assert live_together(children, os.environ, meanwhile=lambda: None) == expected
    assert [child.has_ended() for child in children] == [True, True]
    assert "sleeper│ awake" in capfd.readouterr().out


def test_child_that_ignores_the_first_signal_is_killed_when_its_grace_is_over():
    child = Child("deaf", STUBBORN, ending=((signal.SIGTERM, 0.5),))
    seen = iter([None] * 5)

    def stop_after_a_while():
        if next(seen, "over") == "over":
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        live_together([child], os.environ, meanwhile=stop_after_a_while)
    assert child.process.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 10


def test_grandchildren_end_with_their_parent(tmp_path):
    note = tmp_path / "pid"
    parent = textwrap.dedent(f"""
        import pathlib, subprocess, sys, time
        kid = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"])
        pathlib.Path({str(note)!r}).write_text(str(kid.pid))
        time.sleep(0.5)
    """)
    live_together([Child("parent", [sys.executable, "-c", parent])], os.environ, meanwhile=lambda: None)
    await_dead([int(note.read_text())])


@pytest.mark.parametrize(
    ("ending", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGHUP, 130), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_children_end_with_the_manager_ended_by(ending, code):
    manager = subprocess.Popen([sys.executable, "-c", MANAGER], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pids = [int(manager.stdout.readline().split("│")[1]) for _ in range(2)]
    assert all(map(is_alive, pids))
    manager.send_signal(ending)
    assert manager.wait(30) == code
    await_dead(pids)


def test_second_launch_on_the_same_data_is_refused(tmp_path):
    environment = os.environ | {"KEXIE_VAR": str(tmp_path), "PORT": "8199"}
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import pathlib, sys, time; from kexie_portal.launch.__main__ import _alone\n"
            f"with _alone(pathlib.Path({str(tmp_path)!r}), 8199):\n    print('held', flush=True); time.sleep(60)",
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    try:
        second = subprocess.run(
            [sys.executable, "-m", "kexie_portal.launch"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
    finally:
        holder.kill()
        holder.wait()
    assert second.returncode == 1
    assert f"已经在运行：http://127.0.0.1:8199/（进程 {holder.pid}）" in second.stdout


def test_launch_on_a_port_in_use_is_refused(tmp_path, free_port_holder):
    second = subprocess.run(
        [sys.executable, "-m", "kexie_portal.launch"],
        cwd=ROOT,
        env=os.environ | {"KEXIE_VAR": str(tmp_path), "PORT": str(free_port_holder)},
        capture_output=True,
        text=True,
    )
    assert second.returncode == 1
    assert f"端口 {free_port_holder} 已被占用" in second.stdout


@pytest.fixture
def free_port_holder():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]
