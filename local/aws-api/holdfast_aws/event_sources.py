"""Brings the messages of queues to functions, as event source mappings do: a batch, an answer that may name the messages
that failed, and those stay in the queue until they are visible again. What is tried too often is moved to the dead-letter
queue by the queue itself.

moto invokes a function inside the call that sends the message, one message at a time, and takes no notice of an answer
that names failures. One batch of a mapping is worked on at a time here; windows and filters of a mapping are stored."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from moto.awslambda.models import LambdaBackend, lambda_backends
from moto.sqs.models import sqs_backends

from . import roads, settings
from .functions import ended_on_purpose, run_function

_TICK_SECONDS = 0.1
_PARTIAL = "ReportBatchItemFailures"
_log = logging.getLogger(__name__)


def install() -> None:
    """Mappings are made as before, and moto's queues no longer know of them."""
    original = LambdaBackend.create_event_source_mapping

    def create(self: LambdaBackend, spec: dict[str, Any]) -> Any:
        made = original(self, spec)
        for queue in sqs_backends[settings.account][self.region_name].queues.values():
            queue.lambda_event_source_mappings.clear()
        return made

    LambdaBackend.create_event_source_mapping = create  # type: ignore[method-assign]


def _record(message: Any, mapping: Any) -> dict[str, Any]:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(int(message.sent_timestamp)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": mapping.event_source_arn,
        "awsRegion": mapping.region,
    }


def _failed(value: Any, mapping: Any, ids: set[str]) -> set[str]:
    """Which messages the answer of a function leaves in the queue; an answer that makes no sense leaves all, as on AWS."""
    if _PARTIAL not in (mapping.function_response_types or []) or not value:
        return set()
    named = {str(one.get("itemIdentifier") or "") for one in value.get("batchItemFailures") or []}
    return named if named <= ids else ids


def _deliver(mapping: Any) -> bool:
    """One batch. False if there was none."""
    queues = sqs_backends[settings.account][mapping.region]
    name = mapping.event_source_arn.split(":")[-1]
    queue = queues.get_queue(name)
    messages = queues.receive_message(name, mapping.batch_size, 0, int(queue.visibility_timeout or 0))
    if not messages:
        return False
    event = {"Records": [_record(message, mapping) for message in messages]}
    outcome = run_function(settings.account, mapping.function_arn, event)
    if outcome.problem:
        raise RuntimeError(outcome.problem)
    failed = _failed(outcome.value, mapping, {message.id for message in messages})
    for message in messages:
        if message.id not in failed:
            queues.delete_message(name, message.receipt_handle)
    return True


def _work(mapping: Any, busy: set[str]) -> None:
    try:
        while mapping.enabled and not ended_on_purpose(mapping.region) and _deliver(mapping):
            pass
    except Exception as error:  # noqa: BLE001 - whatever it is belongs into the log, and the queue keeps the messages
        if not ended_on_purpose(mapping.region):
            _log.error("%s: %s", mapping.event_source_arn, error)
    finally:
        busy.discard(mapping.uuid)


def _waiting(mapping: Any) -> bool:
    queue = sqs_backends[settings.account][mapping.region].queues.get(mapping.event_source_arn.split(":")[-1])
    return queue is not None and bool(queue.messages)


def _run() -> None:
    busy: set[str] = set()
    while True:
        for backend in list(lambda_backends[settings.account].values()):
            for mapping in list(backend._event_source_mappings.values()):
                is_queue = ":sqs:" in mapping.event_source_arn
                if not is_queue or not mapping.enabled or mapping.uuid in busy or roads.is_lost(mapping.region):
                    continue
                if _waiting(mapping):
                    busy.add(mapping.uuid)
                    threading.Thread(target=_work, args=(mapping, busy), daemon=True).start()
        time.sleep(_TICK_SECONDS)


def start() -> None:
    """Brings messages from now on."""
    threading.Thread(target=_run, daemon=True).start()
