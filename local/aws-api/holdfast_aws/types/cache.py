"""AWS::ElastiCache."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, KindError, changed, kind, pick, without


_MODIFIABLE = ("AutomaticFailoverEnabled", "MultiAZEnabled", "SnapshotRetentionLimit", "SnapshotWindow", "CacheNodeType",
               "EngineVersion", "CacheParameterGroupName", "ReplicationGroupDescription", "AutoMinorVersionUpgrade")


def _group(c: Context, id: str) -> dict[str, Any]:
    return c.call("elasticache", "describe_replication_groups", ReplicationGroupId=id)["ReplicationGroups"][0]


def _endpoint(name: str, field: str) -> Any:
    return lambda c, id, p: str(_group(c, id)["NodeGroups"][0][name][field])


@kind(
    "AWS::ElastiCache::ReplicationGroup",
    "ReplicationGroupId AtRestEncryptionEnabled KmsKeyId Port CacheSubnetGroupName SnapshotName SnapshotArns",
    {
        "PrimaryEndPoint.Address": _endpoint("PrimaryEndpoint", "Address"),
        "PrimaryEndPoint.Port": _endpoint("PrimaryEndpoint", "Port"),
        # moto stores the reader's name but does not show it in the form of the API.
        "ReaderEndPoint.Address": lambda c, id, p: str(
            _group(c, id)["NodeGroups"][0]["PrimaryEndpoint"]["Address"]
        ).replace("master.", "replica.", 1),
        "ReaderEndPoint.Port": _endpoint("PrimaryEndpoint", "Port"),
        "ReplicationGroupId": lambda c, id, p: id,
    },
)
class ReplicationGroup(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        id = str(p.get("ReplicationGroupId") or c.name(40, lower=True))
        core = without(p, "ReplicationGroupId")
        # moto counts nodes by replicas per shard and overlooks NumCacheClusters; one shard of that many is the same.
        if "NumCacheClusters" in core:
            count = int(core.pop("NumCacheClusters"))
            core |= {"NumNodeGroups": 1, "ReplicasPerNodeGroup": count - 1}
        c.call("elasticache", "create_replication_group", core, ReplicationGroupId=id)
        return id

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        names = [name for name in p if changed(p, old, name)]
        unknown = [name for name in names if name not in _MODIFIABLE]
        if unknown:
            raise KindError(f"The local AWS API cannot change {', '.join(unknown)} in place; see docs/local-api.md")
        c.call("elasticache", "modify_replication_group", pick(p, *names), ReplicationGroupId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("elasticache", "delete_replication_group", ReplicationGroupId=id)


@kind("AWS::ElastiCache::SubnetGroup", "CacheSubnetGroupName")
class SubnetGroup(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("CacheSubnetGroupName") or c.name(255, lower=True)).lower()
        rename = {"Description": "CacheSubnetGroupDescription"}
        c.call("elasticache", "create_cache_subnet_group", without(p, "CacheSubnetGroupName"), rename=rename,
               CacheSubnetGroupName=name)
        return name

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        # moto has no DeleteCacheSubnetGroup.
        from moto.elasticache.models import elasticache_backends

        elasticache_backends[c.account][c.region].cache_subnet_groups.pop(id, None)
