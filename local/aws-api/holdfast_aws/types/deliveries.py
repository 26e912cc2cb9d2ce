"""AWS::Logs: what brings the logs of a service, such as CloudFront, into a log group. Nothing is delivered here."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, kind, pick, without


@kind(
    "AWS::Logs::DeliverySource",
    "LogType Name ResourceArn",
    {"Arn": lambda c, id, p: c.call("logs", "get_delivery_source", name=id)["deliverySource"]["arn"]},
)
class DeliverySource(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call("logs", "put_delivery_source", p)
        return str(p["Name"])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("logs", "delete_delivery_source", name=id)


@kind(
    "AWS::Logs::DeliveryDestination",
    "DestinationResourceArn Name OutputFormat",
    {"Arn": lambda c, id, p: c.call("logs", "get_delivery_destination", name=id)["deliveryDestination"]["arn"]},
)
class DeliveryDestination(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        target = {"deliveryDestinationConfiguration": pick(p, "DestinationResourceArn")}
        c.call("logs", "put_delivery_destination", {**without(p, "DestinationResourceArn"), **target})
        return str(p["Name"])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("logs", "delete_delivery_destination", name=id)


@kind(
    "AWS::Logs::Delivery",
    "DeliveryDestinationArn DeliverySourceName",
    {"DeliveryId": lambda c, id, p: id, "Arn": lambda c, id, p: c.call("logs", "get_delivery", id=id)["delivery"]["arn"]},
)
class Delivery(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return str(c.call("logs", "create_delivery", p)["delivery"]["id"])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("logs", "delete_delivery", id=id)
