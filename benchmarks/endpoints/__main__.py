"""An endpoint of its own process: python -m benchmarks.endpoints [--late SECONDS] [--fault NAME] [--port N].

Prints its address, then answers until its standard input ends.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.endpoints import faults
from benchmarks.endpoints.server import Endpoint


def main(arguments: list[str] | None = None) -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endpoints", description=__doc__)
    parser.add_argument("--late", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument("--fault", choices=list(faults.FAULTS), help="what it does wrong, always")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    behaviour = faults.always(faults.FAULTS[options.fault]) if options.fault else faults.honest
    with Endpoint(faults.late(options.late, behaviour), port=options.port) as endpoint:
        print(endpoint.base_url, flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
