"""Snapshots of caches as a platform meets them. In moto the nodes of a replication group cannot be backed up, a snapshot
is available at once, there is no limit, and nothing can be copied or exported. Here an export is an object in the bucket,
whose content only stands for a dump: no cache runs behind the API."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta, timezone
from typing import Any, Callable

from moto.core.responses import ActionResult, PaginatedResult
from moto.elasticache.exceptions import (
    ElastiCacheException, InvalidParameterValueException, SnapshotAlreadyExists, SnapshotNotFound,
)
from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup, Snapshot
from moto.elasticache.responses import ElastiCacheResponse
from moto.s3.models import s3_backends

from . import settings

# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups.html#backups-constraints
_A_DAY_PER_NODE = 20
_lock = threading.RLock()


def _later(work: Callable[[], None]) -> None:
    """After the time of a passing status; at once if there is none."""

    def run() -> None:
        time.sleep(settings.status_seconds)
        with _lock:
            work()

    if settings.status_seconds:
        threading.Thread(target=run, daemon=True).start()
    else:
        run()


def _group_of(backend: ElastiCacheBackend, node: str | None, group: str | None) -> ReplicationGroup | None:
    return next((one for name, one in backend.replication_groups.items() if name == group or node in one.member_clusters), None)


def _count(backend: ElastiCacheBackend, node: str) -> None:
    """Refuses one more than the service allows, also if earlier ones are deleted."""
    taken: list[tuple[str, datetime]] = backend.__dict__.setdefault("holdfast_snapshots_taken", [])
    now = datetime.now(timezone.utc)
    recent = [one for one, at in taken if one == node and at > now - timedelta(days=1)]
    if len(recent) >= _A_DAY_PER_NODE:
        message = f"You cannot create more than {_A_DAY_PER_NODE} snapshots of the node {node} in a 24-hour period."
        raise ElastiCacheException("SnapshotQuotaExceededFault", message)
    taken.append((node, now))


def _refuse_unless_available(snapshot: Snapshot) -> None:
    if snapshot.snapshot_status != "available":
        message = f"The snapshot {snapshot.snapshot_name} is {snapshot.snapshot_status}, not available."
        raise ElastiCacheException("InvalidSnapshotState", message)


def create() -> None:
    original = ElastiCacheBackend.create_snapshot

    def create_snapshot(self: ElastiCacheBackend, *more: Any, **named: Any) -> Snapshot:
        with _lock:
            node = named.get("cache_cluster_id")
            group = _group_of(self, node, named.get("replication_group_id"))
            if group is None:
                return original(self, *more, **named)
            if named["snapshot_name"] in self.snapshots:
                raise SnapshotAlreadyExists(named["snapshot_name"])
            if group.status != "available":
                raise ElastiCacheException("InvalidReplicationGroupState", f"The replication group is {group.status}.")
            source = node or group.member_clusters[0]
            _count(self, source)
            whole = {**named, "cache_cluster_id": None, "replication_group_id": group.replication_group_id}
            snapshot = original(self, *more, **whole)
            if node:
                snapshot.cache_cluster_id, snapshot.replication_group_id = node, None
            snapshot.snapshot_status, group.status = "creating", "snapshotting"
            snapshot.node_snapshots = [{  # type: ignore[attr-defined]
                "CacheClusterId": source, "CacheNodeId": "0001", "CacheSize": "6 MB",
                "SnapshotCreateTime": datetime.now(timezone.utc),
            }]

        def finish() -> None:
            snapshot.snapshot_status, group.status = "available", "available"

        _later(finish)
        return snapshot

    ElastiCacheBackend.create_snapshot = create_snapshot  # type: ignore[method-assign]


def _export(backend: ElastiCacheBackend, source: Snapshot, target: str, name: str) -> None:
    store = s3_backends[settings.account]["aws"]
    key = f"{target}-0001.rdb"
    bucket = store.buckets.get(name)
    if bucket is None:
        raise InvalidParameterValueException(f"The S3 bucket {name} does not exist.")
    if bucket.region_name != backend.region_name:
        raise InvalidParameterValueException(f"The S3 bucket {name} is outside of the region.")
    if key in bucket.keys:
        raise InvalidParameterValueException(f"The S3 bucket {name} already contains an object with key {key}.")
    source.snapshot_status = "exporting"

    def finish() -> None:
        store.put_object(name, key, b"stands for a dump")
        source.snapshot_status = "available"

    _later(finish)


def _duplicate(backend: ElastiCacheBackend, source: Snapshot, target: str, given: Any) -> Snapshot:
    if target in backend.snapshots:
        raise SnapshotAlreadyExists(target)
    copy = Snapshot.__new__(Snapshot)
    copy.__dict__.update(source.__dict__)
    copy.snapshot_name, copy.snapshot_source, copy.snapshot_status = target, "manual", "creating"
    copy.arn = source.arn.rpartition(":")[0] + f":{target}"
    copy.kms_key_id = given("KmsKeyId") or source.kms_key_id
    copy.tags = given("Tags") or []
    backend.tagging_service.tag_resource(copy.arn, copy.tags)
    backend.snapshots[target] = copy

    def finish() -> None:
        copy.snapshot_status = "available"

    _later(finish)
    return copy


def copy() -> None:
    def copy_snapshot(self: ElastiCacheResponse) -> ActionResult:
        backend, target = self.elasticache_backend, self._get_param("TargetSnapshotName")
        with _lock:
            source = backend.describe_snapshots(snapshot_name=self._get_param("SourceSnapshotName"))[0]
            _refuse_unless_available(source)
            bucket = self._get_param("TargetBucket")
            if bucket:
                _export(backend, source, target, bucket)
                return ActionResult({"Snapshot": source})
            return ActionResult({"Snapshot": _duplicate(backend, source, target, self._get_param)})

    ElastiCacheResponse.copy_snapshot = copy_snapshot  # type: ignore[attr-defined]


def delete() -> None:
    original = ElastiCacheBackend.delete_snapshot

    def delete_snapshot(self: ElastiCacheBackend, snapshot_name: str) -> Snapshot:
        with _lock:
            snapshot = self.describe_snapshots(snapshot_name=snapshot_name)[0]
            _refuse_unless_available(snapshot)
            return original(self, snapshot_name)

    ElastiCacheBackend.delete_snapshot = delete_snapshot  # type: ignore[method-assign]


def list_page_by_page() -> None:
    """moto gives all at once."""
    original = ElastiCacheResponse.describe_snapshots

    def describe_snapshots(self: ElastiCacheResponse) -> PaginatedResult:
        found: Any = original(self).result
        return PaginatedResult({"Snapshots": found["Snapshots"]})

    ElastiCacheResponse.describe_snapshots = describe_snapshots  # type: ignore[method-assign]


def miss_what_is_tagged() -> None:
    """moto has an empty list of tags for a snapshot that there is not."""
    original = ElastiCacheBackend.list_tags_for_resource

    def list_tags_for_resource(self: ElastiCacheBackend, arn: str) -> dict[str, list[dict[str, str]]]:
        name = arn.partition(":snapshot:")[2]
        if name and name not in self.snapshots:
            raise SnapshotNotFound(name)
        return original(self, arn)

    ElastiCacheBackend.list_tags_for_resource = list_tags_for_resource  # type: ignore[method-assign]


def install() -> None:
    for change in (create, copy, delete, list_page_by_page, miss_what_is_tagged):
        change()
