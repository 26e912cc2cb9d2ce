"""Fires the schedules of EventBridge Scheduler whose target is a function: the first time at once, then at their
interval. Every run is a process of its own, so runs that are longer than the interval overlap, as on AWS. There are no
retries: an agent that is started every minute must not depend on them."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from dataclasses import dataclass
from typing import Any

from moto.scheduler.models import scheduler_backends

from . import roads, settings
from .functions import ended_on_purpose, run_function

_TICK_SECONDS = 0.1
_MINUTES = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": 1440, "days": 1440}
_log = logging.getLogger(__name__)


@dataclass
class _Due:
    meaning: str
    at: float


def interval_minutes(expression: str) -> int | None:
    """Of `rate(5 minutes)`; None for what fires at certain times, which nothing here waits for."""
    match = re.fullmatch(r"rate\((\d+) (\w+)\)", expression.strip())
    return int(match.group(1)) * _MINUTES[match.group(2)] if match and match.group(2) in _MINUTES else None


def _first_after(schedule: Any) -> float:
    """Seconds. Most things are wanted at once; what is rare is work for later where others need this machine."""
    minutes = interval_minutes(schedule.schedule_expression) or 1
    return minutes * settings.minute_seconds if settings.rare_later and minutes > 1 else 0.0


def _enabled() -> dict[str, Any]:
    found = {}
    for backend in list(scheduler_backends[settings.account].values()):
        for group in list(backend.schedule_groups.values()):
            for schedule in list(group.schedules.values()):
                is_function = ":lambda:" in schedule.target["Arn"]
                if schedule.state == "ENABLED" and is_function and interval_minutes(schedule.schedule_expression):
                    found[schedule.arn] = schedule
    return found


def _fire(schedule: Any) -> None:
    """Runs the target; what goes wrong in it is in the function's own log, and here in the server's."""
    region = schedule.target["Arn"].split(":")[3]
    try:
        event = json.loads(schedule.target.get("Input") or "{}")
        outcome = run_function(settings.account, schedule.target["Arn"], event)
        if outcome.problem and not ended_on_purpose(region):
            _log.error("%s: %s", schedule.arn, outcome.problem)
    except Exception:  # noqa: BLE001 - whatever it is belongs into the log, not to the console
        if not ended_on_purpose(region):
            _log.exception("%s could not run its target", schedule.arn)


def _tick(due: dict[str, _Due]) -> None:
    now = time.monotonic()
    enabled = _enabled()
    for arn in [arn for arn in due if arn not in enabled]:
        del due[arn]
    for arn, schedule in enabled.items():
        meaning = f"{schedule.schedule_expression} {json.dumps(schedule.target, sort_keys=True, default=str)}"
        if arn not in due or due[arn].meaning != meaning:
            due[arn] = _Due(meaning, now + _first_after(schedule))
        if due[arn].at <= now:
            due[arn].at += (interval_minutes(schedule.schedule_expression) or 1) * settings.minute_seconds
            if roads.is_lost(arn.split(":")[3]):
                continue
            threading.Thread(target=_fire, args=(schedule,), daemon=True).start()


def _run() -> None:
    due: dict[str, _Due] = {}
    while True:
        _tick(due)
        time.sleep(_TICK_SECONDS)


def start() -> None:
    """Fires from now on, if schedules were asked for."""
    if settings.minute_seconds > 0:
        threading.Thread(target=_run, daemon=True).start()
