"""RDS as a platform meets it. In moto a promotion leaves the source in place, replicas share an identity with their
source, a rename loses the replication, and nothing is ever refused because of a status. Here an instance passes through
its statuses, is refused what RDS refuses meanwhile, and, if databases were asked for, has a PostgreSQL behind it that
does what the description says."""

from __future__ import annotations

import logging
import random
import string
import time
from datetime import datetime, timezone
from typing import Any, Callable

from moto.rds.exceptions import DBInstanceAlreadyExists, RDSClientError
from moto.rds.models import DBInstance, DBSnapshot, RDSBackend

from . import rds_backups, rds_restores, rds_snapshots, settings
from .rds_backups import first_backup
from .rds_instances import (
    OrderFailed, detach, find, is_ours, lock, nothing, order, parameters, pass_through,
    refuse_unless_available, replicas_of, seen_from, source_of,
)

_log = logging.getLogger(__name__)


def _identity(database: DBInstance) -> None:
    """moto gives the same resource id to all."""
    database.dbi_resource_id = "db-" + "".join(random.choices(string.ascii_uppercase + "234567", k=26))


def create_instances() -> None:
    original = RDSBackend.create_db_instance

    def create_db_instance(self: RDSBackend, db_kwargs: Any) -> DBInstance:
        restore = db_kwargs.pop("holdfast_restore", None)
        database = original(self, db_kwargs)
        if not is_ours(database):
            return database
        _identity(database)
        # moto does not give a password back.
        password = db_kwargs.get("master_user_password")

        def work() -> None:
            if restore is not None:
                return restore(database)
            order("create", database, host=database.address, parameters=parameters(database),
                  username=database.master_username, password=password, database=database.db_name)

        pass_through(database, ("creating", work), *first_backup(database))
        return database

    RDSBackend.create_db_instance = create_db_instance  # type: ignore[method-assign]


def create_replicas() -> None:
    original = RDSBackend.create_db_instance_read_replica

    def create_db_instance_read_replica(self: RDSBackend, db_kwargs: Any) -> DBInstance:
        primary = self.find_db_from_id(db_kwargs["source_db_instance_identifier"])
        if not is_ours(primary):
            return original(self, db_kwargs)
        if db_kwargs["db_instance_identifier"] in self.databases:
            raise DBInstanceAlreadyExists()
        refuse_unless_available(primary, "A read replica")
        if not int(primary.backup_retention_period or 0):
            raise RDSClientError("InvalidDBInstanceState", "Automated backups are not enabled for the source of the replica")
        replica = original(self, db_kwargs)
        _make_its_own(replica, primary, db_kwargs)

        def work() -> None:
            order("replicate", replica, host=replica.address, source=primary.dbi_resource_id,
                  parameters=parameters(replica))

        pass_through(replica, ("creating", work))
        return replica

    RDSBackend.create_db_instance_read_replica = create_db_instance_read_replica  # type: ignore[method-assign]


def _make_its_own(replica: DBInstance, primary: DBInstance, given: Any) -> None:
    """What a replica does not have from its source; moto copies the whole description, and shares its lists."""
    _identity(replica)
    away = replica.region != primary.region
    replica.instance_create_time = replica.created = datetime.now(timezone.utc)
    replica.backup_retention_period = 0
    replica.deletion_protection = bool(given.get("deletion_protection", False))
    replica.multi_az = bool(given.get("multi_az", False))
    replica.tags = list(given.get("tags") or [])
    replica.vpc_security_group_ids = list(replica.vpc_security_group_ids)
    replica._associated_roles = []
    if away and not given.get("db_parameter_group_name"):
        replica.db_parameter_group_name = None


def promote_replicas() -> None:
    def promote_read_replica(self: RDSBackend, db_kwargs: Any) -> DBInstance:
        database = find(self, db_kwargs["db_instance_identifier"])
        if not database.is_replica:
            message = f"DB instance {database.db_instance_identifier} is not a read replica."
            raise RDSClientError("InvalidDBInstanceState", message)
        with lock:
            refuse_unless_available(database, "A promotion")
            database.update(**db_kwargs)

            def work() -> None:
                order("promote", database)
                detach(database)

            pass_through(database, ("modifying", work), ("rebooting", nothing), *first_backup(database))
        return database

    RDSBackend.promote_read_replica = promote_read_replica  # type: ignore[method-assign]


def forget_replicas() -> None:
    def remove_replica(self: DBInstance, replica: DBInstance) -> None:
        self.replicas = [one for one in self.replicas if one != seen_from(self.region, replica)]

    DBInstance.remove_replica = remove_replica  # type: ignore[method-assign]


def modify_instances() -> None:
    original = RDSBackend.modify_db_instance

    def modify_db_instance(self: RDSBackend, db_instance_identifier: str, db_kwargs: Any) -> DBInstance:
        database = find(self, db_instance_identifier)
        if not is_ours(database):
            return original(self, db_instance_identifier, db_kwargs)
        new_name = str(db_kwargs.get("new_db_instance_identifier") or "").lower()
        password = db_kwargs.get("master_user_password")
        with lock:
            refuse_unless_available(database, "A modification")
            _check_name(self, new_name, db_kwargs)
            steps = []
            days = int(database.backup_retention_period or 0)
            if new_name:
                db_kwargs["new_db_instance_identifier"] = new_name
                relink = _links(database)
                original(self, database.db_instance_identifier, db_kwargs)
                relink()
                steps.append(("renaming", lambda: order("rename", database, host=database.address)))
            else:
                original(self, database.db_instance_identifier, db_kwargs)
            if password:
                steps.append(("resetting-master-credentials", lambda: order(
                    "password", database, username=database.master_username, password=password)))
            steps += _backups_changed(database, days)
            pass_through(database, *(steps or [("modifying", nothing)]))
        return database

    RDSBackend.modify_db_instance = modify_db_instance  # type: ignore[method-assign]


