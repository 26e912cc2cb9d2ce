"""Automated backups of database instances, and their replication to other regions. moto's are lists of snapshots. Here
one begins with a copy of the data, goes on with the log, and can be restored to any time in between."""

from __future__ import annotations

import json
import logging
import random
import string
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Callable

from moto.core.responses import ActionResult, PaginatedResult
from moto.core.utils import utcnow
from moto.rds.exceptions import DBInstanceNotFoundError, InvalidParameterCombination, InvalidParameterValue, RDSClientError
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

from . import settings
from .rds_instances import OrderFailed, ask, everywhere, find, is_ours, lock, order, refuse_unless_available
from .rds_snapshots import begin, content, drop, finish, in_background, key_arn

_log = logging.getLogger(__name__)
_NOT_FOUND = "DBInstanceAutomatedBackupNotFound"


class AutomatedBackup:
    """Of one instance in one region; `source` is another region's that it replicates."""

    def __init__(self, backend: RDSBackend, database: DBInstance, source: "AutomatedBackup | None" = None) -> None:
        self.id = "ab-" + "".join(random.choices(string.ascii_lowercase + "234567", k=39))
        self.backend = backend
        self.database = database
        self.source = source
        self.status = "pending" if source else "creating"
        self.encrypted = bool(database.storage_encrypted)
        self.kms_key_id = database.kms_key_id
        self.backup_retention_period = int(database.backup_retention_period or 0)
        self.db_instance_automated_backups_arn = (
            f"arn:{backend.partition}:rds:{backend.region_name}:{backend.account_id}:auto-backup:{self.id}")
        self.replicated_by: list[AutomatedBackup] = []

    def __getattr__(self, name: str) -> Any:
        """All else is that of the instance, also after its end."""
        if name.startswith("_") or name == "database":
            raise AttributeError(name)
        return getattr(self.database, name)

    @property
    def window(self) -> tuple[datetime, datetime] | None:
        """From when to when it can be restored; None if it cannot be yet."""
        if not settings.databases_url:
            return (self.database.created, utcnow())
        found = json.loads(Path(settings.databases_windows).read_text()).get(self.id)
        return (_time(found["earliest"]), _time(found["latest"])) if found else None

    @property
    def restore_window(self) -> dict[str, datetime]:
        window = self.window
        return {"EarliestTime": window[0], "LatestTime": window[1]} if window else {}

    @property
    def db_instance_automated_backups_replications(self) -> list[dict[str, str]]:
        return [{"DBInstanceAutomatedBackupsArn": one.db_instance_automated_backups_arn} for one in self.replicated_by]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).replace(tzinfo=None)


def _kept(backend: RDSBackend) -> dict[str, AutomatedBackup]:
    """By ARN; with the backend, so that they are forgotten with it."""
    return backend.__dict__.setdefault("holdfast_automated_backups", {})


def current(database: DBInstance) -> AutomatedBackup | None:
    """That of an instance in its own region, while it goes on."""
    return next((one for one in _kept(database.backend).values()
                 if one.database is database and one.source is None and one.status != "retained"), None)


def by_arn(backend: RDSBackend, arn: str) -> AutomatedBackup:
    found = _kept(backend).get(arn)
    if found is None:
        raise RDSClientError(_NOT_FOUND, f"DBInstanceAutomatedBackup {arn} not found.")
    return found


def by_resource(backend: RDSBackend, resource: str) -> AutomatedBackup:
    found = [one for one in _kept(backend).values() if one.dbi_resource_id == resource and one.source is None]
    if not found:
        raise RDSClientError(_NOT_FOUND, f"DBInstanceAutomatedBackup of {resource} not found.")
    return found[-1]


# -- the life of one -----------------------------------------------------------------------------------------------------


def first_backup(database: DBInstance) -> list[tuple[str, Callable[[], None]]]:
    """What RDS does as soon as there are to be backups."""
    return [("backing-up", lambda: _start(database))] if int(database.backup_retention_period or 0) > 0 else []


def _start(database: DBInstance) -> None:
    with lock:
        backup = AutomatedBackup(database.backend, database)
        _kept(database.backend)[backup.db_instance_automated_backups_arn] = backup
        snapshot = database.backend.create_auto_snapshot(database.db_instance_identifier, _name(database))
        begin(snapshot)
    finish(snapshot, lambda: order("protect", database, archive=backup.id, snapshot=content(snapshot)))
    if snapshot.status == "available":
        backup.status = "active"


def _name(database: DBInstance) -> str:
    name = f"rds:{database.db_instance_identifier}-{utcnow():%Y-%m-%d-%H-%M}"
    taken = name in database.backend.database_snapshots
    return f"{name}-{utcnow():%S-%f}" if taken else name


def end(database: DBInstance, keep: bool) -> None:
    """The automated backups of an instance end; replicas of them in other regions stay in any case."""
    backup = current(database)
    if backup is None:
        return
    backup.status = "retained"
    for replica in backup.replicated_by:
        replica.status = "retained"
    backend = database.backend
    for snapshot in list(backend.database_snapshots.values()):
        if snapshot.snapshot_type == "automated" and snapshot.dbi_resource_id == database.dbi_resource_id and not keep:
            drop(backend, snapshot)
    if not keep:
        _forget(backup)


def _forget(backup: AutomatedBackup) -> None:
    _kept(backup.backend).pop(backup.db_instance_automated_backups_arn, None)
    in_background(lambda: ask("remove-archive", archive=backup.id))


# -- replication ---------------------------------------------------------------------------------------------------------


def _instance(arn: str) -> DBInstance:
    found = next((one for one in everywhere() if one.db_instance_arn == arn), None)
    if found is None:
        raise DBInstanceNotFoundError(arn)
    return found


