"""AWS::EFS."""

from __future__ import annotations

import json
from typing import Any

from ..kinds import Context, Kind, KindError, changed, kind, pick

_IN_PLACE = ("FileSystemPolicy", "FileSystemTags")


@kind(
    "AWS::EFS::FileSystem",
    "AvailabilityZoneName Encrypted KmsKeyId PerformanceMode",
    {
        "FileSystemId": lambda c, id, p: id,
        "Arn": lambda c, id, p: c.arn("elasticfilesystem", f"file-system/{id}"),
    },
)
class FileSystem(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        made = c.call(
            "efs",
            "create_file_system",
            pick(p, "AvailabilityZoneName", "Encrypted", "KmsKeyId", "PerformanceMode", "ThroughputMode"),
            CreationToken=c.name(64),
            Backup=p.get("BackupPolicy", {}).get("Status") == "ENABLED",
        )
        id = str(made["FileSystemId"])
        self._put(c, id, p)
        return id

    def _put(self, c: Context, id: str, p: dict[str, Any]) -> None:
        if "FileSystemTags" in p:
            c.call("efs", "tag_resource", ResourceId=id, Tags=p["FileSystemTags"])
        if "FileSystemPolicy" in p:
            c.call("efs", "put_file_system_policy", FileSystemId=id, Policy=json.dumps(p["FileSystemPolicy"]))

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        unknown = [name for name in {**p, **old} if name not in _IN_PLACE and changed(p, old, name)]
        if unknown:
            raise KindError(f"The local AWS API cannot change {', '.join(unknown)} in place; see docs/local-api.md")
        self._put(c, id, p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("efs", "delete_file_system", FileSystemId=id)


@kind(
    "AWS::EFS::MountTarget",
    "FileSystemId SubnetId IpAddress",
    {
        "Id": lambda c, id, p: id,
        "IpAddress": lambda c, id, p: c.call("efs", "describe_mount_targets", MountTargetId=id)["MountTargets"][0]["IpAddress"],
    },
)
class MountTarget(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return str(c.call("efs", "create_mount_target", p)["MountTargetId"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "SecurityGroups"):
            c.call("efs", "modify_mount_target_security_groups", pick(p, "SecurityGroups"), MountTargetId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("efs", "delete_mount_target", MountTargetId=id)


@kind(
    "AWS::EFS::AccessPoint",
    "FileSystemId PosixUser RootDirectory ClientToken",
    {
        "AccessPointId": lambda c, id, p: id,
        "Arn": lambda c, id, p: c.arn("elasticfilesystem", f"access-point/{id}"),
    },
)
class AccessPoint(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        made = c.call(
            "efs", "create_access_point", pick(p, "FileSystemId", "PosixUser", "RootDirectory"),
            ClientToken=c.name(64), Tags=p.get("AccessPointTags"),
        )
        return str(made["AccessPointId"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "AccessPointTags"):
            c.call("efs", "tag_resource", ResourceId=id, Tags=p.get("AccessPointTags", []))

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("efs", "delete_access_point", AccessPointId=id)
