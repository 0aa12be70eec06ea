"""Batches: questions handed in together at half the price, and answers collected when they are ready.

Questions go by a hash of their content, so that what comes back, in whatever order and from whichever batch,
finds its place, and only what is missing is handed in again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

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
    """What a batch has come to: its state, answers by key, and in `lost` what failed and why."""

    id: str
    state: str
    done: int = 0
    total: int = 0
    answers: Mapping[str, Completion] = field(default_factory=dict)
    lost: Mapping[str, str] = field(default_factory=dict)
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

    def hand_in(self, questions: Mapping[str, Question]) -> str:
        """Hands in questions by key as one batch; returns its id."""
        content = b"".join(requests(questions, self._endpoint))
        with _told(self._endpoint, self._openai):
            file = self._client.files.create(file=("questions.jsonl", content), purpose="batch")
            made = self._client.batches.create(
                input_file_id=file.id,
                endpoint=_URL,
                completion_window="24h",
                metadata={_MARK: mark(questions)},
            )
        return str(made.id)

    def adopted(self, keys: Iterable[str], known: Sequence[str]) -> str | None:
        """A batch of just these questions that was handed in by a run that died before it could note it."""
        wanted = mark(keys)
        with _told(self._endpoint, self._openai):
            for one in self._client.batches.list(limit=100).data:
                if (one.metadata or {}).get(_MARK) == wanted and one.id not in known:
                    return str(one.id)
        return None

    def collect(self, id: str) -> Collected:
        """What a batch has come to. Answers are read from its output and its error file once it is over."""
        with _told(self._endpoint, self._openai):
            batch = self._client.batches.retrieve(id)
            counts = batch.request_counts
            done = (counts.completed + counts.failed) if counts else 0
            answers: dict[str, Completion] = {}
            lost: dict[str, str] = {}
            if batch.status in _OVER:
                for file in (batch.output_file_id, batch.error_file_id):
                    if file:
                        _sort(self._client.files.content(file).content, answers, lost)
            errors = batch.errors.data if batch.errors and batch.errors.data else []
        reason = str(errors[0].message or errors[0].code or "")[:200] if errors else ""
        total = counts.total if counts else 0
        return Collected(id, str(batch.status), done, total, answers, lost, reason)


def requests(questions: Mapping[str, Question], endpoint: Endpoint) -> Iterator[bytes]:
    """The lines of a batch file, Chinese unescaped."""
    for key, question in questions.items():
        body = {
            "model": endpoint.model,
            "messages": question.messages(shown=endpoint.preset.shows_schema),
            "response_format": response_format(question.answer),
            "temperature": 0,
            endpoint.preset.limit: question.limit,
        }
        line = {"custom_id": key, "method": "POST", "url": _URL, "body": body}
        yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def portions(questions: Mapping[str, Question], endpoint: Endpoint) -> Iterator[dict[str, Question]]:
    """The questions in portions that one batch can hold."""
    portion: dict[str, Question] = {}
    size = 0
    for key, question in questions.items():
        (line,) = requests({key: question}, endpoint)
        if portion and (len(portion) >= MOST_REQUESTS or size + len(line) > MOST_BYTES):
            yield portion
            portion, size = {}, 0
        portion[key] = question
        size += len(line)
    if portion:
        yield portion


def mark(keys: Iterable[str]) -> str:
    """One name for a set of questions."""
    return sha256("\n".join(sorted(keys)).encode()).hexdigest()


def _sort(content: bytes, answers: dict[str, Completion], lost: dict[str, str]) -> None:
    """Reads a result file line by line; a line that cannot be read is the loss of that line only."""
    for line in content.decode("utf-8", "replace").splitlines():
        try:
            entry = json.loads(line)
            key = str(entry["custom_id"])
        except (ValueError, TypeError, KeyError):
            continue
        response = entry.get("response") or {}
        answer = completion(response.get("body")) if response.get("status_code") == 200 else None
        if answer is not None:
            answers[key] = answer
            lost.pop(key, None)
        elif key not in answers:
            error = entry.get("error") or (response.get("body") or {}).get("error") or {}
            lost[key] = str(error.get("message") or error.get("code") or "no answer")[:200]


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
