"""AWS::Route53."""

from __future__ import annotations

import uuid
from typing import Any

from ..kinds import Context, Kind, KindError, changed, kind, without

R53 = "route53"


def _change(c: Context, action: str, p: dict[str, Any]) -> None:
    record = without(p, "HostedZoneId", "HostedZoneName", "Comment")
    if "ResourceRecords" in record:
        record["ResourceRecords"] = [{"Value": value} for value in record["ResourceRecords"]]
    if "AliasTarget" in record:
        record["AliasTarget"] = {"EvaluateTargetHealth": False, **record["AliasTarget"]}
    if "HostedZoneId" not in p:
        raise KindError("HostedZoneId is needed; HostedZoneName is not known here")
    batch = {"ChangeBatch": {"Changes": [{"Action": action, "ResourceRecordSet": record}]}}
    c.call(R53, "change_resource_record_sets", batch, HostedZoneId=p["HostedZoneId"])


def _exists(c: Context, p: dict[str, Any]) -> bool:
    name = str(p["Name"]).rstrip(".").lower() + "."
    pages = c.client(R53).get_paginator("list_resource_record_sets").paginate(HostedZoneId=p["HostedZoneId"])
    return any(
        one["Name"].lower() == name and one["Type"] == p["Type"] and one.get("SetIdentifier") == p.get("SetIdentifier")
        for page in pages for one in page["ResourceRecordSets"]
    )


@kind("AWS::Route53::RecordSet", "Name Type SetIdentifier HostedZoneId")
class RecordSet(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        if _exists(c, p):
            raise KindError(f"Tried to create resource record set [name='{p['Name']}', type='{p['Type']}'] but it "
                            "already exists")
        _change(c, "CREATE", p)
        return str(p["Name"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        _change(c, "UPSERT", p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        _change(c, "DELETE", p)


@kind("AWS::Route53::HealthCheck", "", {"HealthCheckId": lambda c, id, p: id})
class HealthCheck(Kind):
    # Route 53 keeps these for the life of a check.
    fixed = ("Type", "MeasureLatency", "RequestInterval")

    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = {"HealthCheckConfig": p["HealthCheckConfig"]}
        id = str(c.call(R53, "create_health_check", core, CallerReference=str(uuid.uuid4()))["HealthCheck"]["Id"])
        self._tags(c, id, p, {})
        return id

    @staticmethod
    def _tags(c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "HealthCheckTags"):
            wanted = p.get("HealthCheckTags", [])
            removed = [tag["Key"] for tag in old.get("HealthCheckTags", [])]
            if removed:
                c.call(R53, "change_tags_for_resource", ResourceType="healthcheck", ResourceId=id, RemoveTagKeys=removed)
            if wanted:
                c.call(R53, "change_tags_for_resource", ResourceType="healthcheck", ResourceId=id, AddTags=wanted)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        new, before = p["HealthCheckConfig"], old["HealthCheckConfig"]
        if changed(new, before, *self.fixed):
            raise KindError(f"{', '.join(self.fixed)} of a health check cannot change: it would be replaced")
        if new != before:
            core = without(new, *self.fixed)
            c.call(R53, "update_health_check", core, HealthCheckId=id)
        self._tags(c, id, p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(R53, "delete_health_check", HealthCheckId=id)


@kind(
    "AWS::Route53::HostedZone",
    "Name VPCs",
    {
        "Id": lambda c, id, p: id,
        "NameServers": lambda c, id, p: c.call(R53, "get_hosted_zone", Id=id)["DelegationSet"]["NameServers"],
    },
)
class HostedZone(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        made = c.call(R53, "create_hosted_zone", without(p, "HostedZoneTags", "QueryLoggingConfig"),
                      CallerReference=str(uuid.uuid4()))
        return str(made["HostedZone"]["Id"]).rsplit("/", 1)[-1]

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(R53, "delete_hosted_zone", Id=id)
