"""What functions write, in CloudWatch Logs: commands of an operator read there what agents say. Only the newest events of a
function are kept, because moto looks at all of them each time."""

from __future__ import annotations

import threading
import time
from typing import Any

from moto.logs.models import LogEvent, LogStream, logs_backends

from . import settings

_STREAM = "local"
_KEPT = 500
_lock = threading.Lock()


# (region, function) -> log group. moto forgets what a function was told about its log.
_groups: dict[tuple[str, str], str] = {}


def write_to(region: str, function: str, group: Any) -> None:
    """From now on the function writes there; None: into the group that Lambda names after it."""
    _groups[region, function] = str(group) if group else f"/aws/lambda/{function}"


def write(function: Any, text: str) -> None:
    """Nothing if the group was not deployed, as where a function may not make one."""
    groups = logs_backends[settings.account][function.region].groups
    group = groups.get(_groups.get((function.region, function.function_name), ""))
    if group is None:
        return
    with _lock:
        if _STREAM not in group.streams:
            group.create_log_stream(_STREAM)
        stream: LogStream = group.streams[_STREAM]
        now = int(time.time() * 1000)
        stream.events.append(LogEvent(now, {"timestamp": now, "message": text}))
        del stream.events[:-_KEPT]
        stream.last_event_timestamp = now
