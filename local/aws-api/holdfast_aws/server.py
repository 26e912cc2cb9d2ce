"""The HTTP server: moto's dispatcher behind the network and the ordered faults, and a few paths of our own below /holdfast/."""

from __future__ import annotations

import json
from typing import Any, Callable

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from . import faults, functions, grafana_workspaces, health, roads
from .api_client import Caller
from .kinds import KINDS
from .responses import PREFIX, deliver
from .types.registry import push


class Application:
    def __init__(self) -> None:
        services = grafana_workspaces.wrap(DomainDispatcherApplication(create_backend_app))
        self.aws = roads.wrap(faults.wrap(services))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        path = environ.get("PATH_INFO", "")
        if not path.startswith("/holdfast/"):
            return self.aws(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        status, answer = self._own(environ["REQUEST_METHOD"], path, body)
        text = json.dumps(answer).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
        return [text]

    @staticmethod
    def _own(method: str, path: str, body: bytes) -> tuple[str, Any]:
        if method == "PUT" and path.startswith(PREFIX):
            return ("200 OK", {}) if deliver(path, body) else ("404 Not Found", {"message": "Nobody waits for this"})
        if method == "GET" and path == "/holdfast/types":
            return "200 OK", {
                "withBackend": sorted(name for name, kind in KINDS.items() if kind.verified),
                "acceptedNotVerified": sorted(name for name, kind in KINDS.items() if not kind.verified),
            }
        if method == "POST" and path == "/holdfast/faults":
            try:
                faults.order(json.loads(body))
            except ValueError as error:
                return "400 Bad Request", {"message": str(error)}
            return "200 OK", {}
        if method == "GET" and path.startswith("/holdfast/grafana/"):
            return "200 OK", grafana_workspaces.shown_by(path.rpartition("/")[2])
        if method == "GET" and path == "/holdfast/health":
            return "200 OK", health.states()
        if method == "PUT" and path == "/holdfast/roads":
            try:
                for region in roads.order(json.loads(body)):
                    functions.end_in(region)
            except ValueError as error:
                return "400 Bad Request", {"message": str(error)}
            return "200 OK", {}
        if method == "DELETE" and path == "/holdfast/faults":
            return "200 OK", {"met": faults.clear()}
        if method == "POST" and path == "/holdfast/images":
            wanted = json.loads(body)
            try:
                push(Caller(wanted["region"]), wanted["repository"], wanted["tag"])
            except Exception as error:
                return "400 Bad Request", {"message": str(error)}
            return "200 OK", {}
        return "404 Not Found", {"message": f"The local AWS API has no {method} {path}"}
