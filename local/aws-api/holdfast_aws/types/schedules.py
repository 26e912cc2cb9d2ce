"""AWS::Scheduler."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, kind, pick, without


def _arn(c: Context, id: str, p: dict[str, Any]) -> str:
    return c.arn("scheduler", f"schedule/{p.get('GroupName', 'default')}/{id}")


@kind("AWS::Scheduler::Schedule", "Name GroupName", {"Arn": _arn})
class Schedule(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("Name") or c.name(64))
        c.call("scheduler", "create_schedule", without(p, "Name"), Name=name)
        return name

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        # An update sets what it does not name to its default; moto knows that of a new schedule only.
        c.call("scheduler", "update_schedule", {"State": "ENABLED", **without(p, "Name")}, Name=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("scheduler", "delete_schedule", pick(p, "GroupName"), Name=id)
