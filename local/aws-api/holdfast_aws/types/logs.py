"""AWS::Logs."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, KindError, changed, kind, without


@kind(
    "AWS::Logs::LogGroup",
    "LogGroupName LogGroupClass",
    {"Arn": lambda c, id, p: c.arn("logs", f"log-group:{id}:*")},
)
class LogGroup(Kind):
    known = ("LogGroupName", "LogGroupClass", "KmsKeyId", "RetentionInDays", "Tags")

    def create(self, c: Context, p: dict[str, Any]) -> str:
        if without(p, *self.known):
            raise KindError(f"Unknown properties: {sorted(without(p, *self.known))}")
        name = p.get("LogGroupName", c.name(512))
        c.call("logs", "create_log_group", without(p, "LogGroupName", "RetentionInDays"), logGroupName=name)
        self._retention(c, name, p, {})
        return str(name)

    @staticmethod
    def _retention(c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if "RetentionInDays" in p:
            c.call("logs", "put_retention_policy", logGroupName=id, retentionInDays=int(p["RetentionInDays"]))
        elif "RetentionInDays" in old:
            c.call("logs", "delete_retention_policy", logGroupName=id)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "KmsKeyId"):
            raise KindError("The local AWS API cannot change the key of a log group; see docs/local-api.md")
        self._retention(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("logs", "delete_log_group", logGroupName=id)


@kind("AWS::Logs::ResourcePolicy", "PolicyName")
class ResourcePolicy(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call("logs", "put_resource_policy", p)
        return str(p["PolicyName"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self.create(c, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("logs", "delete_resource_policy", policyName=id)


@kind("AWS::Logs::MetricFilter", "FilterName LogGroupName")
class MetricFilter(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = p.get("FilterName", c.name(512))
        c.call("logs", "put_metric_filter", without(p, "FilterName"), filterName=name)
        return str(name)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("logs", "put_metric_filter", without(p, "FilterName"), filterName=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("logs", "delete_metric_filter", filterName=id, logGroupName=p["LogGroupName"])