def start_replication(backend: RDSBackend, given: Any) -> AutomatedBackup:
    database = _instance(given["source_db_instance_arn"])
    if database.region == backend.region_name:
        raise InvalidParameterValue("Automated backups are replicated to another region than that of their instance.")
    refuse_unless_available(database, "The replication of automated backups")
    source = current(database)
    if source is None:
        raise RDSClientError("InvalidDBInstanceState", "Automated backups are not enabled for the instance.")
    if any(one.backend is backend for one in source.replicated_by):
        raise RDSClientError("InvalidDBInstanceState", "The automated backups are replicated to this region already.")
    key = given.get("kms_key_id")
    if source.encrypted and not key:
        raise InvalidParameterCombination("Automated backups of an encrypted instance need a KmsKeyId of this region.")
    replica = AutomatedBackup(backend, database, source)
    replica.kms_key_id = key_arn(backend, key) if key else None
    replica.backup_retention_period = int(given.get("backup_retention_period") or 7)
    _kept(backend)[replica.db_instance_automated_backups_arn] = replica
    source.replicated_by.append(replica)
    in_background(lambda: _follow(source, replica))
    return replica


def _follow(source: AutomatedBackup, replica: AutomatedBackup) -> None:
    try:
        ask("follow-archive", **{"archive": source.id, "as": replica.id})
        time.sleep(settings.status_seconds)
        replica.status = "replicating"
    except OrderFailed as error:
        _log.error("%s: %s", replica.db_instance_automated_backups_arn, error)


def stop_replication(backend: RDSBackend, given: Any) -> AutomatedBackup:
    """What has been replicated is retained."""
    arn = given["source_db_instance_arn"]
    replica = next((one for one in _kept(backend).values()
                    if one.source is not None and one.db_instance_arn == arn and one.status != "retained"), None)
    if replica is None or replica.source is None:
        raise RDSClientError("InvalidDBInstanceState", f"Automated backups of {arn} are not replicated to this region.")
    replica.source.replicated_by.remove(replica)
    ask("unfollow-archive", **{"archive": replica.source.id, "as": replica.id})
    replica.status = "retained"
    return replica


def delete_backup(backend: RDSBackend, given: Any) -> AutomatedBackup:
    arn, resource = given.get("db_instance_automated_backups_arn"), given.get("dbi_resource_id")
    backup = by_arn(backend, arn) if arn else by_resource(backend, resource)
    if backup.status != "retained":
        message = f"{backup.db_instance_automated_backups_arn} is {backup.status}; only retained ones can be deleted."
        raise RDSClientError("InvalidDBInstanceAutomatedBackupState", message)
    _forget(backup)
    return backup


# -- changes to moto -----------------------------------------------------------------------------------------------------


def take_none_at_once() -> None:
    """moto takes an automated snapshot of every instance as soon as it is described."""
    original = DBInstance.save_automated_backup

    def save_automated_backup(self: DBInstance) -> None:
        if not is_ours(self):
            original(self)

    DBInstance.save_automated_backup = save_automated_backup  # type: ignore[method-assign]


def tell_what_can_be_restored() -> None:
    """moto can restore everything at any time."""
    original = DBInstance.latest_restorable_time

    def latest(self: DBInstance) -> datetime | None:
        if not is_ours(self):
            return original.fget(self)  # type: ignore[no-any-return,attr-defined]
        backup = current(self)
        window = backup.window if backup else None
        return window[1] if window else None

    def replications(self: DBInstance) -> list[dict[str, str]]:
        backup = current(self) if is_ours(self) else None
        return backup.db_instance_automated_backups_replications if backup else []

    DBInstance.latest_restorable_time = property(latest)  # type: ignore[method-assign,assignment]
    DBInstance.db_instance_automated_backups_replications = property(replications)  # type: ignore[attr-defined]


_FILTERS: dict[str, Callable[[AutomatedBackup], set[str]]] = {
    "status": lambda one: {one.status},
    "db-instance-id": lambda one: {one.db_instance_identifier, one.db_instance_arn},
    "dbi-resource-id": lambda one: {one.dbi_resource_id},
}


def describe(backend: RDSBackend, given: Any) -> list[AutomatedBackup]:
    arn = given.get("db_instance_automated_backups_arn")
    found = [by_arn(backend, arn)] if arn else list(_kept(backend).values())
    wanted = {one["Name"]: one["Values"] for one in given.get("filters") or []}
    for name, parameter in (("db-instance-id", "db_instance_identifier"), ("dbi-resource-id", "dbi_resource_id")):
        if given.get(parameter):
            wanted[name] = [given[parameter]]
    unknown = set(wanted) - set(_FILTERS)
    if unknown:
        raise InvalidParameterValue(f"Unrecognized filter name: {sorted(unknown)[0]}")
    return [one for one in found if all(_FILTERS[name](one) & set(values) for name, values in wanted.items())]


def answer() -> None:
    def describe_all(self: RDSResponse) -> PaginatedResult:
        return PaginatedResult({"DBInstanceAutomatedBackups": describe(self.backend, self.params)})

    def one(work: Callable[[RDSBackend, Any], AutomatedBackup]) -> Callable[[RDSResponse], ActionResult]:
        return lambda self: ActionResult({"DBInstanceAutomatedBackup": work(self.backend, self.params)})

    changed: dict[str, Any] = {
        "describe_db_instance_automated_backups": describe_all,
        "start_db_instance_automated_backups_replication": one(start_replication),
        "stop_db_instance_automated_backups_replication": one(stop_replication),
        "delete_db_instance_automated_backup": one(delete_backup),
    }
    for name, method in changed.items():
        setattr(RDSResponse, name, method)


def install() -> None:
    for change in (take_none_at_once, tell_what_can_be_restored, answer):
        change()
