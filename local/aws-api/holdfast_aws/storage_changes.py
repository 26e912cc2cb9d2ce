"""S3 as an archive needs it: one of two racing conditional writes fails, and what is locked stays locked."""

from __future__ import annotations

import threading
from typing import Any

from moto.core.parse import default_timestamp_parser as _time
from moto.s3.exceptions import AccessDeniedByLock
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

_lock = threading.RLock()


def atomic_conditions() -> None:
    """moto looks whether an object exists, and writes later: two writes with If-None-Match could both succeed."""
    original = S3Response.put_object

    def put_object(self: S3Response) -> Any:
        if not self.headers.get("If-None-Match") and not self.headers.get("If-Match"):
            return original(self)
        with _lock:
            return original(self)

    S3Response.put_object = put_object  # type: ignore[method-assign]


def retention_only_grows() -> None:
    """moto lets anybody shorten the retention of an object, or end it."""
    original = S3Backend.put_object_retention

    def put_object_retention(
        self: S3Backend, bucket_name: str, key_name: str, version_id: str | None, retention: tuple[str | None, str | None],
    ) -> None:
        key: Any = self.get_object(bucket_name, key_name, version_id=version_id)
        if key is not None and key.lock_mode == "COMPLIANCE" and key.is_locked(governance_bypass=False):
            mode, until = retention
            if mode != "COMPLIANCE" or not until or _time(until) < _time(key.lock_until):
                raise AccessDeniedByLock
        original(self, bucket_name, key_name, version_id, retention)

    S3Backend.put_object_retention = put_object_retention  # type: ignore[method-assign]


def install() -> None:
    for change in (atomic_conditions, retention_only_grows):
        change()
