"""The embedded services: they start, are shared, are safe from others, and end in every way of ending."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from kexie_portal import embedded
from kexie_portal.embedded import privileges, processes
from kexie_portal.embedded.places import APP_ROLE, DATABASE, OWNER_ROLE, Places
from kexie_portal.embedded.postgres import Postgres
from kexie_portal.embedded.privileges import disguise_for, give

ROOT = Path(__file__).resolve().parents[3]
HOLD = """
import os, sys, time
from kexie_portal import embedded
with embedded.services(sys.argv[1], durable=False):
    print("held", flush=True)
    sys.stdin.readline() if sys.argv[2] == "line" else time.sleep(120)
"""


@pytest.fixture
def var(tmp_path):
    yield tmp_path / "var"
    for pid in keepers(tmp_path / "var"):
        os.kill(pid, signal.SIGTERM)
    await_gone(tmp_path / "var")


def held(var, until="killed"):
    """Another process that has the services."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(var), until],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    return process


def keepers(var):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if b"kexie_portal.embedded.keeper" in words and os.fsencode(var) in words:
                found.append(int(entry.name))
    return found


def servers(var):
    return [
        pid
        for folder in var.glob("*-[0-9]*")
        for name in ("postgres", "redis-server")
        for pid in processes.left_behind(folder, name)
    ]


def await_gone(var, seconds=30.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not keepers(var) and not servers(var):
            return
        time.sleep(0.1)
    pytest.fail(f"left running: keepers {keepers(var)}, servers {servers(var)}")


def ask(query, url=None):
    with psycopg.connect(url or os.environ["DATABASE_URL"]) as connection:
        return connection.execute(query).fetchone()


def test_services_answer_at_the_addresses_in_the_environment(var):
    before = os.environ.get("DATABASE_URL")
    with embedded.services(var, durable=False):
        assert ask(
            "SELECT current_user, current_setting('TimeZone'), current_setting('listen_addresses')"
        ) == (
            APP_ROLE,
            "UTC",
            "",
        )
        assert ask("SELECT current_user", os.environ["DATABASE_OWNER_URL"]) == (OWNER_ROLE,)
        assert ask("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'kexie'") == (
            "UTF8",
        )
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
            assert client.ping()
        assert servers(var)
    assert os.environ.get("DATABASE_URL") == before
    assert not servers(var)
    assert not Places.of(var).sockets.exists()
    await_gone(var, seconds=2.0)


def test_data_outlive_a_restart(var):
    with embedded.services(var):
        with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 25 AS day")
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
            client.set("kept", "25")
    with embedded.services(var):
        assert ask("SELECT day FROM kept", os.environ["DATABASE_OWNER_URL"]) == (25,)
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
            assert client.get("kept") == b"25"


def test_second_client_shares_the_servers_and_keeps_them_when_the_first_leaves(var):
    first = held(var, until="line")
    began = "SELECT pg_postmaster_start_time()"
    with embedded.services(var, durable=False):
        start = ask(began)
        first.communicate("go\n", timeout=30)
        assert first.returncode == 0
        assert ask(began) == start
    assert not servers(var)


def test_clients_starting_at_once_share_one_pair_of_servers(var):
    command = [sys.executable, "-c", HOLD, str(var), "line"]
    together = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [process.stdout.readline() for process in together] == ["held\n"] * 4
    assert len(keepers(var)) == 1
    assert len(servers(var)) == 2
    for process in together:
        process.communicate("go\n", timeout=60)
    assert [process.returncode for process in together] == [0] * 4
    await_gone(var, seconds=2.0)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_servers_end_with_a_client_ended_by(var, ending):
    client = held(var)
    assert len(servers(var)) == 2
    client.send_signal(ending)
    client.wait(60)
    await_gone(var)
    assert not Places.of(var).sockets.exists()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_servers_end_with_a_keeper_ended_by_and_start_again(var, ending):
    client = held(var)
    os.kill(keepers(var)[0], ending)
    await_gone(var)
    with embedded.services(var, durable=False):
        assert ask("SELECT 1") == (1,)
    client.kill()
    client.wait()


def test_servers_start_anew_while_the_killed_ones_still_end(var):
    client = held(var)
    os.kill(keepers(var)[0], signal.SIGKILL)
    with embedded.services(var, durable=False):
        assert ask("SELECT 1") == (1,)
        assert len(servers(var)) == 2
    client.kill()
    client.wait()


@pytest.mark.parametrize("name", ["postgres", "redis-server"])
def test_everything_ends_and_clients_know_when_a_server_dies(var, name):
    with embedded.services(var, durable=False) as ours:
        assert ours.are_alive()
        folder = next(var.glob(f"{name.removesuffix('-server')}-[0-9]*"))
        os.kill(processes.left_behind(folder, name)[0], signal.SIGKILL)
        await_gone(var)
        assert not ours.are_alive()
    with embedded.services(var, durable=False) as ours:
        assert ours.are_alive()
        assert ask("SELECT 1") == (1,)


def test_stale_pid_file_that_names_a_living_process_is_forgotten(var):
    with embedded.services(var, durable=False):
        pass
    data = next(var.glob("postgres-[0-9]*"))
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n1\n5432\n/tmp\n\n0 0\nready\n")
    with embedded.services(var, durable=False):
        assert ask("SELECT 1") == (1,)


def test_stale_sockets_are_replaced(var):
    places = Places.of(var)
    places.make()
    for path in (places.door, places.redis_socket, places.sockets / ".s.PGSQL.5432"):
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(path))
    with embedded.services(var, durable=False):
        assert ask("SELECT 1") == (1,)


