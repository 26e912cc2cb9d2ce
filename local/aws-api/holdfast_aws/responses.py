"""Where the functions of custom resources put their answers: one URL each, on this server."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any

PREFIX = "/holdfast/cfn-response/"
_open: dict[str, "Mailbox"] = {}
_lock = threading.Lock()


class Mailbox:
    def __init__(self) -> None:
        self.token = str(uuid.uuid4())
        self.path = f"{PREFIX}{self.token}"
        self.answer: dict[str, Any] | None = None

    def __enter__(self) -> "Mailbox":
        with _lock:
            _open[self.token] = self
        return self

    def __exit__(self, *_: Any) -> None:
        with _lock:
            _open.pop(self.token, None)


def deliver(path: str, body: bytes) -> bool:
    """Gives an answer to whom it is for; False if nobody waits for it or it is no JSON object."""
    with _lock:
        mailbox = _open.get(path.removeprefix(PREFIX))
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    if mailbox is None or not isinstance(answer, dict):
        return False
    mailbox.answer = answer
    return True
