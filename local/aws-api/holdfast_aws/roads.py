"""The network between regions. A call goes from the region of whoever asks to the region that is asked, and its answer
goes back: each direction can be closed by itself, and a region can be gone as a whole. What cannot arrive is not refused:
it is never answered, as when packets are dropped.

Who asks is told by the access key of the request: functions have one for each region (`caller_key`). Any other caller
is outside of all regions, and reaches those that are there. A key of our own is let through to everywhere."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import Any, Callable

INTERNAL_KEY = "internal"
OUTSIDE = "outside"
_CALLER = "local-"
_SCOPE = re.compile(r"Credential=([^/,]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass
class Roads:
    # The regions of the strongly consistent table; empty: the network is whole and stays so.
    regions: tuple[str, ...] = ()
    # (from, to): nothing that is sent there arrives.
    closed: frozenset[tuple[str, str]] = frozenset()
    lost: frozenset[str] = frozenset()
    # Set as soon as another state holds, for all who wait.
    changed: threading.Event = field(default_factory=threading.Event)

    @staticmethod
    def of(wanted: dict[str, Any]) -> "Roads":
        """Raises ValueError with a sentence for what is no state of a network."""
        unknown = set(wanted) - {"regions", "closed", "lost"}
        if unknown:
            raise ValueError(f"A network has no {sorted(unknown)[0]}")
        regions = tuple(wanted.get("regions", ()))
        closed = frozenset((one, other) for one, other in wanted.get("closed", ()))
        lost = frozenset(wanted.get("lost", ()))
        for end in {*lost, *(end for road in closed for end in road)} - {OUTSIDE, *regions}:
            raise ValueError(f"{end} is none of the regions {', '.join(regions)}")
        return Roads(regions, closed, lost)

    def open(self, start: str, end: str) -> bool:
        """Whether what is sent from one end arrives at the other."""
        return start not in self.lost and end not in self.lost and (start, end) not in self.closed

    def cut_off(self, region: str) -> bool:
        """Whether a region can agree with no other one: then its replica of the table answers nobody."""
        others = [one for one in self.regions if one != region]
        return bool(others) and not any(self.open(region, one) and self.open(one, region) for one in others)


_now = Roads()


def caller_key(region: str) -> str:
    return f"{_CALLER}{region}"


def is_lost(region: str) -> bool:
    return region in _now.lost


def order(wanted: dict[str, Any]) -> set[str]:
    """From now on the network is so. Returns the regions that are gone now and were there before."""
    global _now
    before, after = _now, Roads.of(wanted)
    _now = after
    before.changed.set()
    return set(after.lost - before.lost)


def wrap(application: Callable[..., Any]) -> Callable[..., Any]:
    """The application, behind the network."""

    def dispatch(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        match = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if not _now.regions or match is None or match.group(1) == INTERNAL_KEY:
            return application(environ, start_response)
        key, region, service = match.groups()
        start = key.removeprefix(_CALLER) if key.startswith(_CALLER) else OUTSIDE
        if not _now.open(start, region) or (service == "dynamodb" and _now.cut_off(region)):
            return _never(start_response)
        answer = application(environ, start_response)
        # It is done there; whether that is ever known here is another question.
        return answer if _now.open(region, start) else _never(start_response)

    return dispatch


def _never(start_response: Callable[..., Any]) -> list[bytes]:
    """Keeps the caller waiting until the network is another one; then the connection is of no use any more."""
    _now.changed.wait()
    start_response("503 Service Unavailable", [("Content-Length", "0"), ("Connection", "close")])
    return [b""]
