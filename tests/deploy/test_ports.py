"""Ports are free when chosen and the same again next time."""

import socket
from pathlib import Path

import pytest

from deploy.local.ports import LOOPBACK, Ports, free_port, is_free


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


def test_a_damaged_file_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "ports.json").write_text('{"gateway": 2')

    assert is_free(Ports(tmp_path / "ports.json").choose("gateway"))


def test_a_port_is_below_those_that_connections_go_out_from() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])

    assert free_port() < max(first, 32_768)
