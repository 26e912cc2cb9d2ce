"""Amazon Managed Grafana, which moto does not have: workspaces, their sign-in and configuration, and the tokens of their
service accounts. Behind each workspace is a Grafana (see grafana.py), and functions find it by the name of its endpoint.

What it does not do: nothing takes time, so a workspace is ACTIVE at once; permissions, licences, versions to upgrade to and
networks are stored or left out."""

from __future__ import annotations

import json
import re
import secrets
import string
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

from . import settings
from .grafana import Grafana, GrafanaServer

_SCOPE = re.compile(r"Credential=[^/,]+/\d{8}/([^/]+)/grafana/aws4_request")
_NEWEST = "10.4"
# What an operation takes -> under which name the workspace shows it.
_SHOWN = {
    "workspaceName": "name", "workspaceDescription": "description", "workspaceDataSources": "dataSources",
    "workspaceNotificationDestinations": "notificationDestinations", "workspaceOrganizationalUnits": "organizationalUnits",
    **{name: name for name in (
        "accountAccessType", "organizationRoleName", "permissionType", "stackSetName", "workspaceRoleArn", "tags",
        "vpcConfiguration", "networkAccessControl", "grafanaVersion", "ipAddressType", "kmsKeyId",
    )},
}


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Workspace:
    id: str
    region: str
    described: dict[str, Any]
    configuration: str = "{}"
    saml: dict[str, Any] | None = None
    accounts: dict[str, dict[str, str]] = field(default_factory=dict)
    # (account, id of a token) -> its key.
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    grafana: Grafana = field(default_factory=Grafana)
    server: GrafanaServer | None = None

    @property
    def endpoint(self) -> str:
        return f"{self.id}.grafana-workspace.{self.region}.amazonaws.com"

    def authentication(self) -> dict[str, Any]:
        providers = self.described["providers"]
        status = "CONFIGURED" if self.saml else "NOT_CONFIGURED"
        saml = {"saml": {"status": status, **({"configuration": self.saml} if self.saml else {})}}
        return {"providers": providers, **(saml if "SAML" in providers else {})}

    def shown(self) -> dict[str, Any]:
        authentication = self.authentication()
        summary = {"providers": authentication["providers"]}
        if "saml" in authentication:
            summary["samlConfigurationStatus"] = authentication["saml"]["status"]
        own = {name: value for name, value in self.described.items() if name != "providers"}
        return {"dataSources": [], **own, "id": self.id, "endpoint": self.endpoint, "status": "ACTIVE",
                "authentication": summary}

    def configure(self, configuration: str | None, version: str | None) -> None:
        if configuration is not None:
            self.configuration = configuration
            self.grafana.plugin_admin = json.loads(configuration).get("plugins", {}).get("pluginAdminEnabled") is True
        if version is not None:
            self.described["grafanaVersion"] = version


_workspaces: dict[str, Workspace] = {}
_lock = threading.RLock()


def _names() -> None:
    """Tells functions on which port of this machine each endpoint is."""
    ports = {one.endpoint: one.server.port for one in _workspaces.values() if one.server}
    file = Path(settings.names)
    following = file.with_suffix(".next")
    following.write_text(json.dumps(ports))
    following.replace(file)


def _found(region: str, id: str) -> Workspace:
    workspace = _workspaces.get(id)
    if workspace is None or workspace.region != region:
        raise Refused(404, "ResourceNotFoundException", f"Workspace {id} not found")
    return workspace


def _create(region: str, given: dict[str, Any]) -> Any:
    now = time.time()
    id = "g-" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(10))
    described = {_SHOWN[name]: value for name, value in given.items() if name in _SHOWN}
    described = {"grafanaVersion": _NEWEST, **described, "providers": given["authenticationProviders"],
                 "created": now, "modified": now}
    workspace = Workspace(id, region, described)
    workspace.configure(given.get("configuration"), None)
    workspace.server = GrafanaServer(workspace.grafana, workspace.endpoint)
    _workspaces[id] = workspace
    _names()
    return {"workspace": workspace.shown()}


def _update(workspace: Workspace, given: dict[str, Any]) -> Any:
    described = {_SHOWN[name]: value for name, value in given.items() if name in _SHOWN}
    workspace.described.update(described, modified=time.time())
    for removed, name in (("removeVpcConfiguration", "vpcConfiguration"),
                          ("removeNetworkAccessConfiguration", "networkAccessControl")):
        if given.get(removed):
            workspace.described.pop(name, None)
    return {"workspace": workspace.shown()}


def _delete(workspace: Workspace) -> Any:
    del _workspaces[workspace.id]
    _names()
    if workspace.server:
        workspace.server.stop()
    return {"workspace": {**workspace.shown(), "status": "DELETING"}}


