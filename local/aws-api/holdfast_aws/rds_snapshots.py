"""Snapshots of database instances. moto's are descriptions that are available at once. Here a snapshot has the data of
its instance, is made while that is backing up, is copied to other regions under a key of theirs, and outlives it."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from typing import Any, Callable

from moto.core.responses import PaginatedResult
from moto.rds.exceptions import (
    DBSnapshotAlreadyExistsError, DBSnapshotNotFoundFault, InvalidParameterCombination, KMSKeyNotAccessibleFault,
    RDSClientError, SnapshotQuotaExceededFault,
)
from moto.rds.models import DBInstance, DBSnapshot, RDSBackend
from moto.rds.responses import RDSResponse

from . import settings
from .rds_instances import OrderFailed, ask, find, is_ours, lock, order, pass_through, refuse_unless_available

_log = logging.getLogger(__name__)


def content(snapshot: DBSnapshot) -> str:
    """Name of what is in it, for whoever runs the servers."""
    return str(snapshot.holdfast_content)  # type: ignore[attr-defined]


def begin(snapshot: DBSnapshot) -> None:
    """Described, and without data yet."""
    snapshot.holdfast_content = f"snapshot-{uuid.uuid4()}"  # type: ignore[attr-defined]
    snapshot.status = "creating"
    snapshot.percent_progress = 0  # type: ignore[attr-defined]
    for name in ("availability_zone", "license_model", "storage_type", "backup_retention_period"):
        setattr(snapshot, name, getattr(snapshot.database, name))


def finish(snapshot: DBSnapshot, work: Callable[[], None]) -> None:
    """Gets the data; the snapshot is failed if that cannot be done."""
    try:
        work()
        time.sleep(settings.status_seconds)
        snapshot.percent_progress = 100  # type: ignore[attr-defined]
        snapshot.status = "available"
    except OrderFailed as error:
        _log.error("%s: %s", snapshot.db_snapshot_identifier, error)
        snapshot.status = "failed"


def take(database: DBInstance, snapshot: DBSnapshot) -> None:
    finish(snapshot, lambda: order("take-snapshot", database, snapshot=content(snapshot)))


def drop(backend: RDSBackend, snapshot: DBSnapshot) -> None:
    """Whoever restores from it at this moment is not disturbed."""
    backend.database_snapshots.pop(snapshot.db_snapshot_identifier, None)
    name = getattr(snapshot, "holdfast_content", None)
    if name:
        in_background(lambda: ask("remove-snapshot", snapshot=name))


def in_background(work: Callable[[], None]) -> None:
    """At once if nothing here takes time."""
    if settings.databases_url or settings.status_seconds:
        threading.Thread(target=work, daemon=True).start()
    else:
        work()


def by_name(backend: RDSBackend, identifier: str) -> DBSnapshot:
    """By name, or by ARN, which may be that of another region. Names of automated ones have a colon."""
    region = backend.region_name
    if identifier.startswith("arn:"):
        region, identifier = identifier.split(":")[3], identifier.split(":snapshot:")[-1]
    found = backend.get_backend("rds", region=region).database_snapshots.get(identifier)
    if found is None:
        raise DBSnapshotNotFoundFault(identifier)
    return found


def refuse_unless_complete(snapshot: DBSnapshot) -> None:
    if snapshot.status != "available":
        message = f"The snapshot {snapshot.db_snapshot_identifier} is {snapshot.status}, not available."
        raise RDSClientError("InvalidDBSnapshotState", message)


def key_arn(backend: RDSBackend, wanted: str) -> str:
    """Of a key that can be used in this region; moto takes disabled ones, too."""
    if wanted.startswith("arn:") and wanted.split(":")[3] != backend.region_name:
        raise KMSKeyNotAccessibleFault(wanted)
    try:
        key = backend.kms.describe_key(wanted)
    except (KeyError, AttributeError):
        raise KMSKeyNotAccessibleFault(wanted) from None
    if key.key_state != "Enabled":
        raise KMSKeyNotAccessibleFault(wanted)
    return str(key.arn)


# -- changes to moto -----------------------------------------------------------------------------------------------------


_describe_new = RDSBackend.create_db_snapshot


def describe_new(backend: RDSBackend, database: DBInstance, name: str, *more: Any, **named: Any) -> DBSnapshot:
    """As moto does it: nothing happens to the instance."""
    return _describe_new(backend, database.db_instance_identifier, name, *more, **named)


def create_snapshots() -> None:
    def create_db_snapshot(
        self: RDSBackend, db_instance_identifier: str, db_snapshot_identifier: str, snapshot_type: str = "manual",
        *more: Any, **named: Any,
    ) -> DBSnapshot:
        database = find(self, db_instance_identifier)
        if snapshot_type != "manual" or not is_ours(database):
            return describe_new(self, database, db_snapshot_identifier, snapshot_type, *more, **named)
        with lock:
            refuse_unless_available(database, "A snapshot")
            snapshot = describe_new(self, database, db_snapshot_identifier, snapshot_type, *more, **named)
            begin(snapshot)
            pass_through(database, ("backing-up", lambda: take(database, snapshot)))
        return snapshot

    RDSBackend.create_db_snapshot = create_db_snapshot  # type: ignore[method-assign]


def copy_snapshots() -> None:
    original = RDSBackend.copy_db_snapshot

    def copy_db_snapshot(
        self: RDSBackend, source_db_snapshot_identifier: str, target_db_snapshot_identifier: str,
        kms_key_id: str | None = None, tags: list[dict[str, str]] | None = None, copy_tags: bool | None = False,
        **more: Any,
    ) -> DBSnapshot:
        source = by_name(self, source_db_snapshot_identifier)
        if not is_ours(source.database):
            return original(self, source_db_snapshot_identifier, target_db_snapshot_identifier, kms_key_id, tags,
                            copy_tags, **more)
        refuse_unless_complete(source)
        key = _key_of_copy(self, source, kms_key_id)
        with lock:
            if target_db_snapshot_identifier in self.database_snapshots:
                raise DBSnapshotAlreadyExistsError(target_db_snapshot_identifier)
            if len(self.database_snapshots) >= self.SNAPSHOT_QUOTA:
                raise SnapshotQuotaExceededFault()
            copy = DBSnapshot(
                self, source.database, target_db_snapshot_identifier, tags=tags or (source.tags if copy_tags else []),
                kms_key_id=key, original_created_at=source.original_snapshot_create_time,
            )
            copy.source_db_snapshot_identifier = source.db_snapshot_arn  # type: ignore[attr-defined]
            copy.source_region = source.region  # type: ignore[attr-defined]
            begin(copy)
            self.database_snapshots[target_db_snapshot_identifier] = copy
        in_background(lambda: finish(
            copy, lambda: ask("copy-snapshot", **{"snapshot": content(source), "as": content(copy)})))
        return copy

    RDSBackend.copy_db_snapshot = copy_db_snapshot  # type: ignore[method-assign]


def _key_of_copy(backend: RDSBackend, source: DBSnapshot, wanted: str | None) -> str | None:
    if wanted:
        return key_arn(backend, wanted)
    if source.encrypted and source.region != backend.region_name:
        raise InvalidParameterCombination(
            "A copy of an encrypted snapshot in another region needs a KmsKeyId of that region.")
    return source.kms_key_id


def delete_snapshots() -> None:
    def delete_db_snapshot(self: RDSBackend, db_snapshot_identifier: str) -> DBSnapshot:
        with lock:
            snapshot = by_name(self, db_snapshot_identifier)
            if snapshot.snapshot_type != "manual":
                message = f"{db_snapshot_identifier} is {snapshot.snapshot_type}; only manual snapshots can be deleted."
                raise RDSClientError("InvalidDBSnapshotState", message)
            if snapshot.status not in ("available", "failed"):
                refuse_unless_complete(snapshot)
            drop(self, snapshot)
            snapshot.status = "deleted"
        return snapshot

    RDSBackend.delete_db_snapshot = delete_db_snapshot  # type: ignore[method-assign]


def describe_snapshots() -> None:
    """moto gives all at once, and does not know the parameter DbiResourceId."""

    def describe_db_snapshots(self: RDSResponse) -> PaginatedResult:
        given = self.params
        filters = {one["Name"]: one["Values"] for one in given.get("Filters", [])}
        if given.get("DbiResourceId"):
            filters["dbi-resource-id"] = [given["DbiResourceId"]]
        found = self.backend.describe_db_snapshots(
            given.get("DBInstanceIdentifier"), given.get("DBSnapshotIdentifier"), given.get("SnapshotType"), filters)
        return PaginatedResult({"DBSnapshots": found})

    RDSResponse.describe_db_snapshots = describe_db_snapshots  # type: ignore[method-assign,assignment]


def miss_what_is_tagged() -> None:
    """moto has an empty list of tags for an instance or a snapshot that there is not."""
    original = RDSBackend._get_resource_for_tagging

    def get_resource(self: RDSBackend, arn: str) -> Any:
        found = original(self, arn)
        if found is None and ":snapshot:" in arn:
            raise DBSnapshotNotFoundFault(arn.split(":snapshot:")[-1])
        return found

    RDSBackend._get_resource_for_tagging = get_resource  # type: ignore[method-assign]


def install() -> None:
    for change in (create_snapshots, copy_snapshots, delete_snapshots, describe_snapshots, miss_what_is_tagged):
        change()
