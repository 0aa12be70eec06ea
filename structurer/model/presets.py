"""What is known of each provider: where it answers, what it can do, and which variable holds its key."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from structurer.errors import ModelError
from structurer.settings import Settings

Capability = Literal["json_schema", "tools", "json_object", "text"]

LADDER: tuple[Capability, ...] = ("json_schema", "tools", "json_object", "text")
"""From the strongest promise about the answer's shape to none."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider of OpenAI-compatible chat completions."""

    name: str
    base_url: str | None
    capability: Capability
    key_variable: str | None = None
    """Variable of the environment that holds the key; None for a server that asks for none."""
    limit: str = "max_tokens"
    """Name of the completion limit in a request."""
    shows_schema: bool = False
    """The provider puts the schema before the model's eyes (and counts its tokens)."""
    batches: bool = False
    batch_share: float = 1.0
    """What part of the price is charged for what is asked in a batch."""


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "openai",
            "https://api.openai.com/v1",
            "json_schema",
            "OPENAI_API_KEY",
            limit="max_completion_tokens",
            shows_schema=True,
            batches=True,
            batch_share=0.5,
        ),
        Preset("deepseek", "https://api.deepseek.com/v1", "json_object", "DEEPSEEK_API_KEY"),
        Preset(
            "qwen",
            "https://dashscope.aliyuncs.com/compatible-mode/v1",
            "json_object",
            "DASHSCOPE_API_KEY",
        ),
        Preset("zhipu", "https://open.bigmodel.cn/api/paas/v4", "json_object", "ZHIPUAI_API_KEY"),
        Preset("ollama", "http://127.0.0.1:11434/v1", "json_schema"),
        Preset("vllm", "http://127.0.0.1:8000/v1", "json_schema"),
        Preset("llamacpp", "http://127.0.0.1:8080/v1", "json_schema"),
        Preset("local", None, "json_schema"),
        Preset("compatible", None, "json_schema", "OPENAI_API_KEY"),
    )
}
_NAMES = {"llama.cpp": "llamacpp", "dashscope": "qwen"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Which model is asked where, with what key. Never printed: address and key can be secret."""

    model: str
    preset: Preset
    base_url: str
    key: str

    def __repr__(self) -> str:
        return f"Endpoint({self.preset.name}, {self.model})"

    @property
    def identity(self) -> str:
        """The address without user, password and query: the same endpoint after its key has changed.

        Of a file it is what the file holds: another one under the same name gives other answers.
        """
        if self.preset.name == "local":
            from structurer.model.local import identity

            return identity(self.model)
        parts = urlsplit(self.base_url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        return urlunsplit((parts.scheme, host + port, parts.path.rstrip("/"), "", ""))


def endpoint(settings: Settings, *, sends: bool = True) -> Endpoint:
    """The endpoint that the settings name: `--model NAME` or `--model PROVIDER:NAME`.

    A key is sent only to the provider it belongs to, or to the address given beside it; where nothing is
    to be sent, none is needed. Raises ModelError saying what is missing.
    """
    if not settings.model:
        raise ModelError("no model is named; --model NAME or STRUCTURER_MODEL names one")
    preset, model = _named(settings)
    given = settings.base_url.get_secret_value() if settings.base_url else None
    address = given or preset.base_url
    if preset.name != "local" and not address:
        raise ModelError(f"{preset.name}: no address; --base-url or OPENAI_BASE_URL gives one")
    return Endpoint(
        model, preset, address or "", _key(settings, preset, given is not None) if sends else "none"
    )


def _named(settings: Settings) -> tuple[Preset, str]:
    name = settings.model or ""
    provider, colon, model = name.partition(":")
    if settings.provider:
        return PRESETS[settings.provider], model if provider == settings.provider and colon else name
    provider = _NAMES.get(provider, provider)
    if colon and model and provider in PRESETS:
        return PRESETS[provider], model
    if settings.base_url is None:
        return PRESETS["openai"], name
    host = urlsplit(settings.base_url.get_secret_value()).hostname or ""
    known = (p for p in PRESETS.values() if p.base_url and (urlsplit(p.base_url).hostname or "") == host)
    remote = next((p for p in known if p.key_variable), None)
    return remote or PRESETS["compatible"], name


def _key(settings: Settings, preset: Preset, addressed: bool) -> str:
    openai = settings.api_key.get_secret_value() if settings.api_key else None
    if openai and preset.key_variable == "OPENAI_API_KEY":
        return openai
    own = os.environ.get(preset.key_variable) if preset.key_variable else None
    if own:
        return own
    if openai and addressed:
        return openai
    if preset.key_variable and not addressed:
        raise ModelError(f"{preset.name}: no key; set {preset.key_variable}")
    return "none"