def _sign_in(workspace: Workspace, given: dict[str, Any]) -> Any:
    workspace.described["providers"] = given["authenticationProviders"]
    workspace.saml = given.get("samlConfiguration", workspace.saml)
    return {"authentication": workspace.authentication()}


def _make_account(workspace: Workspace, given: dict[str, Any]) -> Any:
    if any(one["name"] == given["name"] for one in workspace.accounts.values()):
        raise Refused(409, "ConflictException", f"Service account {given['name']} already exists")
    id = str(len(workspace.accounts) + 1)
    workspace.accounts[id] = {"id": id, "name": given["name"], "isDisabled": "false", "grafanaRole": given["grafanaRole"]}
    return {"id": id, "name": given["name"], "grafanaRole": given["grafanaRole"], "workspaceId": workspace.id}


def _account(workspace: Workspace, id: str) -> None:
    if id not in workspace.accounts:
        raise Refused(404, "ResourceNotFoundException", f"Service account {id} not found")


def _make_token(workspace: Workspace, account: str, given: dict[str, Any]) -> Any:
    _account(workspace, account)
    id = secrets.token_hex(4)
    key = workspace.tokens[account, id] = workspace.grafana.make_token(int(given["secondsToLive"]))
    return {"serviceAccountToken": {"id": id, "name": given["name"], "key": key}, "serviceAccountId": account,
            "workspaceId": workspace.id}


def _delete_token(workspace: Workspace, account: str, id: str) -> Any:
    if (account, id) not in workspace.tokens:
        raise Refused(404, "ResourceNotFoundException", f"Token {id} not found")
    workspace.grafana.forget_token(workspace.tokens.pop((account, id)))
    return {"tokenId": id, "serviceAccountId": account, "workspaceId": workspace.id}


def _handle(region: str, method: str, path: str, given: dict[str, Any]) -> tuple[int, Any]:
    match [method, *path.strip("/").split("/")]:
        case ["POST", "workspaces"]:
            return 202, _create(region, given)
        case ["GET", "workspaces"]:
            return 200, {"workspaces": [one.shown() for one in _workspaces.values() if one.region == region]}
        case ["GET", "workspaces", id]:
            return 200, {"workspace": _found(region, id).shown()}
        case ["PUT", "workspaces", id]:
            return 202, _update(_found(region, id), given)
        case ["DELETE", "workspaces", id]:
            return 202, _delete(_found(region, id))
        case ["GET", "workspaces", id, "authentication"]:
            return 200, {"authentication": _found(region, id).authentication()}
        case ["POST", "workspaces", id, "authentication"]:
            return 200, _sign_in(_found(region, id), given)
        case ["PUT", "workspaces", id, "configuration"]:
            _found(region, id).configure(given.get("configuration"), given.get("grafanaVersion"))
            return 202, {}
        case ["GET", "workspaces", id, "configuration"]:
            found = _found(region, id)
            return 200, {"configuration": found.configuration, "grafanaVersion": found.described["grafanaVersion"]}
        case ["GET", "workspaces", id, "serviceaccounts"]:
            return 200, {"serviceAccounts": list(_found(region, id).accounts.values()), "workspaceId": id}
        case ["POST", "workspaces", id, "serviceaccounts"]:
            return 200, _make_account(_found(region, id), given)
        case ["POST", "workspaces", id, "serviceaccounts", account, "tokens"]:
            return 200, _make_token(_found(region, id), account, given)
        case ["DELETE", "workspaces", id, "serviceaccounts", account, "tokens", token]:
            return 200, _delete_token(_found(region, id), account, token)
    raise Refused(501, "NotImplemented", f"The local AWS API has no {method} {path} of Amazon Managed Grafana")


def wrap(application: Callable[..., Any]) -> Callable[..., Any]:
    """The application, with Amazon Managed Grafana beside its services."""

    def dispatch(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope is None:
            return application(environ, start_response)
        text = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = [("Content-Type", "application/json")]
        try:
            with _lock:
                status, answer = _handle(scope.group(1), environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""),
                                         json.loads(text) if text else {})
        except Refused as error:
            status, answer = error.status, {"message": str(error)}
            headers.append(("x-amzn-ErrorType", error.code))
        body = json.dumps(answer).encode()
        start_response(f"{status} Grafana", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    return dispatch


def shown_by(region: str) -> dict[str, dict[str, int]]:
    """Of each workspace of a region: how many folders, data sources and dashboards its Grafana has."""
    return {
        one.id: {"folders": len(one.grafana.folders), "sources": len(one.grafana.sources),
                 "dashboards": len(one.grafana.dashboards)}
        for one in _workspaces.values() if one.region == region
    }
