"""AWS::DynamoDB: one table per replica region, all on the same items, so that a write through one region is seen in
the others at once. That is what strong consistency shows to a client as long as no region is lost."""

from __future__ import annotations

from typing import Any

from moto.dynamodb.models import dynamodb_backends

from ..kinds import Context, Kind, KindError, changed, kind, pick, without

_CORE = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes", "StreamSpecification")
_KNOWN = (*_CORE, "TableName", "Replicas", "MultiRegionConsistency", "GlobalTableWitnesses", "SSESpecification",
          "TimeToLiveSpecification", "WriteProvisionedThroughputSettings", "WriteOnDemandThroughputSettings",
          "WarmThroughput")


def _table(c: Context, name: str, region: str | None = None) -> Any:
    return dynamodb_backends[c.account][region or c.region].tables.get(name)


@kind(
    "AWS::DynamoDB::GlobalTable",
    "TableName KeySchema MultiRegionConsistency GlobalTableWitnesses",
    {
        "Arn": lambda c, id, p: c.arn("dynamodb", f"table/{id}"),
        "TableId": lambda c, id, p: c.call("dynamodb", "describe_table", TableName=id)["Table"]["TableId"],
        "StreamArn": lambda c, id, p: c.call("dynamodb", "describe_table", TableName=id)["Table"]["LatestStreamArn"],
    },
)
class GlobalTable(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        if without(p, *_KNOWN):
            raise KindError(f"Unknown properties: {sorted(without(p, *_KNOWN))}")
        name = str(p.get("TableName") or c.name(255))
        regions = [replica["Region"] for replica in p["Replicas"]]
        self._check(c, p, regions)
        sse = p.get("SSESpecification")
        for replica in p["Replicas"]:
            key = replica.get("SSESpecification", {}).get("KMSMasterKeyId")
            specification = {
                "Enabled": sse.get("SSEEnabled"), "SSEType": sse.get("SSEType"), "KMSMasterKeyId": key,
            } if sse else None
            specification = specification and {k: v for k, v in specification.items() if v is not None}
            c.call(
                "dynamodb", "create_table", pick(p, *_CORE), region=replica["Region"], TableName=name,
                SSESpecification=specification, Tags=replica.get("Tags"),
            )
        self._link(c, name, p, regions)
        for replica in p["Replicas"]:
            self._replica(c, name, replica, {})
        return name

    @staticmethod
    def _check(c: Context, p: dict[str, Any], regions: list[str]) -> None:
        if c.region not in regions:
            raise KindError("Replicas must contain the region of the stack")
        if p.get("MultiRegionConsistency") == "STRONG":
            if len(regions) + len(p.get("GlobalTableWitnesses", [])) != 3:
                raise KindError("Multi-region strong consistency needs exactly three regions")
            if "TimeToLiveSpecification" in p or p.get("LocalSecondaryIndexes"):
                raise KindError("Multi-region strong consistency has no TTL and no local secondary index")

    @staticmethod
    def _link(c: Context, name: str, p: dict[str, Any], regions: list[str]) -> None:
        first = _table(c, name)
        for region in regions:
            table = _table(c, name, region)
            table.items = first.items
            table.holdfast_replicas = [
                {"RegionName": other, "ReplicaStatus": "ACTIVE"} for other in regions if other != region
            ]
            table.holdfast_witnesses = [
                {"RegionName": one["Region"], "WitnessStatus": "ACTIVE"} for one in p.get("GlobalTableWitnesses", [])
            ]
            table.holdfast_consistency = p.get("MultiRegionConsistency", "EVENTUAL")

    @staticmethod
    def _replica(c: Context, name: str, replica: dict[str, Any], old: dict[str, Any]) -> None:
        region = replica["Region"]
        if changed(replica, old, "DeletionProtectionEnabled"):
            protect = str(replica.get("DeletionProtectionEnabled", False)).lower() == "true"
            c.call("dynamodb", "update_table", region=region, TableName=name, DeletionProtectionEnabled=protect)
        if changed(replica, old, "PointInTimeRecoverySpecification"):
            value = replica.get("PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": False})
            c.call("dynamodb", "update_continuous_backups", {"PointInTimeRecoverySpecification": value}, region=region,
                   TableName=name)
        if changed(replica, old, "ResourcePolicy") and "ResourcePolicy" in replica:
            policy = replica["ResourcePolicy"]["PolicyDocument"]
            arn = c.arn("dynamodb", f"table/{name}", region)
            c.call("dynamodb", "put_resource_policy", {"Policy": policy}, region=region, ResourceArn=arn)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        known = {replica["Region"]: replica for replica in old["Replicas"]}
        if set(known) != {replica["Region"] for replica in p["Replicas"]}:
            raise KindError("The local AWS API cannot add or remove replicas of a table; see docs/local-api.md")
        for replica in p["Replicas"]:
            self._replica(c, id, replica, known[replica["Region"]])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        for replica in p["Replicas"]:
            c.call("dynamodb", "delete_table", region=replica["Region"], TableName=id)