def test_database_half_made_by_an_interrupted_start_is_made_again(var):
    places = Places.of(var)
    places.make()
    half = Postgres(places, durable=False).data.with_suffix(".new")
    (half / "base").mkdir(parents=True)
    with embedded.services(var, durable=False):
        assert ask("SELECT 1") == (1,)
    assert not half.exists()


def test_lost_passwords_are_made_anew(var):
    with embedded.services(var, durable=False):
        old = os.environ["DATABASE_URL"]
    Places.of(var).passwords_file.unlink()
    with embedded.services(var, durable=False):
        assert os.environ["DATABASE_URL"] != old
        assert ask("SELECT 1") == (1,)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(old)


def test_long_path_has_short_sockets(tmp_path):
    var = tmp_path.joinpath(*["一个很长的目录名" * 3] * 4) / "var"
    with embedded.services(var, durable=False):
        assert ask("SELECT 1") == (1,)
        assert len(os.fsencode(Places.of(var).sockets / ".s.PGSQL.5432.lock")) <= 100


def test_folders_and_passwords_are_closed_to_others(var):
    places = Places.of(var)
    with embedded.services(var, durable=False):
        for folder in (
            places.sockets,
            places.state,
            next(var.glob("postgres-[0-9]*")),
            next(var.glob("redis-*")),
        ):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(places.passwords_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("role", [OWNER_ROLE, APP_ROLE, "kexie_super", "postgres"])
def test_nobody_comes_in_without_the_password(var, role):
    with (
        embedded.services(var, durable=False) as held_here,
        pytest.raises(psycopg.OperationalError) as refused,
    ):
        psycopg.connect(host=str(held_here.places.sockets), user=role, password="guess", dbname=DATABASE)
    assert "password authentication failed" in str(refused.value)


def test_application_role_owns_nothing_and_owner_is_no_superuser(var):
    with embedded.services(var, durable=False):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask("CREATE TABLE mine (id int)")
        assert ask("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == (0,)
        assert ask(
            "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user",
            os.environ["DATABASE_OWNER_URL"],
        ) == (False, False)


def test_socket_folder_made_by_somebody_else_is_refused(var):
    places = Places.of(var)
    places.sockets.symlink_to(var.parent)
    try:
        with pytest.raises(embedded.EmbeddedError, match="不属于当前用户"), embedded.services(var):
            pass
    finally:
        places.sockets.unlink()


def test_start_that_fails_says_why_and_leaves_nothing(var):
    with embedded.services(var, durable=False):
        pass
    data = next(var.glob("postgres-[0-9]*"))
    (data / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with (
        pytest.raises(embedded.EmbeddedError, match="no_such_setting"),
        embedded.services(var, durable=False),
    ):
        pass
    await_gone(var, seconds=5.0)
    assert not Places.of(var).sockets.exists()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, True),
        ({"DATABASE_URL": "", "REDIS_URL": ""}, True),
        ({"DATABASE_URL": "a", "REDIS_URL": "b"}, False),
    ],
)
def test_services_are_wanted_when_no_address_is_given(environment, expected):
    assert embedded.wanted(environment) is expected


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_one_address_alone_is_refused(name):
    with pytest.raises(embedded.EmbeddedError, match="同时设置"):
        embedded.wanted({name: "somewhere"})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs a disguise")
