"""consents hosted for real, asked by people at a login and by the timeline on their behalf."""

from collections.abc import Iterator

import pytest

from deploy.local.postgres import Postgres
from libs.host.settings import Settings
from tests.consents.counter import Counter
from tests.partners.system import running


@pytest.fixture(scope="session")
def consents_settings(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with running(postgres, tmp_path_factory.mktemp("consents"), ("consents", "timeline")) as settings:
        yield settings


@pytest.fixture
def counter(consents_settings: Settings) -> Iterator[Counter]:
    with Counter(consents_settings) as made:
        yield made
