"""Batches: questions handed in together at half the price, and answers collected when they are ready.

Questions go by a hash of their content, so that what comes back, in whatever order and from whichever batch,
finds its place, and only what is missing is handed in again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any

from structurer.errors import ModelError
from structurer.model.presets import Endpoint
from structurer.model.question import Question
from structurer.model.strict import response_format
from structurer.model.wire import Completion, completion

MOST_REQUESTS = 50_000
MOST_BYTES = 190_000_000
"""Of one batch, a little below what OpenAI takes."""
_URL = "/v1/chat/completions"
_OVER = frozenset(("completed", "expired", "cancelled", "failed"))
_MARK = "structurer"


@dataclass(frozen=True)
class Collected:
    """What a batch has come to: its state, how many answers were taken, and how many questions failed."""

    id: str
    state: str
    answered: int = 0
    lost: int = 0
    reason: str = ""
    """Why it failed as a whole."""

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in _OVER


class Batches:
    """An endpoint's batches. Raises ModelError, naming the endpoint, when it does not do as asked."""

    def __init__(self, endpoint: Endpoint, *, timeout: float) -> None:
        import openai

        self._openai = openai
        self._endpoint = endpoint
        self._client: Any = openai.OpenAI(
            api_key=endpoint.key, base_url=endpoint.base_url, timeout=timeout, max_retries=4
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def hand_in(self, lines: IO[bytes], mark: str) -> str:
        """Hands in a file of `request` lines as one batch under a mark; returns its id."""
        with _told(self._endpoint, self._openai):
            file = self._client.files.create(file=("questions.jsonl", lines), purpose="batch")
            made = self._client.batches.create(
                input_file_id=file.id,
                endpoint=_URL,
                completion_window="24h",
                metadata={_MARK: mark},
            )
        return str(made.id)

    def adopted(self, mark: str, known: Sequence[str]) -> str | None:
        """A batch under this mark that was handed in by a run that died before it could note it."""
        with _told(self._endpoint, self._openai):
            for one in self._client.batches.list(limit=100).data:
                if (one.metadata or {}).get(_MARK) == mark and one.id not in known:
                    return str(one.id)
        return None

    def collect(self, id: str, take: Callable[[str, Completion], object]) -> Collected:
        """What a batch has come to. Once it is over, its answers go to `take`, one by one."""
        with _told(self._endpoint, self._openai):
            batch = self._client.batches.retrieve(id)
            answered: set[bytes] = set()
            lost: set[bytes] = set()
            if batch.status in _OVER:
                for file in (batch.output_file_id, batch.error_file_id):
                    for key, answer in _answers(self._lines(file)) if file else ():
                        digest = key.encode()
                        if answer is None:
                            lost.add(digest)
                        else:
                            answered.add(digest)
                            take(key, answer)
            errors = batch.errors.data if batch.errors and batch.errors.data else []
        reason = str(errors[0].message or errors[0].code or "")[:200] if errors else ""
        return Collected(id, str(batch.status), len(answered), len(lost - answered), reason)

    def _lines(self, file: str) -> Iterator[bytes]:
        """The lines of a file, a few in memory at a time."""
        with self._client.files.with_streaming_response.content(file) as answer:
            rest = b""
            for piece in answer.iter_bytes():
                *whole, rest = (rest + piece).split(b"\n")
                yield from whole
            yield rest


def request(key: str, question: Question, endpoint: Endpoint) -> bytes:
    """A line of a batch file, Chinese unescaped."""
    body = {
        "model": endpoint.model,
        "messages": question.messages(shown=endpoint.preset.shows_schema),
        "response_format": response_format(question.answer),
        "temperature": 0,
        endpoint.preset.limit: question.limit,
    }
    line = {"custom_id": key, "method": "POST", "url": _URL, "body": body}
    return json.dumps(line, ensure_ascii=False).encode() + b"\n"


def mark(keys: Iterable[str]) -> str:
    """One name for a set of questions."""
    return sha256("\n".join(sorted(keys)).encode()).hexdigest()


def _answers(lines: Iterable[bytes]) -> Iterator[tuple[str, Completion | None]]:
    """What a result file says, by key; a line that cannot be read is the loss of that line only."""
    for line in lines:
        try:
            entry = json.loads(line.decode("utf-8", "replace"))
            key = str(entry["custom_id"])
        except (ValueError, TypeError, KeyError):
            continue
        response = entry.get("response") or {}
        yield key, completion(response.get("body")) if response.get("status_code") == 200 else None


class _told:
    """Turns the client's errors into one that names the endpoint and nothing secret."""

    def __init__(self, endpoint: Endpoint, openai: Any) -> None:
        self._endpoint, self._openai = endpoint, openai

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, self._openai.APIError):
            status = getattr(error, "status_code", None)
            said = (error.body or {}).get("message") if isinstance(error.body, dict) else None
            reason = f"{status}: {said or 'no reason given'}" if status else "the connection failed"
            raise ModelError(
                f"batches at {self._endpoint.preset.name}: {reason}; run the same command again later"
            ) from None
