"""The import contracts of contracts.toml hold, and each of them would notice if it did not."""

from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import grimp
import pytest
from importlinter.application.use_cases import read_user_options
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract

configure()
OPTIONS: Final = read_user_options(str(Path(__file__).parent / "contracts.toml"))
CONTRACTS: Final[dict[str, dict[str, Any]]] = {options["id"]: options for options in OPTIONS.contracts_options}
TYPES: Final[dict[str, Any]] = {
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
}
BAD: Final = [
    ("services-apart", "services.referrals", "services.consents"),
    ("services-apart", "services.gateway", "services.timeline.entries"),
    ("libs-below", "libs.host.rpc", "services.vocabulary"),
    ("libs-layered", "libs.eventlog.decider", "libs.bus"),
    ("libs-layered", "libs.sealing", "libs.host"),
    ("libs-layered", "libs.eventlog", "libs.sealing"),
    ("no-grpc-in-workers", "services.timeline.queries", "libs.host.clients"),
    ("no-grpc-in-workers", "libs.bus", "grpc"),
    ("no-nameko-in-rpc", "libs.host.rpc", "nameko"),
    ("no-nameko-in-rpc", "services.gateway", "eventlet"),
    ("spec-for-tests", "services.cases", "libs.spec"),
    ("one-log", "services.cases", "eventsourcing"),
]


@pytest.fixture(scope="module")
def graph() -> Any:
    """All imports of the project, also those inside functions and for types only."""
    return grimp.build_graph(*OPTIONS.session_options["root_packages"], include_external_packages=True, cache_dir=None)


def kept(contract: str, graph: Any) -> bool:
    options = CONTRACTS[contract]
    checked = TYPES[options["type"]](options["name"], OPTIONS.session_options, options)
    result: bool = checked.check(deepcopy(graph), verbose=False).kept
    return result


@pytest.mark.parametrize("contract", CONTRACTS)
def test_contract_is_kept(contract: str, graph: Any) -> None:
    assert kept(contract, graph), f"lint-imports --config tests/architecture/contracts.toml --contract {contract}"


@pytest.mark.parametrize(("contract", "importer", "imported"), BAD)
def test_contract_notices(contract: str, importer: str, imported: str, graph: Any) -> None:
    broken = deepcopy(graph)
    assert importer in broken.modules
    broken.add_import(importer=importer, imported=imported)
    assert not kept(contract, broken)


def test_every_contract_has_an_import_that_breaks_it() -> None:
    assert {contract for contract, _, _ in BAD} == set(CONTRACTS)
