"""What moto's file systems lack: the protection of one, and its replication to the other region. No byte is copied, and what takes
minutes on AWS has happened when the call returns."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.core.exceptions import JsonRESTError
from moto.core.utils import unix_time
from moto.efs import urls
from moto.efs.exceptions import FileSystemNotFound
from moto.efs.models import FileSystem, efs_backends
from moto.efs.responses import EFSResponse

_JSON = {"Content-Type": "application/json"}
# Id of the source -> the only replication that it is part of.
_replications: dict[str, dict[str, Any]] = {}


class Refused(JsonRESTError):
    def __init__(self, name: str, code: int, message: str):
        self.code = code
        super().__init__(name, message)


def _system(account: str, region: str, id: str) -> Any:
    found = efs_backends[account][region].file_systems_by_id.get(id)
    if found is None:
        raise FileSystemNotFound(id)
    return found


def _named(self: Any) -> str:
    return unquote(self.path).split("/")[3]


def _protection(system: Any) -> str:
    return str(getattr(system, "_holdfast_protection", "ENABLED"))


def _part_of(id: str) -> dict[str, Any] | None:
    for one in _replications.values():
        if id in (one["SourceFileSystemId"], one["Destinations"][0]["FileSystemId"]):
            return one
    return None


def update_file_system_protection(self: Any) -> Any:
    system = _system(self.current_account, self.region, _named(self))
    if _protection(system) == "REPLICATING":
        raise Refused("ReplicationAlreadyExists", 409, "The file system is a copy.")
    system._holdfast_protection = json.loads(self.body)["ReplicationOverwriteProtection"]
    return json.dumps({"ReplicationOverwriteProtection": _protection(system)}), _JSON


def create_replication_configuration(self: Any) -> Any:
    source = _named(self)
    _system(self.current_account, self.region, source)
    asked = json.loads(self.body)["Destinations"][0]
    target = _system(self.current_account, asked["Region"], asked["FileSystemId"])
    if _part_of(source) or _part_of(asked["FileSystemId"]):
        raise Refused("ConflictException", 409, "One of the file systems is part of a replication already.")
    if _protection(target) != "DISABLED":
        raise Refused("ConflictException", 409, f"{asked['FileSystemId']} is protected from being overwritten.")
    target._holdfast_protection = "REPLICATING"
    now = unix_time()
    made = {
        "SourceFileSystemId": source,
        "SourceFileSystemRegion": self.region,
        "CreationTime": now,
        "Destinations": [{**asked, "Status": "ENABLED", "LastReplicatedTimestamp": now}],
    }
    _replications[source] = made
    return json.dumps(made), _JSON


def delete_replication_configuration(self: Any) -> Any:
    found = _replications.pop(_named(self), None)
    if found is None:
        raise Refused("ReplicationNotFound", 404, "There is no such replication.")
    destination = found["Destinations"][0]
    target = _system(self.current_account, destination["Region"], destination["FileSystemId"])
    target._holdfast_protection = "ENABLED"
    return "", {"status": 204, **_JSON}


def describe_replication_configurations(self: Any) -> Any:
    id = self._get_param("FileSystemId")
    found = _part_of(id) if id else None
    if id and found is None:
        raise Refused("ReplicationNotFound", 404, f"{id} is part of no replication.")
    for one in _replications.values():
        one["Destinations"][0]["LastReplicatedTimestamp"] = unix_time()
    return json.dumps({"Replications": [found] if found else list(_replications.values())}), _JSON


def tell_protection() -> None:
    original = FileSystem.info_json

    def info_json(self: FileSystem) -> dict[str, Any]:
        return {**original(self), "FileSystemProtection": {"ReplicationOverwriteProtection": _protection(self)}}

    FileSystem.info_json = info_json  # type: ignore[method-assign]


def install() -> None:
    for operation in (
        update_file_system_protection, create_replication_configuration, delete_replication_configuration,
        describe_replication_configurations,
    ):
        setattr(EFSResponse, operation.__name__, operation)
    for path in ("replication-configurations", "<file_system_id>/protection", "<file_system_id>/replication-configuration"):
        urls.url_paths[f"/2015-02-01/file-systems/{path}"] = urls.response.dispatch
    tell_protection()
