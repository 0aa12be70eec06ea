"""Endpoints on loopback that speak OpenAI's protocol: honest, faulty, lying, or right at a set rate.

None of them is a model. `server` answers HTTP, `exchange` says what a request asks, `forms` fills any
JSON Schema, `faults`, `liar` and `oracle` decide what is answered.
"""

from benchmarks.endpoints.exchange import Call, Reply, chat
from benchmarks.endpoints.faults import FAULTS, PASSING
from benchmarks.endpoints.server import Endpoint

__all__ = ["FAULTS", "PASSING", "Call", "Endpoint", "Reply", "chat"]