def _backups_changed(database: DBInstance, days_before: int) -> list[tuple[str, Callable[[], None]]]:
    """A replica takes none before its promotion."""
    days = int(database.backup_retention_period or 0)
    if database.is_replica or (days > 0) == (days_before > 0):
        return []
    if days > 0:
        return first_backup(database)

    def stop() -> None:
        order("unprotect", database)
        rds_backups.end(database, keep=False)

    return [("modifying", stop)]


def _check_name(backend: RDSBackend, new_name: str, given: Any) -> None:
    if not new_name:
        return
    if new_name in backend.databases:
        raise DBInstanceAlreadyExists()
    if not given.get("apply_immediately"):
        raise RDSClientError("InvalidParameterCombination",
                             "Without ApplyImmediately a new name waits for a maintenance window, which never comes here")


def _links(database: DBInstance) -> Callable[[], None]:
    """To be called after a rename: replicas and source then know the new name. moto's do not."""
    replicas, source = replicas_of(database), source_of(database)
    old = seen_from(source.region, database) if source else ""

    def relink() -> None:
        for replica in replicas:
            replica.source_db_instance_identifier = seen_from(replica.region, database)
        if source is not None:
            source.replicas = [seen_from(source.region, database) if one == old else one for one in source.replicas]

    return relink


def reboot_instances() -> None:
    def reboot_db_instance(self: RDSBackend, db_instance_identifier: str) -> DBInstance:
        database = find(self, db_instance_identifier)
        with lock:
            refuse_unless_available(database, "A reboot")
            pass_through(database, ("rebooting", lambda: order("restart", database)))
        return database

    RDSBackend.reboot_db_instance = reboot_db_instance  # type: ignore[method-assign]


def stop_instances() -> None:
    stop, start = RDSBackend.stop_db_instance, RDSBackend.start_db_instance

    def stop_db_instance(self: RDSBackend, db_instance_identifier: str, *more: Any) -> DBInstance:
        database = find(self, db_instance_identifier)
        if is_ours(database) and (database.is_replica or database.replicas):
            raise RDSClientError("InvalidDBInstanceState", "An instance that is or has a read replica cannot be stopped")
        stopped = stop(self, db_instance_identifier, *more)
        order("halt", database)
        return stopped

    def start_db_instance(self: RDSBackend, db_instance_identifier: str) -> DBInstance:
        started = start(self, db_instance_identifier)
        order("start", started)
        return started

    RDSBackend.stop_db_instance = stop_db_instance  # type: ignore[method-assign]
    RDSBackend.start_db_instance = start_db_instance  # type: ignore[method-assign]


def delete_instances() -> None:
    original = RDSBackend.delete_db_instance

    def delete_db_instance(
        self: RDSBackend, db_instance_identifier: str, final_db_snapshot_identifier: str | None = None,
        skip_final_snapshot: bool | None = False, delete_automated_backups: bool | None = True,
    ) -> DBInstance:
        with lock:
            database = find(self, db_instance_identifier)
            if not is_ours(database) or database.deletion_protection:
                return original(self, db_instance_identifier, final_db_snapshot_identifier, skip_final_snapshot,
                                delete_automated_backups)
            if database.status == "deleting":
                message = f"DB instance {db_instance_identifier} is already being deleted."
                raise RDSClientError("InvalidDBInstanceState", message)
            last = _last_snapshot(self, database, final_db_snapshot_identifier, bool(skip_final_snapshot))
            if database.is_replica and source_of(database) is None:
                database.is_replica = False
            # Its backups are ended here; moto would forget them by name.
            original(self, database.db_instance_identifier, None, True, False)
            # It is there until it is gone: a successor of the same name has to wait.
            self.databases[database.db_instance_identifier] = database
        rds_snapshots.in_background(lambda: _end(self, database, last, delete_automated_backups is not False))
        return database

    RDSBackend.delete_db_instance = delete_db_instance  # type: ignore[method-assign]


def _last_snapshot(backend: RDSBackend, database: DBInstance, name: str | None, skip: bool) -> DBSnapshot | None:
    if skip == (name is not None):
        message = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified, and only then."
        raise RDSClientError("InvalidParameterCombination", message)
    if name is None:
        return None
    refuse_unless_available(database, "A last snapshot")
    snapshot = rds_snapshots.describe_new(backend, database, name)
    rds_snapshots.begin(snapshot)
    return snapshot


def _end(backend: RDSBackend, database: DBInstance, last: DBSnapshot | None, delete_backups: bool) -> None:
    try:
        if last is not None:
            rds_snapshots.take(database, last)
        order("remove", database)
        time.sleep(settings.status_seconds)
    except OrderFailed as error:
        _log.error("%s: %s", database.db_instance_identifier, error)
    with lock:
        rds_backups.end(database, keep=not delete_backups)
        if backend.databases.get(database.db_instance_identifier) is database:
            del backend.databases[database.db_instance_identifier]


def install() -> None:
    for change in (
        create_instances, create_replicas, promote_replicas, forget_replicas, modify_instances, reboot_instances,
        stop_instances, delete_instances,
    ):
        change()
    for part in (rds_snapshots, rds_backups, rds_restores):
        part.install()
