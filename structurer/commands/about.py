"""Commands about the installation itself: forms, doctor."""

from __future__ import annotations

import platform
import sys
from difflib import get_close_matches
from importlib import metadata, util
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from structurer.commands.common import json_option, put, put_json, store_option
from structurer.terminal import plain

if TYPE_CHECKING:
    from structurer.settings import Settings

_NEEDED = (
    "charset-normalizer",
    "click",
    "diskcache",
    "instructor",
    "lxml",
    "openai",
    "pdfplumber",
    "pydantic",
    "pyyaml",
    "rapidfuzz",
    "rich",
    "sqlalchemy",
    "tiktoken",
)
_OPTIONAL = {
    "bpe_openai": ("tokens", "exact counts of tokens without a download"),
    "fastapi": ("service", "the service"),
    "psycopg": ("postgres", "stores on PostgreSQL"),
    "pyarrow": ("export", "exports to Parquet"),
    "rapidocr": ("ocr", "scans and pictures"),
    "ray": ("ray", "clusters"),
    "vl_convert": ("dashboard", "the dashboard"),
    "xllamacpp": ("local", "models in this process"),
    "xlsxwriter": ("export", "exports to Excel"),
}
"""Package → the extra that brings it, and what it is for."""


@click.command()
@click.argument("name", required=False)
@json_option
def forms(name: str | None, as_json: bool) -> None:
    """List the forms, or the tables, indicators and rules of one form."""
    from structurer.console import form_text, forms_text, terminal_width
    from structurer.forms import load_forms

    known = {form.form: form for form in load_forms().forms}
    if name is None:
        if as_json:
            put_json([form.model_dump(mode="json") for form in known.values()])
        else:
            put(forms_text(load_forms(), width=terminal_width()))
        return
    if name not in known:
        near = get_close_matches(name, list(known), n=1, cutoff=0.4)
        meant = f"did you mean {near[0]}? " if near else ""
        raise click.UsageError(f"{plain(name)}: no such form; {meant}known: {', '.join(known)}")
    if as_json:
        put_json(known[name].model_dump(mode="json"))
    else:
        put(form_text(known[name], width=terminal_width()))


@click.command()
@store_option
@json_option
@click.pass_context
def doctor(ctx: click.Context, store: str | None, as_json: bool) -> None:
    """Say whether everything is in place: versions, forms, settings, store, model."""
    from structurer.errors import StructurerError

    found: dict[str, Any] = {"versions": _versions(), "optional": _optional()}
    try:
        found |= _forms() | _settings(store)
    except StructurerError as error:
        found["problem"] = str(error)
    healthy = "problem" not in found
    if as_json:
        put_json(found | {"healthy": healthy})
    else:
        for name, value in found.items():
            for line in _lines(name, value):
                put(line)
        put("everything is in place" if healthy else "something is wrong: see problem")
    ctx.exit(0 if healthy else 1)


def _versions() -> dict[str, str]:
    from structurer._version import __version__

    versions = {"structurer": __version__, "python": platform.python_version(), "platform": sys.platform}
    for name in _NEEDED:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = "missing"
    return versions


def _optional() -> dict[str, str]:
    return {
        name: f"{'present' if util.find_spec(name) else _missing(extra)} (for {purpose})"
        for name, (extra, purpose) in _OPTIONAL.items()
    }


def _missing(extra: str) -> str:
    return f"not installed, pip install 'structurer[{extra}]'"


def _forms() -> dict[str, Any]:
    from structurer.forms import load_forms

    known = load_forms()
    return {"forms": {form.form: form.title for form in known.forms}}


def _settings(store: str | None) -> dict[str, Any]:
    from structurer.settings import trace_settings, unknown_variables

    settings, origins = trace_settings(store=store)
    found: dict[str, Any] = {"settings": {name: f"from {origin}" for name, origin in sorted(origins.items())}}
    unknown = {
        name: f"no such setting; did you mean {meant}?" if meant else "no such setting"
        for name, meant in unknown_variables().items()
    }
    if unknown:
        found["unknown"] = unknown
    found["model"] = _model(settings)
    return found | _store(settings.store)


def _model(settings: Settings) -> str:
    """Which model would be asked, and where; never a key, nor an address that could hold one."""
    from structurer.cache import cache_folder
    from structurer.errors import ModelError
    from structurer.model.presets import endpoint

    if settings.model is None or settings.ask == "none":
        return "none is asked; the text and the form's own sums decide, nothing is sent anywhere"
    try:
        asked = endpoint(settings)
    except ModelError as error:
        return f"cannot be asked: {error}"
    host = urlsplit(asked.base_url).hostname or "this process"
    key = "with a key" if asked.key != "none" else "without a key"
    return (
        f"{asked.model} at {host} ({asked.preset.name}, {key}), asked: {settings.ask};"
        f" answers are kept in {cache_folder(settings)}"
    )


def _store(url: str) -> dict[str, Any]:
    from structurer.errors import NoStore, StoreError
    from structurer.store import open_store, safe_url

    try:
        with open_store(url, create=False) as store:
            counts = store.counts()
    except NoStore as error:
        return {"store": str(error)}
    except StoreError as error:
        return {"store": safe_url(url), "problem": str(error)}
    told = f"{counts.documents} documents, {counts.accepted} accepted values, {counts.failures} failed files"
    return {"store": f"{safe_url(url)}: {told}"}


def _lines(name: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return (
            [f"{name}:", *(f"  {plain(key)}: {plain(str(one))}" for key, one in value.items())]
            if value
            else []
        )
    return [f"{name}: {plain(str(value))}"]


COMMANDS = (forms, doctor)
