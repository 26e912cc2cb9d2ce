"""AWS::RDS."""

from __future__ import annotations

import time
from typing import Any

from .. import rds_instances
from ..kinds import Context, Kind, KindError, changed, kind, pick, tags_changed, without


def _instance(c: Context, id: str) -> dict[str, Any]:
    return c.call("rds", "describe_db_instances", DBInstanceIdentifier=id)["DBInstances"][0]


def _settled(c: Context, id: str) -> None:
    """Waits until an instance is available, as CloudFormation does after each change."""
    while True:
        status = _instance(c, id)["DBInstanceStatus"]
        if status == "available":
            return
        if status == "failed":
            raise KindError(f"DB instance {id} is failed: {rds_instances.problem(c.region, id)}")
        time.sleep(_POLL_SECONDS)


def _gone(c: Context, id: str) -> None:
    known = {one["DBInstanceIdentifier"] for one in c.call("rds", "describe_db_instances")["DBInstances"]}
    while id in known:
        time.sleep(_POLL_SECONDS)
        known = {one["DBInstanceIdentifier"] for one in c.call("rds", "describe_db_instances")["DBInstances"]}


def _tags(c: Context, arn: str, p: dict[str, Any], old: dict[str, Any]) -> None:
    wanted, removed = tags_changed(p, old)
    if wanted:
        c.call("rds", "add_tags_to_resource", ResourceName=arn, Tags=wanted)
    if removed:
        c.call("rds", "remove_tags_from_resource", ResourceName=arn, TagKeys=removed)


_POLL_SECONDS = 0.1
_RENAME = {"VPCSecurityGroups": "VpcSecurityGroupIds"}
_AFTER_REPLICA = ("PreferredMaintenanceWindow", "PreferredBackupWindow", "BackupRetentionPeriod",
                  "AllowMajorVersionUpgrade", "ManageMasterUserPassword")
# What only CloudFormation knows, or what a modification handles.
_NOT_CREATED = ("DBInstanceIdentifier", "SourceRegion", "DeleteAutomatedBackups", "AllowMajorVersionUpgrade",
                "AssociatedRoles", "ApplyImmediately", "AutomaticBackupReplicationRegion",
                "AutomaticBackupReplicationRetentionPeriod", "AutomaticBackupReplicationKmsKeyId")


