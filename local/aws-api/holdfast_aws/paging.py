"""Lists that come page by page. moto 5.2 fails where a second page begins, because it does not know what tells one item
from the other."""

from __future__ import annotations

from moto.core.utils import get_pagination_model

_UNIQUE = {
    "rds": {
        "DescribeDBInstances": "db_instance_identifier",
        "DescribeDBSnapshots": "db_snapshot_identifier",
        "DescribeDBInstanceAutomatedBackups": "db_instance_automated_backups_arn",
    },
    "elasticache": {"DescribeSnapshots": "snapshot_name", "DescribeReplicationGroups": "replication_group_id"},
}


def install() -> None:
    for service, operations in _UNIQUE.items():
        for operation, attribute in operations.items():
            get_pagination_model(service)[operation]["unique_attribute"] = attribute
