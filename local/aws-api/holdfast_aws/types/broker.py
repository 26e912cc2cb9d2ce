"""AWS::AmazonMQ."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, KindError, changed, kind, pick, without

_MODIFIABLE = ("AutoMinorVersionUpgrade", "EngineVersion", "HostInstanceType", "Logs", "MaintenanceWindowStartTime",
               "SecurityGroups")


def _broker(c: Context, id: str) -> dict[str, Any]:
    return c.call("mq", "describe_broker", BrokerId=id)


def _endpoints(c: Context, id: str, p: dict[str, Any]) -> list[str]:
    return [one for instance in _broker(c, id)["BrokerInstances"] for one in instance["Endpoints"] if one.startswith("amqp")]


@kind(
    "AWS::AmazonMQ::Broker",
    "AuthenticationStrategy BrokerName DeploymentMode EncryptionOptions EngineType PubliclyAccessible StorageType SubnetIds",
    {"Arn": lambda c, id, p: _broker(c, id)["BrokerArn"], "AmqpEndpoints": _endpoints},
)
class Broker(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        # As Amazon MQ answers; moto takes both.
        if p["EngineType"] == "RABBITMQ" and "EncryptionOptions" in p:
            raise KindError("encryptionOptions is not supported for RabbitMQ brokers.")
        if len(p["Users"]) != 1 and p["EngineType"] == "RABBITMQ":
            raise KindError("A broker of RabbitMQ is made with one user.")
        tags = {tag["Key"]: tag["Value"] for tag in p.get("Tags", [])}
        return str(c.call("mq", "create_broker", without(p, "Tags"), Tags=tags)["BrokerId"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        names = [name for name in without(p, "Tags") if changed(p, old, name)]
        unknown = [name for name in names if name not in _MODIFIABLE]
        if unknown:
            raise KindError(f"The local AWS API cannot change {', '.join(unknown)} in place; see docs/local-api.md")
        if names:
            c.call("mq", "update_broker", pick(p, *names), BrokerId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("mq", "delete_broker", BrokerId=id)
