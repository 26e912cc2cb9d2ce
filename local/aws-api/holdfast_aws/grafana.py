"""A stand-in for Grafana itself: the part of its HTTP API by which folders, data sources, plugins and dashboards are made,
with the answers that Grafana documents (https://grafana.com/docs/grafana/v10.4/developers/http_api/).

What it does not do: it draws nothing and asks no data source, nobody signs in, only the tokens of service accounts count
and each of them may do everything, and a plugin is installed by being named. It is reached whatever the network between
the regions is."""

from __future__ import annotations

import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Callable
from urllib.parse import parse_qs

from werkzeug.serving import make_server

from .authority import server_context

Answer = tuple[int, Any]
_NOT_FOUND: Answer = (404, {"message": "Not found"})
_UNAUTHORIZED: Answer = (401, {"message": "Invalid API key"})


def _no(status: int, message: str) -> Answer:
    return status, {"message": message}


@dataclass
class Grafana:
    """What the Grafana of one workspace holds, each thing by its uid."""

    # Whether an administrator may install plugins; otherwise Grafana has no such path.
    plugin_admin: bool = False
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    # With `dashboard`, `folderUid` and `version`.
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    plugins: set[str] = field(default_factory=set)
    # Key -> until when it counts, in seconds since 1970.
    _tokens: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def make_token(self, seconds: int) -> str:
        key = f"glsa_{secrets.token_urlsafe(24)}"
        self._tokens[key] = time.time() + seconds
        return key

    def forget_token(self, key: str) -> None:
        self._tokens.pop(key, None)

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any, authorization: str) -> Answer:
        """The status and the JSON by which one request is answered."""
        if self._tokens.get(authorization.removeprefix("Bearer "), 0.0) < time.time():
            return _UNAUTHORIZED
        match path.strip("/").split("/"):
            case ["api", "folders", *rest]:
                work: Callable[[], Answer] = lambda: self._folders(method, body, *rest[:1])
            case ["api", "datasources"]:
                work = lambda: self._sources(method, body)
            case ["api", "datasources", "uid", uid]:
                work = lambda: self._sources(method, body, uid)
            case ["api", "plugins", plugin, what]:
                work = lambda: self._plugins(method, plugin, what)
            case ["api", "dashboards", "db"] if method == "POST":
                work = lambda: self._save(body)
            case ["api", "dashboards", "uid", uid]:
                work = lambda: self._dashboard(method, uid)
            case ["api", "search"] if method == "GET":
                work = lambda: self._search(query)
            case _:
                return _NOT_FOUND
        with self._lock:
            return work()

    def _folders(self, method: str, body: Any, uid: str | None = None) -> Answer:
        if method == "POST" and uid is None:
            if body["uid"] in self.folders or any(one["title"] == body["title"] for one in self.folders.values()):
                return _no(409, "a folder with the same name already exists in the current location")
            made = {"uid": body["uid"], "title": body["title"], "version": 1}
            self.folders[body["uid"]] = made
            return 200, made
        found = self.folders.get(uid or "")
        if found is None:
            return _no(404, "folder not found")
        if method == "PUT":
            if body.get("overwrite") is not True and body.get("version") != found["version"]:
                return _no(412, "the folder has been changed by someone else")
            found.update(title=body["title"], version=found["version"] + 1)
        return 200, found

    def _sources(self, method: str, body: Any, uid: str | None = None) -> Answer:
        found = self.sources.get(uid or str((body or {}).get("uid")))
        if method == "GET":
            return (200, found) if found else _no(404, "Data source not found")
        if method == "PUT" and found is None:
            return _no(404, "Data source not found")
        own = uid or str(body["uid"])
        named = any(one["name"] == body["name"] and one["uid"] != own for one in self.sources.values())
        if named or (method == "POST" and found):
            return _no(409, "data source with the same name already exists")
        if method == "PUT" and found and body.get("version") not in (None, found["version"]):
            return _no(409, "Datasource has already been updated by someone else. Please reload and try again")
        self.sources[own] = {**body, "uid": own, "version": (found["version"] if found else 0) + 1}
        if body.get("isDefault"):
            for other in self.sources.values():
                other["isDefault"] = other["uid"] == own
        said = "Datasource updated" if found else "Datasource added"
        return 200, {"datasource": self.sources[own], "message": said, "name": body["name"]}

    def _plugins(self, method: str, plugin: str, what: str) -> Answer:
        if method == "GET" and what == "settings":
            if plugin in self.plugins:
                return 200, {"id": plugin, "enabled": True}
            return _no(404, "Plugin not found, no installed plugin with that id")
        if method != "POST" or what != "install" or not self.plugin_admin:
            return _NOT_FOUND
        if plugin in self.plugins:
            return _no(409, "Plugin already installed")
        self.plugins.add(plugin)
        return 200, {}

    def _save(self, body: Any) -> Answer:
        dashboard, folder = body["dashboard"], body.get("folderUid", "")
        uid = str(dashboard["uid"])
        found = self.dashboards.get(uid)
        if folder and folder not in self.folders:
            return _no(400, "folder not found")
        if dashboard.get("id") is not None:
            return _no(404, "Dashboard not found")
        if found and body.get("overwrite") is not True and dashboard.get("version") != found["version"]:
            return 412, {"status": "version-mismatch", "message": "The dashboard has been changed by someone else"}
        version = (found["version"] if found else 0) + 1
        self.dashboards[uid] = {"dashboard": dashboard, "folderUid": folder, "version": version}
        return 200, {"uid": uid, "url": f"/d/{uid}", "status": "success", "version": version}

    def _dashboard(self, method: str, uid: str) -> Answer:
        found = self.dashboards.get(uid)
        if found is None:
            return _no(404, "Dashboard not found")
        title = found["dashboard"]["title"]
        if method == "DELETE":
            del self.dashboards[uid]
            return 200, {"title": title, "message": f"Dashboard {title} deleted"}
        return 200, {"dashboard": found["dashboard"], "meta": {"folderUid": found["folderUid"], "version": found["version"]}}

    def _search(self, query: dict[str, list[str]]) -> Answer:
        folders, tags = query.get("folderUIDs"), query.get("tag", [])
        return 200, [
            {"uid": uid, "title": one["dashboard"]["title"], "tags": one["dashboard"].get("tags", []),
             "folderUid": one["folderUid"], "type": "dash-db"}
            for uid, one in self.dashboards.items()
            if (folders is None or one["folderUid"] in folders)
            and all(tag in one["dashboard"].get("tags", []) for tag in tags)
        ]


class GrafanaServer:
    """A Grafana behind HTTPS on the loopback interface, with a certificate for its name."""

    def __init__(self, grafana: Grafana, host: str):
        self._server = make_server("127.0.0.1", 0, _application(grafana), threaded=True, ssl_context=server_context(host))
        self.port = self._server.port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _application(grafana: Grafana) -> Callable[..., Any]:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            status, answer = grafana.answer(
                environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""), parse_qs(environ.get("QUERY_STRING", "")),
                json.loads(text) if text else None, environ.get("HTTP_AUTHORIZATION", ""),
            )
        except (KeyError, TypeError, ValueError):
            status, answer = _no(400, "bad request data")
        body = json.dumps(answer).encode()
        start_response(f"{status} Grafana", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return application
