"""AWS::Events."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, kind, without


def _name(id: str) -> str:
    return id.split("|")[-1]


@kind("AWS::Events::Rule", "Name EventBusName", {"Arn": lambda c, id, p: c.arn("events", f"rule/{_name(id)}")})
class Rule(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("Name") or c.name(64))
        self._put(c, name, p, {})
        return name

    @staticmethod
    def _put(c: Context, name: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("events", "put_rule", without(p, "Name", "Targets"), Name=name)
        new = {target["Id"] for target in p.get("Targets", [])}
        gone = [target["Id"] for target in old.get("Targets", []) if target["Id"] not in new]
        if gone:
            c.call("events", "remove_targets", Rule=name, Ids=gone)
        if new:
            c.call("events", "put_targets", {"Targets": p["Targets"]}, Rule=name)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self._put(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        ids = [target["Id"] for target in p.get("Targets", [])]
        if ids:
            c.call("events", "remove_targets", Rule=id, Ids=ids)
        c.call("events", "delete_rule", Name=id)
