"""AWS::Lambda::EventSourceMapping."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, kind, without

_CREATE_ONLY = "EventSourceArn StartingPosition StartingPositionTimestamp SelfManagedEventSource"


@kind(
    "AWS::Lambda::EventSourceMapping",
    _CREATE_ONLY,
    {"Id": lambda c, id, p: id, "EventSourceMappingArn": lambda c, id, p: c.arn("lambda", f"event-source-mapping:{id}")},
)
class EventSourceMapping(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return str(c.call("lambda", "create_event_source_mapping", p)["UUID"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("lambda", "update_event_source_mapping", without(p, *_CREATE_ONLY.split()), UUID=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("lambda", "delete_event_source_mapping", UUID=id)
