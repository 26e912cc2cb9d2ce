"""What moto's services lack for a platform, added without touching the installed package. Each function says what
moto does otherwise."""

from __future__ import annotations

import contextlib
import json
import threading
from typing import Any, Callable

from moto.awslambda.models import LambdaFunction
from moto.core.responses import ActionResult, BaseResponse
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.ec2.responses import EC2Response
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elasticache.models import ElastiCacheBackend, ReplicationGroup
from moto.elbv2.responses import ELBV2Response
from moto.iam.responses import IamResponse
from moto.kms.responses import KmsResponse
from moto.rds.responses import RDSResponse
from moto.route53.exceptions import InvalidInput
from moto.route53.models import route53_backends
from moto.route53.responses import Route53

from . import health, settings
from .functions import run_function


def invoke_in_node() -> None:
    """moto runs functions in Docker."""

    def invoke(self: LambdaFunction, event: Any) -> tuple[str, bool, str]:
        outcome = run_function(settings.account, self.function_arn, event)
        return json.dumps(outcome.value), outcome.problem is not None, outcome.log

    LambdaFunction._invoke_lambda = invoke  # type: ignore[method-assign]


def atomic_dynamodb() -> None:
    """moto checks a condition and writes without a lock: two racing conditional writes could both succeed."""
    lock = threading.RLock()
    original = DynamoHandler.call_action

    def call_action(self: DynamoHandler) -> Any:
        with lock:
            return original(self)

    DynamoHandler.call_action = call_action  # type: ignore[method-assign]


def one_at_a_time() -> None:
    """moto walks through its dictionaries while other requests fill them ("dictionary changed size during iteration").
    Only services whose requests start no function are here: a function's own requests would wait for the one that runs it."""
    locks = {kind: threading.RLock() for kind in (IamResponse, EC2Response, ELBV2Response, KmsResponse)}
    original = BaseResponse.call_action

    def call_action(self: BaseResponse, *arguments: Any) -> Any:
        with locks.get(type(self), contextlib.nullcontext()):
            return original(self, *arguments)

    BaseResponse.call_action = call_action  # type: ignore[method-assign]


def describe_replicas() -> None:
    """moto's tables know nothing of replicas in other regions."""
    original = Table.describe

    def describe(self: Table, base_key: str = "TableDescription") -> dict[str, Any]:
        described = original(self, base_key)
        if hasattr(self, "holdfast_replicas"):
            described[base_key].update(
                Replicas=self.holdfast_replicas,
                MultiRegionConsistency=self.holdfast_consistency,
                GlobalTableVersion="2019.11.21",
            )
            if self.holdfast_witnesses:
                described[base_key]["GlobalTableWitnesses"] = self.holdfast_witnesses
        return described

    Table.describe = describe  # type: ignore[method-assign]


def _keep(response: Any, operations: tuple[str, ...], result_key: str, kept: dict[str, str]) -> None:
    """Stores parameters of operations that moto forgets on the object that it answers with, where it is asked again."""

    def keeping(original: Callable[[Any], ActionResult]) -> Callable[[Any], ActionResult]:
        def method(self: Any) -> ActionResult:
            values = {attribute: self._get_param(parameter) for parameter, attribute in kept.items()}
            result = original(self)
            for attribute, value in values.items():
                if value is not None:
                    setattr(result.result[result_key], attribute, value)  # type: ignore[index]
            return result

        return method

    for name in operations:
        setattr(response, name, keeping(getattr(response, name)))


def keep_service_settings() -> None:
    """moto's ECS services forget everything but counts, task definition and load balancers."""
    kept = {
        "deploymentConfiguration": "deployment_configuration",
        "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
        "availabilityZoneRebalancing": "availability_zone_rebalancing",
        "networkConfiguration": "network_configuration",
        "capacityProviderStrategy": "capacity_provider_strategy",
        "enableExecuteCommand": "enable_execute_command",
        "enableECSManagedTags": "enable_ecs_managed_tags",
        "placementConstraints": "placement_constraints",
        "placementStrategy": "placement_strategy",
    }
    _keep(EC2ContainerServiceResponse, ("create_service", "update_service"), "service", kept)


