"""Ports are free when chosen and the same again next time."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.ports import LOOPBACK, Ports, free_port, is_free
from deploy.local.programs import REPOSITORY


def test_a_chosen_port_is_free_and_remembered(tmp_path: Path) -> None:
    port = Ports(tmp_path / "ports.json").choose("gateway")

    assert is_free(port)
    assert Ports(tmp_path / "ports.json").choose("gateway") == port


@pytest.mark.parametrize("interface", [LOOPBACK, "0.0.0.0"])
def test_a_port_that_another_program_took_is_chosen_anew(tmp_path: Path, interface: str) -> None:
    ports = Ports(tmp_path / "ports.json")
    with socket.create_server((interface, ports.choose("gateway"))) as stranger:
        assert ports.choose("gateway") != stranger.getsockname()[1]


def test_names_get_different_ports(tmp_path: Path) -> None:
    ports = Ports(tmp_path / "ports.json")

    assert len({ports.choose(str(number)) for number in range(30)}) == 30


def test_a_port_is_kept_for_who_chose_it_while_its_server_is_down() -> None:
    chosen = free_port()
    other = "from deploy.local.ports import is_free, is_ours; import sys; print(is_free({0}), is_ours({0}))"
    seen = subprocess.run(
        [sys.executable, "-c", other.format(chosen)], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )

    assert seen.stdout.split() == ["True", "False"]


def test_a_damaged_file_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text('{"gateway": 2')

    assert is_free(Ports(tmp_path / "ports.json").choose("gateway"))


def test_a_port_is_below_those_that_connections_go_out_from() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])

    assert free_port() < max(first, 32_768)
