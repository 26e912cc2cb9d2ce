"""AWS::Backup. What is copied into a vault is not played: moto has vaults and plans, and no jobs."""

from __future__ import annotations

from typing import Any

from moto.backup.models import backup_backends

from ..kinds import Context, Kind, changed, kind, pick


@kind(
    "AWS::Backup::BackupVault",
    "BackupVaultName EncryptionKeyArn",
    {
        "BackupVaultName": lambda c, id, p: id,
        "BackupVaultArn": lambda c, id, p: c.arn("backup", f"backup-vault:{id}"),
    },
)
class BackupVault(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p["BackupVaultName"])
        c.call(
            "backup", "create_backup_vault", pick(p, "EncryptionKeyArn", "BackupVaultTags"), BackupVaultName=name,
        )
        self.update(c, name, p, {})
        return name

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if not changed(p, old, "LockConfiguration"):
            return
        if "LockConfiguration" in p:
            c.call("backup", "put_backup_vault_lock_configuration", p["LockConfiguration"], BackupVaultName=id)
        else:
            c.call("backup", "delete_backup_vault_lock_configuration", BackupVaultName=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("backup", "delete_backup_vault", BackupVaultName=id)


def _plan(p: dict[str, Any]) -> dict[str, Any]:
    plan = {name: value for name, value in p["BackupPlan"].items() if name != "BackupPlanRule"}
    rules = [
        {("TargetBackupVaultName" if name == "TargetBackupVault" else name): value for name, value in rule.items()}
        for rule in p["BackupPlan"]["BackupPlanRule"]
    ]
    return {**plan, "Rules": rules}


@kind(
    "AWS::Backup::BackupPlan",
    "",
    {
        "BackupPlanId": lambda c, id, p: id,
        "BackupPlanArn": lambda c, id, p: c.arn("backup", f"backup-plan:{id}"),
    },
)
class BackupPlan(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        made = c.call("backup", "create_backup_plan", {"BackupPlan": _plan(p), **pick(p, "BackupPlanTags")})
        return str(made["BackupPlanId"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        """moto has no UpdateBackupPlan: the plan is put into its model."""
        backup_backends[c.account][c.region].plans[id].backup_plan = _plan(p)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("backup", "delete_backup_plan", BackupPlanId=id)
