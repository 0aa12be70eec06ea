"""Where settings come from, in which order, and what is said about a wrong one."""

from pathlib import Path
from typing import get_args

import pytest

from structurer.errors import SettingsError
from structurer.model.presets import PRESETS
from structurer.settings import Provider, Settings, load_settings, trace_settings, unknown_variables


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("STORE", "MODEL", "BASE_URL", "MAX_BYTES"):
        monkeypatch.delenv(f"STRUCTURER_{name}", raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_set_is_enough() -> None:
    assert load_settings() == Settings()
    assert load_settings().store == "sqlite:///structurer.db"
    assert load_settings().model is None


def test_every_provider_that_can_be_set_has_a_preset() -> None:
    assert get_args(Provider) == tuple(PRESETS)


def test_arguments_before_environment_before_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("structurer.toml").write_text('store = "sqlite:///file.db"\nmax_bytes = 5\nmodel = "a"\n')
    monkeypatch.setenv("STRUCTURER_STORE", "sqlite:///env.db")
    monkeypatch.setenv("STRUCTURER_MODEL", "b")
    settings, origins = trace_settings(store="sqlite:///argument.db", model=None)
    assert (settings.store, settings.model, settings.max_bytes) == ("sqlite:///argument.db", "b", 5)
    assert origins == {"store": "argument", "model": "STRUCTURER_MODEL", "max_bytes": "structurer.toml"}


@pytest.mark.parametrize("name", ["none", ""])
def test_no_model_can_be_said(name: str) -> None:
    assert load_settings(model=name).model is None


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-secret-key")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://me:hidden@model.example")
    settings = load_settings()
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == "a-secret-key"
    assert "secret" not in repr(settings).lower().replace("secretstr", "")
    assert "hidden" not in repr(settings) + str(settings.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'stor = "x"', "structurer.toml: stor: no such setting; did you mean store?"),
        (b"zzz = 1", "structurer.toml: zzz: no such setting; known: accept_model, ask, base_url, "),
        (b'api_key = "k"', "structurer.toml: api_key: keep keys out of files; set OPENAI_API_KEY instead"),
        (b"store = ", "structurer.toml: not TOML"),
        (b"\xff\xfe", "structurer.toml: not UTF-8 (byte 0)"),
        (b"max_bytes = 0", "max_bytes (from structurer.toml): Input should be greater than 0"),
    ],
)
def test_a_wrong_file_says_what_and_where(content: bytes, said: str) -> None:
    Path("structurer.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r".") as caught:
        load_settings()
    assert said in str(caught.value)


def test_a_wrong_variable_says_what_and_where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRUCTURER_MAX_BYTES", "many")
    with pytest.raises(SettingsError, match=r"max_bytes \(from STRUCTURER_MAX_BYTES\)"):
        load_settings()


def test_a_wrong_argument_names_the_closest() -> None:
    with pytest.raises(SettingsError, match="did you mean max_bytes"):
        load_settings(max_byte=3)


def test_a_mistyped_variable_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRUCTURER_STOER", "x")
    assert unknown_variables()["STRUCTURER_STOER"] == "STRUCTURER_STORE"
    monkeypatch.setenv("STRUCTURER_REVIEWER", "li")
    assert "STRUCTURER_REVIEWER" not in unknown_variables()


def test_a_file_with_a_byte_order_mark_is_read() -> None:
    Path("structurer.toml").write_bytes(b'\xef\xbb\xbfstore = "sqlite:///bom.db"')
    assert load_settings().store == "sqlite:///bom.db"
