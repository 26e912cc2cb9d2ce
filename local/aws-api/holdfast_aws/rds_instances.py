"""Database instances: their statuses, the servers behind them, and who replicates whom. moto's are descriptions that
are always available."""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.error
import urllib.request
from typing import Any, Callable

from moto.rds.exceptions import DBInstanceNotFoundError, RDSClientError
from moto.rds.models import DBInstance, RDSBackend, rds_backends

from . import settings

# A long log takes its time to be replayed.
_ORDER_SECONDS = 600
_log = logging.getLogger(__name__)
lock = threading.RLock()


class OrderFailed(Exception):
    pass


def problem(region: str, identifier: str) -> str | None:
    """Why an instance failed; None if it did not."""
    database = rds_backends[settings.account][region].databases.get(identifier)
    return getattr(database, "holdfast_problem", None)


# -- the servers behind the instances ------------------------------------------------------------------------------------


def order(operation: str, database: DBInstance, /, **more: Any) -> None:
    """Has something done to an instance; as `ask`."""
    ask(operation, resource=database.dbi_resource_id, **more)


def ask(operation: str, /, **more: Any) -> None:
    """Has it done by whoever runs the servers. Raises OrderFailed with the reason."""
    if not settings.databases_url:
        return
    body = json.dumps({"operation": operation, **more}).encode()
    request = urllib.request.Request(settings.databases_url, data=body, method="POST")
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=_ORDER_SECONDS).read()
    except urllib.error.HTTPError as error:
        raise OrderFailed(json.loads(error.read())["message"]) from error
    except OSError as error:
        raise OrderFailed(str(error)) from error


def parameters(database: DBInstance) -> dict[str, str]:
    group = database.backend.db_parameter_groups.get(database.db_parameter_group_name or "")
    found = {name: one.get("ParameterValue") for name, one in group.parameters.items()} if group else {}
    return {name: str(value) for name, value in found.items() if value is not None}


# -- statuses ------------------------------------------------------------------------------------------------------------


def pass_through(database: DBInstance, *steps: tuple[str, Callable[[], None]]) -> None:
    """Shows each status while its work is done, then `available`. At once if nothing here takes time."""

    def show(status: str) -> None:
        if database.status != "deleting":
            database.status = status

    def run() -> None:
        try:
            for status, work in steps:
                show(status)
                work()
                time.sleep(settings.status_seconds)
            show("available")
        except Exception as error:  # noqa: BLE001 - whatever it is, whoever waits for the instance must be told
            _log.exception("%s failed", database.db_instance_identifier)
            database.holdfast_problem = str(error)  # type: ignore[attr-defined]
            show("failed")

    show(steps[0][0])
    if settings.databases_url or settings.status_seconds:
        threading.Thread(target=run, daemon=True).start()
    else:
        run()


def nothing() -> None:
    return None


def refuse_unless_available(database: DBInstance, what: str) -> None:
    if database.status != "available":
        message = f"{what} needs an instance that is available; {database.db_instance_identifier} is {database.status}."
        raise RDSClientError("InvalidDBInstanceState", message)


def is_ours(database: DBInstance) -> bool:
    return database.engine == "postgres" and database.db_cluster_identifier is None


def find(backend: RDSBackend, identifier: str) -> DBInstance:
    database = backend.databases.get(identifier.split(":")[-1].lower())
    if database is None:
        raise DBInstanceNotFoundError(identifier)
    return database


# -- who replicates whom -------------------------------------------------------------------------------------------------


def everywhere() -> list[DBInstance]:
    """The instances of all regions."""
    return [one for backend in list(rds_backends[settings.account].values()) for one in list(backend.databases.values())]


def seen_from(region: str, database: DBInstance) -> str:
    """How another instance names it: across regions by its ARN."""
    return database.db_instance_identifier if database.region == region else database.db_instance_arn


def replicas_of(database: DBInstance) -> list[DBInstance]:
    return [
        one for one in everywhere()
        if one.source_db_instance_identifier and one.source_db_instance_identifier == seen_from(one.region, database)
    ]


def source_of(database: DBInstance) -> DBInstance | None:
    name = database.source_db_instance_identifier
    return next((one for one in everywhere() if name and name == seen_from(database.region, one)), None)


def detach(database: DBInstance) -> None:
    with lock:
        source = source_of(database)
        if source is not None:
            source.remove_replica(database)
        database.source_db_instance_identifier = None
        database.is_replica = False
