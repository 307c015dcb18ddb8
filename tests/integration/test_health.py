"""Health and readiness tell the truth when a server is gone, and again when it is back."""

from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from deploy.local.health import serving
from deploy.local.platform import Platform
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import SERVICES
from deploy.local.process import wait_until
from libs.spec.platforms import running_platform

PATIENCE = 60.0


@pytest.fixture(scope="module")
def own_platform() -> Iterator[Platform]:
    """A platform whose servers may be killed."""
    with running_platform() as made:
        yield made


def status(platform: Platform, name: str, path: str) -> int:
    try:
        with urlopen(f"http://{LOOPBACK}:{platform.ports[name]}{path}", timeout=5) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def ready(platform: Platform) -> dict[str, bool]:
    """What each part says of itself."""
    found = {f"{name} rpc": serving(f"{LOOPBACK}:{platform.ports[name]}") for name in SERVICES}
    return found | {name: status(platform, name, "/health/ready") == 200 for name in ("worker", "gateway")}


def test_everything_is_ready_while_all_is_there(own_platform: Platform) -> None:
    assert wait_until(lambda: all(ready(own_platform).values()), PATIENCE), ready(own_platform)


def test_without_the_database_nothing_is_ready_and_everything_lives(own_platform: Platform) -> None:
    own_platform.postgres.kill()
    try:
        assert wait_until(lambda: not any(ready(own_platform).values()), PATIENCE), ready(own_platform)
        assert status(own_platform, "worker", "/health/live") == 200
        assert status(own_platform, "gateway", "/health/live") == 200
    finally:
        own_platform.postgres.start()
    assert wait_until(lambda: all(ready(own_platform).values()), PATIENCE), ready(own_platform)


def test_without_the_broker_the_worker_is_not_ready_and_the_services_answer(own_platform: Platform) -> None:
    own_platform.rabbitmq.kill()
    try:
        assert wait_until(lambda: not ready(own_platform)["worker"], PATIENCE)
        assert all(up for name, up in ready(own_platform).items() if name != "worker")
        assert status(own_platform, "worker", "/health/live") == 200
    finally:
        own_platform.rabbitmq.start()
    assert wait_until(lambda: all(ready(own_platform).values()), PATIENCE), ready(own_platform)


def test_without_the_rpc_process_the_gateway_says_so(own_platform: Platform) -> None:
    program = own_platform.programs["rpc"]
    program.process.kill()
    try:
        assert wait_until(lambda: status(own_platform, "gateway", "/health/ready") == 503, PATIENCE)
        assert status(own_platform, "gateway", "/health/live") == 200
    finally:
        own_platform.launch(program)
    assert wait_until(lambda: all(ready(own_platform).values()), PATIENCE), ready(own_platform)
