"""Settings: every fault is told, in plain words, all at once, and never with a secret in it."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.runtime.settings import SECRETS, WHAT_IS_RIGHT, Settings, SettingsFault, load_settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"
SECRET = "MTE4.do-not-show-me"


def faults(environ: dict[str, str] | None = None, env_file: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as caught:
        load_settings(environ or {}, env_file)
    return caught.value.sentences


def test_nothing_has_to_be_set_to_build_the_settings():
    settings = load_settings({}, None)
    assert settings.database_url == "sqlite:///var/talkingpiece.db"
    assert settings.keyring_file == Path("var/keyring.txt")
    assert settings.message_content_intent
    assert (settings.data_dir / "text").is_dir()


def test_every_setting_can_be_set():
    given = {
        "DISCORD_TOKEN": SECRET,
        "DATABASE_URL": "postgresql://u:p@h/d",
        "KEYRING_FILE": "/k/ring.txt",
        "BACKUP_DIR": "/b",
        "BACKUPS_KEPT": "3",
        "LOG_LEVEL": "debug",
        "LOG_FORMAT": "JSON",
        "MESSAGE_CONTENT_INTENT": "no",
        "SHARD_IDS": "0, 2",
        "SHARD_COUNT": "3",
        "DATA_DIR": str(EXAMPLE.parent),
        "CACHE_DIR": "/var/cache/tp",
        "HEALTH_PORT": "9464",
        "HEARTBEAT_URL": "https://hc-ping.com/x",
    }
    assert set(given) == set(WHAT_IS_RIGHT)
    settings = load_settings(given, None)
    assert settings.require_token() == SECRET
    assert settings.model_dump(exclude={"discord_token", "heartbeat_url"}) == {
        "database_url": "postgresql://u:p@h/d",
        "keyring_file": Path("/k/ring.txt"),
        "backup_dir": Path("/b"),
        "backups_kept": 3,
        "log_level": "DEBUG",
        "log_format": "json",
        "message_content_intent": False,
        "shard_ids": (0, 2),
        "shard_count": 3,
        "data_dir": EXAMPLE.parent,
        "cache_dir": Path("/var/cache/tp"),
        "health_port": 9464,
    }
    assert settings.heartbeat_url is not None
    assert settings.heartbeat_url.get_secret_value() == "https://hc-ping.com/x"


def test_settings_made_directly_read_neither_the_environment_nor_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / ".env").write_text("LOG_LEVEL=ERROR\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKUPS_KEPT", "77")
    settings = Settings(database_url="sqlite:////tmp/x.db", keyring_file=Path("/tmp/k"))
    assert (settings.log_level, settings.backups_kept) == ("INFO", 10)


def test_the_environment_and_the_file_are_read_where_they_are_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / ".env").write_text("LOG_LEVEL=ERROR\nBACKUPS_KEPT=5\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKUPS_KEPT", "77")
    settings = load_settings()
    assert (settings.log_level, settings.backups_kept) == ("ERROR", 77)


def test_settings_cannot_change():
    with pytest.raises(ValidationError):
        Settings().log_level = "DEBUG"


def test_a_home_folder_is_found():
    assert load_settings({"BACKUP_DIR": "~/backups"}, None).backup_dir == Path.home() / "backups"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"mysql://u:{SECRET}@h/d"),
        ("DATABASE_URL", f"postgres://u:{SECRET}@h/d"),
        ("DATABASE_URL", f"postgresql://u:{SECRET}@h"),
        ("DATABASE_URL", SECRET),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true"),
        ("BACKUPS_KEPT", "0"),
        ("BACKUPS_KEPT", "many"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
        ("MESSAGE_CONTENT_INTENT", "perhaps"),
        ("DATA_DIR", "/there/is/no/such/folder"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right_and_not_shown(name: str, value: str):
    [sentence] = faults({name: value})
    assert sentence == f"{name} {WHAT_IS_RIGHT[name]}"
    assert SECRET not in sentence


@pytest.mark.parametrize(
    ("ids", "count", "says"),
    [
        ("0,1", "", "both or neither"),
        ("", "2", "both or neither"),
        ("0,2", "2", "smaller than SHARD_COUNT"),
        ("1,1", "2", "each shard once"),
        ("0,", "2", "whole numbers"),
        ("-1", "2", "whole numbers"),
        ("0", "0", "from 1 upwards"),
    ],
)
def test_shards_that_do_not_fit_are_told(ids: str, count: str, says: str):
    [sentence] = faults({"SHARD_IDS": ids, "SHARD_COUNT": count})
    assert says in sentence


def test_all_faults_are_told_together(tmp_path: Path):
    file = tmp_path / ".env"
    file.write_text("LOGLEVEL=INFO\n")
    told = faults(
        {"LOG_FORMAT": "xml", "BACKUPS_KEPT": "0", "DISCORD_TOKEN": "x", "DISCORD_TOKEN_FILE": "y"}, file
    )
    assert [sentence.split()[0] for sentence in told] == [
        "LOGLEVEL",
        "DISCORD_TOKEN",
        "BACKUPS_KEPT",
        "LOG_FORMAT",
    ]


def test_no_form_of_the_settings_shows_a_secret():
    settings = load_settings({"DISCORD_TOKEN": SECRET, "DATABASE_URL": f"postgresql://u:{SECRET}@h/d"}, None)
    assert SECRET not in repr(settings) + str(settings)


def test_only_running_needs_the_token():
    with pytest.raises(SettingsFault, match="DISCORD_TOKEN is needed"):
        Settings().require_token()


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_can_come_from_a_file(name: str, tmp_path: Path):
    value = "sqlite:///from-a-file.db"
    (tmp_path / "secret").write_text(f"  {value}\n")
    settings = load_settings({f"{name}_FILE": str(tmp_path / "secret")}, None)
    found = settings.require_token() if name == "DISCORD_TOKEN" else settings.database_url
    assert found == value


@pytest.mark.parametrize("content", [None, "", "\n", b"\xff\xfe\xfa"])
def test_a_secret_file_that_is_of_no_use_is_a_fault_that_does_not_repeat_the_path(tmp_path: Path, content):
    """Somebody may have put the token where its path should be."""
    file = tmp_path / SECRET
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    [sentence] = faults({"DISCORD_TOKEN_FILE": str(file)})
    assert sentence.startswith("DISCORD_TOKEN_FILE must name a readable text file")
    assert SECRET not in sentence


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("LOGLEVEL", "LOG_LEVEL"),
        ("log_level", "LOG_LEVEL"),
        ("SHARD_ID", "SHARD_IDS"),
        ("DISCORD_TOKEN_FLE", ""),
    ],
)
def test_a_misspelt_name_in_the_file_is_a_fault(tmp_path: Path, name: str, meant: str):
    (tmp_path / ".env").write_text(f"{name}={SECRET}\n")
    [sentence] = faults(env_file=tmp_path / ".env")
    assert sentence.startswith(f"{name} is not a setting; did you mean {meant}")
    assert SECRET not in sentence


def test_names_of_other_programs_are_left_alone(tmp_path: Path):
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=x\nCOMPOSE_PROJECT_NAME=y\nTZ=UTC\n")
    assert load_settings({"LOGLEVEL": "x"}, tmp_path / ".env") == Settings()


def test_a_line_that_cannot_be_understood_is_a_fault(tmp_path: Path):
    (tmp_path / ".env").write_text(f"# ours\nDISCORD_TOKEN='{SECRET}\n")
    [sentence] = faults(env_file=tmp_path / ".env")
    assert "line 2" in sentence
    assert SECRET not in sentence


@pytest.mark.parametrize("content", [b"\xff\xfe\xfa", None])
def test_a_file_that_is_no_text_is_a_fault(tmp_path: Path, content: bytes | None):
    file = tmp_path / ".env"
    file.mkdir() if content is None else file.write_bytes(content)
    [sentence] = faults(env_file=file)
    assert "cannot be read as a text file" in sentence


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path):
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfLOG_LEVEL=ERROR\r\nBACKUPS_KEPT=4\r\n")
    settings = load_settings({}, tmp_path / ".env")
    assert (settings.log_level, settings.backups_kept) == ("ERROR", 4)


def test_a_dollar_sign_in_a_password_is_kept(tmp_path: Path):
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://u:a${HOME}b$c@h/d\n")
    assert load_settings({}, tmp_path / ".env").database_url == "postgresql://u:a${HOME}b$c@h/d"


def example() -> dict[str, str]:
    """The commented settings of .env.example."""
    return dict(re.findall(r"^# ([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))


def test_the_example_file_shows_exactly_the_settings_there_are():
    assert set(WHAT_IS_RIGHT) == {name.upper() for name in Settings.model_fields}
    assert set(example()) == set(WHAT_IS_RIGHT) | {f"{name}_FILE" for name in SECRETS}


def test_the_example_file_by_itself_sets_nothing():
    assert load_settings({}, EXAMPLE) == Settings()


def test_every_example_is_a_value_that_is_right(tmp_path: Path):
    given = {name: value for name, value in example().items() if not name.endswith("_URL_FILE")}
    given = {name: value for name, value in given.items() if name not in {"DISCORD_TOKEN_FILE", "DATA_DIR"}}
    settings = load_settings(given, None)
    for name, field in Settings.model_fields.items():
        if name != "data_dir":
            assert getattr(settings, name) != field.default, f"the example of {name} is the default"


def test_the_example_file_states_the_real_defaults():
    paragraphs = EXAMPLE.read_text().split("\n\n")
    for name, field in Settings.model_fields.items():
        if field.default is None or name == "data_dir":
            continue
        default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
        [paragraph] = [text for text in paragraphs if f"\n# {name.upper()}=" in text]
        assert re.search(rf"Default: {re.escape(default)}$", paragraph, re.MULTILINE), name


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/x",
        "ftp://127.0.0.1/x",
        "hc-ping.com/x",
        "https://",
        "http://127.0.0.1.example.org/",
    ],
)
def test_the_sign_of_life_goes_nowhere_where_others_could_read_it(address: str):
    [sentence] = faults({"HEARTBEAT_URL": address})
    assert sentence == f"HEARTBEAT_URL {WHAT_IS_RIGHT['HEARTBEAT_URL']}"


@pytest.mark.parametrize(
    "address", ["https://hc-ping.com/x", "http://127.0.0.1:3001/api/push/x", "http://[::1]/x"]
)
def test_the_sign_of_life_may_go_out_encrypted_or_stay_on_the_machine(address: str):
    settings = load_settings({"HEARTBEAT_URL": address}, None)
    assert settings.heartbeat_url is not None
    assert "hc-ping" not in repr(settings)


@pytest.mark.parametrize("port", ["0", "65536", "x"])
def test_a_port_that_is_none_is_refused(port: str):
    assert faults({"HEALTH_PORT": port}) == (f"HEALTH_PORT {WHAT_IS_RIGHT['HEALTH_PORT']}",)