def test_root_without_namespaces_starts_the_server_as_another_user(var, monkeypatch):
    with embedded.services(var, durable=False):
        pass
    var.parent.chmod(0o700)
    monkeypatch.setattr(
        privileges,
        "_works",
        lambda way, *asked, works=privileges._works: way.prefix[0] == "setpriv" and works(way, *asked),
    )
    places = Places.of(var)
    places.make()
    server = Postgres(places, durable=False)
    try:
        server.start()
        owner = server.data.stat().st_uid
        assert owner != 0
        assert Path(f"/proc/{processes.left_behind(server.data, 'postgres')[0]}").stat().st_uid == owner
        assert ask("SELECT 1", places.database_url(APP_ROLE)) == (1,)
    finally:
        server.stop()
        places.sockets.rmdir()
    monkeypatch.undo()
    with embedded.services(var, durable=False):
        assert ask("SELECT 1") == (1,)
        assert server.data.stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs a disguise")
def test_disguise_is_refused_when_none_works(tmp_path, monkeypatch):
    monkeypatch.setattr(privileges, "_works", lambda way, program, folder: False)
    with pytest.raises(embedded.EmbeddedError, match="普通用户"):
        disguise_for(Path("/bin/true"), tmp_path)


def test_disguise_shows_no_root(tmp_path):
    disguise = disguise_for(Path("/bin/true"), tmp_path)
    shown = subprocess.run([*disguise.prefix, "id", "-u"], capture_output=True, text=True, check=True).stdout
    assert int(shown) != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_give_changes_everything_inside_and_no_target_of_a_link(tmp_path):
    outside = tmp_path / "outside"
    outside.touch()
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "link").symlink_to(outside)
    give(folder, 65534)
    assert (folder / "deep").stat().st_uid == 65534
    assert outside.stat().st_uid == 0


def test_secret_key_is_random_kept_and_private(var, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    places = Places.of(var)
    with embedded.services(var, durable=False):
        given = os.environ["SECRET_KEY"]
        assert len(given) >= 50
        assert given == places.secret_key()
        assert stat.S_IMODE((places.state / "secret-key").stat().st_mode) == 0o600
    assert "SECRET_KEY" not in os.environ
    monkeypatch.setenv("SECRET_KEY", "mine")
    with embedded.services(var, durable=False):
        assert os.environ["SECRET_KEY"] == "mine"
    assert places.secret_key() == given


def test_passwords_differ_between_folders_and_stay(tmp_path):
    one, two = Places.of(tmp_path / "one"), Places.of(tmp_path / "two")
    for places in (one, two):
        places.make()
    try:
        made, are_new = one.passwords()
        assert are_new
        assert one.passwords() == (made, False)
        assert json.loads(one.passwords_file.read_text()) == made
        assert set(made.values()).isdisjoint(two.passwords()[0].values())
    finally:
        one.sockets.rmdir()
        two.sockets.rmdir()