@kind(
    "AWS::RDS::DBInstance",
    "DBInstanceIdentifier KmsKeyId SourceRegion StorageEncrypted MasterUsername DBName Engine DBSubnetGroupName "
    "CharacterSetName Timezone",
    {
        "DBInstanceArn": lambda c, id, p: _instance(c, id)["DBInstanceArn"],
        "DbiResourceId": lambda c, id, p: _instance(c, id)["DbiResourceId"],
        "Endpoint.Address": lambda c, id, p: _instance(c, id)["Endpoint"]["Address"],
        "Endpoint.Port": lambda c, id, p: str(_instance(c, id)["Endpoint"]["Port"]),
        "Endpoint.HostedZoneId": lambda c, id, p: "Z2R2ITUGPM61AM",
        "MasterUserSecret.SecretArn": lambda c, id, p: _instance(c, id)["MasterUserSecret"]["SecretArn"],
        "InstanceCreateTime": lambda c, id, p: str(_instance(c, id)["InstanceCreateTime"]),
    },
)
class DbInstance(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        id = str(p.get("DBInstanceIdentifier") or c.name(63, lower=True))
        core = without(p, *_NOT_CREATED)
        if "SourceDBInstanceIdentifier" in p:
            self._check_replica(c, p)
            core = without(core, "Engine", "EngineVersion", "StorageEncrypted")
            # As CloudFormation does: what the creation of a replica does not take is a modification right after it.
            later = {name: core.pop(name) for name in _AFTER_REPLICA if name in core}
            c.call("rds", "create_db_instance_read_replica", core, rename=_RENAME, DBInstanceIdentifier=id)
            if later:
                _settled(c, id)
                c.call("rds", "modify_db_instance", later, DBInstanceIdentifier=id, ApplyImmediately=True)
        else:
            c.call("rds", "create_db_instance", core, rename=_RENAME, DBInstanceIdentifier=id)
        _settled(c, id)
        return id

    @staticmethod
    def _check_replica(c: Context, p: dict[str, Any]) -> None:
        """What RDS refuses and moto does not."""
        source = str(p["SourceDBInstanceIdentifier"])
        away = source.startswith("arn:") and source.split(":")[3] != c.region
        if away and str(p.get("StorageEncrypted", "true")).lower() == "true" and "KmsKeyId" not in p:
            raise KindError("A cross-region replica of an encrypted instance needs a KmsKeyId of its own region")
        if not away and "DBSubnetGroupName" in p:
            raise KindError("DBSubnetGroupName is only for replicas in another region than their source")
        for name in ("MasterUsername", "MasterUserPassword", "DBName"):
            if name in p:
                raise KindError(f"{name} cannot be given for a read replica")
        region = source.split(":")[3] if source.startswith("arn:") else c.region
        found = c.call("rds", "describe_db_instances", region=region,
                       DBInstanceIdentifier=source.split(":")[-1])["DBInstances"][0]
        if int(found.get("BackupRetentionPeriod", 0)) == 0:
            raise KindError("Automated backups are not enabled for the source of the replica")

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if "SourceDBInstanceIdentifier" in old and "SourceDBInstanceIdentifier" not in p:
            c.call("rds", "promote_read_replica", DBInstanceIdentifier=id)
            _settled(c, id)
        unmodifiable = ("Tags", "SourceDBInstanceIdentifier", *self.create_only)
        names = [
            name for name in {*p, *old}
            if name not in unmodifiable and name not in _NOT_CREATED and changed(p, old, name) and name in p
        ]
        rename = {**_RENAME, "Port": "DBPortNumber"}
        if names:
            c.call("rds", "modify_db_instance", pick(p, *names), rename=rename,
                   DBInstanceIdentifier=id, ApplyImmediately=True)
            _settled(c, id)
        _tags(c, _instance(c, id)["DBInstanceArn"], p, old)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        if str(p.get("DeletionProtection", False)).lower() == "true":
            raise KindError(f"Cannot delete protected DB Instance {id}, please disable deletion protection and try again")
        c.call("rds", "delete_db_instance", DBInstanceIdentifier=id, SkipFinalSnapshot=True)
        _gone(c, id)


@kind(
    "AWS::RDS::DBParameterGroup",
    "DBParameterGroupName Family Description",
    {"DBParameterGroupName": lambda c, id, p: id},
)
class DbParameterGroup(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("DBParameterGroupName") or c.name(255, lower=True))
        core = without(p, "Parameters", "Family", "DBParameterGroupName")
        c.call("rds", "create_db_parameter_group", core, DBParameterGroupName=name, DBParameterGroupFamily=p["Family"])
        self._parameters(c, name, p)
        return name

    def _parameters(self, c: Context, id: str, p: dict[str, Any]) -> None:
        parameters = [
            {"ParameterName": name, "ParameterValue": str(value), "ApplyMethod": "pending-reboot"}
            for name, value in p.get("Parameters", {}).items()
        ]
        # RDS takes 20 at a time.
        for start in range(0, len(parameters), 20):
            c.call("rds", "modify_db_parameter_group", DBParameterGroupName=id, Parameters=parameters[start : start + 20])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        self._parameters(c, id, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("rds", "delete_db_parameter_group", DBParameterGroupName=id)


@kind("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName")
class DbSubnetGroup(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("DBSubnetGroupName") or c.name(255, lower=True)).lower()
        c.call("rds", "create_db_subnet_group", without(p, "DBSubnetGroupName"), DBSubnetGroupName=name)
        return name

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("rds", "modify_db_subnet_group", without(p, "DBSubnetGroupName", "Tags"), DBSubnetGroupName=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("rds", "delete_db_subnet_group", DBSubnetGroupName=id)
