"""Instances that are made from backups. moto describes another instance that is like the first; here it has the data."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Callable

from moto.rds.exceptions import DBInstanceAlreadyExists, InvalidParameterCombination, InvalidParameterValue, RDSClientError
from moto.rds.models import DBInstance, RDSBackend

from . import settings
from .rds_backups import AutomatedBackup, by_arn, by_resource, current
from .rds_instances import find, is_ours, order, parameters
from .rds_snapshots import by_name, content, refuse_unless_complete

# What an instance has from the one that was backed up, unless it is told otherwise. All else is as in a new one.
_INHERITED = (
    "engine", "engine_version", "db_instance_class", "allocated_storage", "storage_type", "iops", "storage_throughput",
    "max_allocated_storage", "master_username", "db_name", "port", "license_model", "auto_minor_version_upgrade",
    "backup_retention_period", "preferred_backup_window", "preferred_maintenance_window", "copy_tags_to_snapshot",
    "enable_iam_database_authentication", "ca_certificate_identifier",
)
# What says what is restored, and not what the instance is to be.
_CHOOSING = ("db_snapshot_identifier", "source_db_instance_identifier", "target_db_instance_identifier", "restore_time",
             "use_latest_restorable_time", "source_dbi_resource_id", "source_db_instance_automated_backups_arn")

Restore = Callable[[DBInstance], None]


def _make(
    backend: RDSBackend, identifier: str, origin: DBInstance, encryption: tuple[bool, str | None], given: Any,
    restore: Restore,
) -> DBInstance:
    if identifier in backend.databases:
        raise DBInstanceAlreadyExists()
    wanted = {name: value for name, value in given.items() if value is not None and name not in _CHOOSING}
    if int(wanted.get("allocated_storage") or origin.allocated_storage) < int(origin.allocated_storage):
        raise InvalidParameterValue("The allocated storage size can't be less than the source snapshot or backup size.")
    inherited = {name: getattr(origin, name) for name in _INHERITED}
    encrypted, key = encryption
    return backend.create_db_instance({
        **inherited, "storage_encrypted": encrypted, "kms_key_id": key, **wanted,
        "db_instance_identifier": identifier, "holdfast_restore": restore,
    })


def from_snapshots() -> None:
    original = RDSBackend.restore_db_instance_from_db_snapshot

    def restore_db_instance_from_db_snapshot(self: RDSBackend, from_snapshot_id: str, overrides: Any) -> DBInstance:
        snapshot = by_name(self, from_snapshot_id)
        if not is_ours(snapshot.database):
            return original(self, from_snapshot_id, overrides)
        refuse_unless_complete(snapshot)

        def restore(database: DBInstance) -> None:
            order("restore-snapshot", database, host=database.address, parameters=parameters(database),
                  snapshot=content(snapshot))

        encryption = (snapshot.encrypted, snapshot.kms_key_id)
        return _make(self, overrides["db_instance_identifier"], snapshot.database, encryption, overrides, restore)

    RDSBackend.restore_db_instance_from_db_snapshot = restore_db_instance_from_db_snapshot  # type: ignore[method-assign]


def to_points_in_time() -> None:
    original = RDSBackend.restore_db_instance_to_point_in_time

    def restore_db_instance_to_point_in_time(
        self: RDSBackend, source_db_identifier: str | None, target_db_identifier: str, overrides: Any,
    ) -> DBInstance:
        if source_db_identifier and not is_ours(find(self, source_db_identifier)):
            return original(self, source_db_identifier, target_db_identifier, overrides)
        backup = _chosen(self, source_db_identifier, overrides)
        until = _time(backup, overrides)

        def restore(database: DBInstance) -> None:
            order("restore-archive", database, host=database.address, parameters=parameters(database),
                  archive=backup.id, until=until)

        encryption = (backup.encrypted, backup.kms_key_id)
        return _make(self, target_db_identifier, backup.database, encryption, overrides, restore)

    RDSBackend.restore_db_instance_to_point_in_time = restore_db_instance_to_point_in_time  # type: ignore[method-assign]


def _chosen(backend: RDSBackend, identifier: str | None, given: Any) -> AutomatedBackup:
    arn, resource = given.get("source_db_instance_automated_backups_arn"), given.get("source_dbi_resource_id")
    if sum(map(bool, (identifier, arn, resource))) != 1:
        raise InvalidParameterCombination(
            "One of SourceDBInstanceIdentifier, SourceDbiResourceId and SourceDBInstanceAutomatedBackupsArn is needed.")
    if arn:
        return by_arn(backend, arn)
    if resource:
        return by_resource(backend, resource)
    found = current(find(backend, str(identifier)))
    if found is None:
        raise RDSClientError("PointInTimeRestoreNotEnabled", f"{identifier} takes no automated backups.")
    return found


def _time(backup: AutomatedBackup, given: Any) -> str | None:
    """The time to restore to, in ISO 8601; None for the latest."""
    time: datetime | None = given.get("restore_time")
    latest = str(given.get("use_latest_restorable_time") or "").lower() == "true"
    if latest == (time is not None):
        raise InvalidParameterCombination("Either RestoreTime or UseLatestRestorableTime is needed.")
    window = backup.window
    if window is None:
        raise RDSClientError("InvalidRestoreFault", "The automated backup has nothing to restore yet.")
    if time is None:
        return None
    name = backup.db_instance_identifier
    if time < window[0]:
        raise InvalidParameterValue(f"{name} cannot be restored to a time earlier than {window[0]:%Y-%m-%dT%H:%M:%S.%f}Z.")
    if time > window[1]:
        raise InvalidParameterValue(f"{name} cannot be restored to a time later than {window[1]:%Y-%m-%dT%H:%M:%S.%f}Z.")
    return time.replace(tzinfo=timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")


def install() -> None:
    for change in (from_snapshots, to_points_in_time):
        change()
