"""Jobs of AWS Backup, which moto lacks: one that saves, its recovery point, and one that restores a file system. No byte is
copied, and what takes minutes on AWS has happened when the call returns. Plans start no job of their own."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.responses import BackupResponse
from moto.core.exceptions import JsonRESTError
from moto.core.utils import unix_time
from moto.efs.models import efs_backends

_jobs: dict[str, dict[str, Any]] = {}
_restores: dict[str, dict[str, Any]] = {}
# Idempotency token -> id of the job.
_tokens: dict[str, str] = {}


class Refused(JsonRESTError):
    def __init__(self, name: str, message: str):
        self.code = 400
        super().__init__(name, message)


def _missing(what: str) -> Refused:
    return Refused("ResourceNotFoundException", f"There is no {what}.")


def _of_vault(self: Any, vault: str | None) -> list[dict[str, Any]]:
    here = [one for one in _jobs.values() if f":{self.region}:" in one["RecoveryPointArn"]]
    return [one for one in here if vault is None or one["BackupVaultName"] == vault]


def start_backup_job(self: Any) -> str:
    asked = json.loads(self.body)
    vault = asked["BackupVaultName"]
    if vault not in self.backup_backend.vaults:
        raise _missing(f"vault {vault}")
    id = _tokens.setdefault(str(asked.get("IdempotencyToken") or uuid.uuid4()), str(uuid.uuid4()))
    now = unix_time()
    _jobs.setdefault(id, {
        "BackupJobId": id, "State": "COMPLETED", "ResourceArn": asked["ResourceArn"], "BackupVaultName": vault,
        "ResourceType": "EFS" if ":elasticfilesystem:" in asked["ResourceArn"] else "RDS",
        "RecoveryPointArn": f"arn:aws:backup:{self.region}:{self.current_account}:recovery-point:{uuid.uuid4()}",
        "IamRoleArn": asked["IamRoleArn"], "CreationDate": now, "CompletionDate": now,
    })
    return json.dumps(_jobs[id])


def describe_backup_job(self: Any) -> str:
    id = unquote(self.path).split("/")[2]
    if id not in _jobs:
        raise _missing(f"job {id}")
    return json.dumps(_jobs[id])


def list_backup_jobs(self: Any) -> str:
    return json.dumps({"BackupJobs": _of_vault(self, self._get_param("backupVaultName"))})


def list_recovery_points_by_backup_vault(self: Any) -> str:
    vault = unquote(self.path).split("/")[2]
    if vault not in self.backup_backend.vaults:
        raise _missing(f"vault {vault}")
    points = [{**one, "Status": one["State"]} for one in _of_vault(self, vault)]
    return json.dumps({"RecoveryPoints": points})


def start_restore_job(self: Any) -> str:
    asked = json.loads(self.body)
    point = next((one for one in _of_vault(self, None) if one["RecoveryPointArn"] == asked["RecoveryPointArn"]), None)
    if point is None:
        raise _missing(f"recovery point {asked['RecoveryPointArn']}")
    wanted = asked["Metadata"]
    if point["ResourceType"] != "EFS" or wanted.get("newFileSystem") != "true":
        raise Refused("InvalidParameterValueException", "Here a file system is restored into a new one, and nothing else.")
    made = efs_backends[self.current_account][self.region].create_file_system(
        creation_token=wanted["CreationToken"], performance_mode=wanted["PerformanceMode"],
        encrypted=wanted["Encrypted"] == "true", kms_key_id=wanted.get("KmsKeyId"), throughput_mode="bursting",
        provisioned_throughput_in_mibps=0, availability_zone_name="", backup=False, tags=[],
    )
    id = str(uuid.uuid4())
    _restores[id] = {
        "RestoreJobId": id, "RecoveryPointArn": asked["RecoveryPointArn"], "Status": "COMPLETED",
        "CreatedResourceArn": made.file_system_arn, "CreationDate": unix_time(),
    }
    return json.dumps({"RestoreJobId": id})


def describe_restore_job(self: Any) -> str:
    id = unquote(self.path).split("/")[2]
    if id not in _restores:
        raise _missing(f"job {id}")
    return json.dumps(_restores[id])


def install() -> None:
    for operation in (
        start_backup_job, describe_backup_job, list_backup_jobs, list_recovery_points_by_backup_vault, start_restore_job,
        describe_restore_job,
    ):
        setattr(BackupResponse, operation.__name__, operation)
    for path in (
        "/backup-jobs/?$", "/backup-jobs/(?P<job_id>[^/]+)$", "/backup-vaults/(?P<vault_name>[^/]+)/recovery-points/$",
        "/restore-jobs$", "/restore-jobs/(?P<job_id>[^/]+)$",
    ):
        urls.url_paths["{0}" + path] = BackupResponse.dispatch
