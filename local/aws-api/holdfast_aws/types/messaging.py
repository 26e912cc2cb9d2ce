"""AWS::SNS and AWS::SQS."""

from __future__ import annotations

import json
from typing import Any

from ..kinds import Context, Kind, changed, kind, without


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)


_TOPIC_ATTRIBUTES = ("DisplayName", "KmsMasterKeyId", "FifoTopic", "ContentBasedDeduplication", "SignatureVersion",
                     "TracingConfig", "DeliveryPolicy")


@kind(
    "AWS::SNS::Topic",
    "TopicName FifoTopic",
    {"TopicArn": lambda c, id, p: id, "TopicName": lambda c, id, p: id.split(":")[-1]},
)
class Topic(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = p.get("TopicName", c.name(256))
        attributes = {key: _text(p[key]) for key in _TOPIC_ATTRIBUTES if key in p}
        core = without(p, "TopicName", "Subscription", *_TOPIC_ATTRIBUTES)
        arn = str(c.call("sns", "create_topic", core, Name=name, Attributes=attributes)["TopicArn"])
        for one in p.get("Subscription", []):
            c.call("sns", "subscribe", one, TopicArn=arn)
        return arn

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        for name in _TOPIC_ATTRIBUTES:
            if changed(p, old, name):
                c.call("sns", "set_topic_attributes", TopicArn=id, AttributeName=name, AttributeValue=_text(p.get(name, "")))

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("sns", "delete_topic", TopicArn=id)


@kind("AWS::SNS::TopicPolicy", "", {"Id": lambda c, id, p: id})
class TopicPolicy(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        self.update(c, "", p, {})
        return c.name(128)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        for topic in p["Topics"]:
            policy = _text(p["PolicyDocument"])
            c.call("sns", "set_topic_attributes", TopicArn=topic, AttributeName="Policy", AttributeValue=policy)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        # The topic falls back to its default policy; it is usually deleted next.
        return None


_SUBSCRIPTION_ATTRIBUTES = ("FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy",
                            "DeliveryPolicy", "SubscriptionRoleArn")


@kind("AWS::SNS::Subscription", "TopicArn Protocol Endpoint Region", {"Arn": lambda c, id, p: id})
class Subscription(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        attributes = {key: _text(p[key]) for key in _SUBSCRIPTION_ATTRIBUTES if key in p}
        core = without(p, "Region", *_SUBSCRIPTION_ATTRIBUTES)
        made = c.call("sns", "subscribe", core, region=p.get("Region"), Attributes=attributes or None,
                      ReturnSubscriptionArn=True)
        return str(made["SubscriptionArn"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        for name in _SUBSCRIPTION_ATTRIBUTES:
            if changed(p, old, name):
                c.call("sns", "set_subscription_attributes", SubscriptionArn=id, AttributeName=name,
                       AttributeValue=_text(p.get(name, "")))

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("sns", "unsubscribe", SubscriptionArn=id)


def _queue_arn(c: Context, id: str, p: dict[str, Any]) -> str:
    return c.arn("sqs", id.rsplit("/", 1)[-1])


@kind(
    "AWS::SQS::Queue",
    "QueueName FifoQueue",
    {
        "Arn": _queue_arn,
        "QueueName": lambda c, id, p: id.rsplit("/", 1)[-1],
        "QueueUrl": lambda c, id, p: id,
    },
)
class Queue(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = p.get("QueueName", c.name(80))
        attributes = {key: _text(value) for key, value in without(p, "QueueName", "Tags").items()}
        return str(c.call("sqs", "create_queue", {"Tags": p.get("Tags", [])}, QueueName=name, Attributes=attributes)["QueueUrl"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        attributes = {key: _text(value) for key, value in without(p, "QueueName", "Tags", "FifoQueue").items()}
        c.call("sqs", "set_queue_attributes", QueueUrl=id, Attributes=attributes)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("sqs", "delete_queue", QueueUrl=id)


@kind("AWS::SQS::QueuePolicy", "", {"Id": lambda c, id, p: id})
class QueuePolicy(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        self.update(c, "", p, {})
        return c.name(128)

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        for queue in p["Queues"]:
            c.call("sqs", "set_queue_attributes", QueueUrl=queue, Attributes={"Policy": _text(p["PolicyDocument"])})

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        for queue in p["Queues"]:
            c.call("sqs", "set_queue_attributes", QueueUrl=queue, Attributes={"Policy": ""})