def keep_database_monitoring() -> None:
    """moto's databases forget how they are monitored."""
    kept = {
        "MonitoringInterval": "monitoring_interval",
        "MonitoringRoleArn": "monitoring_role_arn",
        "EnablePerformanceInsights": "performance_insights_enabled",
        "PerformanceInsightsKMSKeyId": "performance_insights_kms_key_id",
        "PerformanceInsightsRetentionPeriod": "performance_insights_retention_period",
    }
    operations = ("create_db_instance", "create_db_instance_read_replica", "modify_db_instance")
    _keep(RDSResponse, operations, "DBInstance", kept)


def observed_health_checks() -> None:
    """moto reports success for every check."""

    def get_health_check_status(self: Route53) -> ActionResult:
        check = self.backend.get_health_check(self._get_param("HealthCheckId"))
        if check.type_ == "CALCULATED":
            raise InvalidInput("GetHealthCheckStatus is not supported for calculated health checks.")
        return ActionResult({"HealthCheckObservations": health.observations(check.id)})

    Route53.get_health_check_status = get_health_check_status  # type: ignore[method-assign]


def modify_replication_groups() -> None:
    """moto has no ModifyReplicationGroup; the rotation of a cache's token and changes of a template call it."""
    from moto.elasticache.responses import ElastiCacheResponse

    plain = {
        "AutomaticFailoverEnabled": "automatic_failover", "MultiAZEnabled": "multi_az",
        "SnapshotRetentionLimit": "snapshot_retention_limit", "SnapshotWindow": "snapshot_window",
        "CacheNodeType": "cache_node_type", "EngineVersion": "engine_version",
        "CacheParameterGroupName": "cache_parameter_group_name", "ReplicationGroupDescription": "description",
        "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    }
    switches = {"AutomaticFailoverEnabled", "MultiAZEnabled"}

    def modify_replication_group(self: Any) -> ActionResult:
        backend: ElastiCacheBackend = self.elasticache_backend
        identifier = self._get_param("ReplicationGroupId")
        group: ReplicationGroup = backend.describe_replication_groups(identifier)[0]
        for parameter, attribute in plain.items():
            value = self._get_param(parameter)
            if value is not None:
                on = "enabled" if str(value).lower() == "true" else "disabled"
                setattr(group, attribute, on if parameter in switches else value)
        return ActionResult({"ReplicationGroup": group})

    ElastiCacheResponse.modify_replication_group = modify_replication_group


def ignore_conditional_denials() -> None:
    """moto denies by a bucket policy without looking at its conditions, so that `aws:SecureTransport` locks a bucket."""
    from moto.iam.access_control import IAMPolicy, PermissionResult
    from moto.s3.models import FakeBucket

    def get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
        policy = json.loads(self.policy) if self.policy else {"Statement": []}
        statements = [one for one in policy["Statement"] if "Condition" not in one]
        if not statements:
            return PermissionResult.NEUTRAL
        return IAMPolicy(json.dumps({**policy, "Statement": statements})).is_action_permitted(action, resource)

    FakeBucket.get_permission = get_permission  # type: ignore[method-assign]


def log_before_the_policy() -> None:
    """moto wants the policy of a log bucket before the first bucket logs into it; S3 does not look at it then."""
    from moto.s3.models import FakeBucket

    FakeBucket._log_permissions_enabled_policy = lambda *_, **__: True  # type: ignore[method-assign]


def answer_for_the_trail() -> None:
    """After a failure `cdk` asks CloudTrail for its cause, and waits long for an API that moto does not have."""
    from moto.cloudtrail.responses import CloudTrailResponse

    CloudTrailResponse.lookup_events = lambda self: ActionResult({"Events": []})  # type: ignore[attr-defined]


def create_hosted_zone(zone_id: str, name: str) -> None:
    """A zone that the user had before, under its own id."""
    backend = route53_backends[settings.account]["aws"]
    zone = backend.create_hosted_zone(name=name if name.endswith(".") else f"{name}.", private_zone=False)
    del backend.zones[zone.resource_id]
    zone.resource_id = zone_id
    backend.zones[zone_id] = zone


def install() -> None:
    for change in (
        invoke_in_node, atomic_dynamodb, one_at_a_time, describe_replicas, keep_service_settings, keep_database_monitoring,
        observed_health_checks, modify_replication_groups, ignore_conditional_denials, log_before_the_policy,
        answer_for_the_trail,
    ):
        change()
