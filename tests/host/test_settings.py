"""What a process is told, and what it is told when it was told too little."""

from pathlib import Path

import pytest

from libs.host.settings import SettingMissing, Settings, load


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SAMSPOR_{name.upper()}", raising=False)
    monkeypatch.delenv("SAMSPOR_ENV_FILE", raising=False)


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "env"
    file.write_text(
        'SAMSPOR_RPC={"cases": "127.0.0.1:5000"}\nSAMSPOR_BROKER=amqp://file\nSAMSPOR_ENVIRONMENT=test\nOTHER=1\n'
    )
    monkeypatch.setenv("SAMSPOR_ENV_FILE", str(file))
    monkeypatch.setenv("SAMSPOR_BROKER", "amqp://environment")
    settings = load()
    assert (settings.broker, settings.environment) == ("amqp://environment", "test")
    assert settings.rpc_of("cases") == settings.listen_on("cases") == "127.0.0.1:5000"


def test_a_file_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMSPOR_ENV_FILE", "/no/such/file")
    with pytest.raises(SettingMissing, match="SAMSPOR_ENV_FILE is not set for a file that exists: /no/such/file"):
        load()


def test_templates_name_the_service() -> None:
    settings = Settings(database="postgresql://samspor_{service}@db/samspor_{service}", owner_database="o/{service}")
    assert settings.database_of("cases") == "postgresql://samspor_cases@db/samspor_cases"
    assert settings.owner_database_of("cases") == "o/cases"


def test_a_container_listens_on_all_interfaces() -> None:
    assert Settings(rpc={"cases": "cases-rpc:50051"}, listen="0.0.0.0").listen_on("cases") == "0.0.0.0:50051"


def test_what_is_missing_is_named() -> None:
    with pytest.raises(SettingMissing, match="SAMSPOR_DATABASE is not set"):
        Settings().database_of("cases")
    with pytest.raises(SettingMissing, match="SAMSPOR_RPC is not set for cases"):
        Settings().rpc_of("cases")
    with pytest.raises(SettingMissing, match="SAMSPOR_ISSUERS is not set"):
        Settings().folder("issuers")
