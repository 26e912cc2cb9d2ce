"""Route 53 health checks, evaluated. An HTTPS check whose name is a custom domain of an HTTP API gets what the deployed
function of the matching route answers; one whose name has a port on this machine, as a load balancer may have, gets what
answers there; calculated and inverted checks follow from their children. A check whose target does not run here has no
observation, and no state."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from http import HTTPStatus
from typing import Any

from moto.apigatewayv2.models import apigatewayv2_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.route53.models import route53_backends

from . import roads, settings
from .api_client import client
from .functions import run_warm

# One answer of the function is reported for each of these: here they all see the same.
CHECKERS = {
    "us-east-1": "15.177.2.10", "us-west-1": "15.177.6.10", "us-west-2": "15.177.10.10", "eu-west-1": "15.177.14.10",
    "ap-southeast-1": "15.177.18.10", "ap-southeast-2": "15.177.22.10", "ap-northeast-1": "15.177.26.10",
    "sa-east-1": "15.177.30.10",
}
# Of a check if no pace was asked for, instead of the 10 or 30 s of a real one.
INTERVAL_SECONDS = 1.0
# Route 53 waits four seconds for the connection and two for the answer.
ANSWER_SECONDS = 6.0
_TICK_SECONDS = 0.1
_NO_ANSWER = 0
METRIC_SECONDS = 2.0
NAMESPACE = "AWS/Route53"


@dataclass
class State:
    # None as long as nothing is known: then there is no metric either.
    healthy: bool | None = None
    report: str | None = None
    observed: datetime | None = None
    contrary: int = 0
    due: float = 0.0
    children: list[str] = field(default_factory=list)


_states: dict[str, State] = {}
_asking: set[str] = set()


def checks() -> dict[str, Any]:
    return dict(route53_backends[settings.account]["aws"].health_checks)


def state_of(check_id: str) -> State:
    return _states.setdefault(check_id, State())


def states() -> dict[str, bool | None]:
    """Of every check: whether it is healthy; None if nothing is known of it."""
    return {check_id: state_of(check_id).healthy for check_id in checks()}


def observations(check_id: str) -> list[dict[str, Any]]:
    state = state_of(check_id)
    if state.report is None:
        return []
    return [
        {
            "Region": region,
            "IPAddress": address,
            "StatusReport": {"Status": state.report, "CheckedTime": state.observed},
        }
        for region, address in CHECKERS.items()
    ]


def _target(fqdn: str, path: str) -> str | None:
    """ARN of the function that a custom domain's API has behind a path."""
    for region, backend in apigatewayv2_backends[settings.account].items():
        if not any(domain.domain_name == fqdn for domain in backend.domain_names.values()):
            continue
        for mapping in backend.api_mappings.values():
            if mapping.domain_name != fqdn or mapping.api_id not in backend.apis:
                continue
            api = backend.apis[mapping.api_id]
            if mapping.stage not in api.stages:
                continue
            routes = {route.route_key: route for route in api.routes.values()}
            route = routes.get(f"GET {path}") or routes.get(f"ANY {path}") or routes.get("$default")
            if route is None or not route.target:
                return None
            integration = api.integrations.get(route.target.removeprefix("integrations/"))
            if integration is None:
                return None
            uri = str(integration.integration_uri or "")
            return uri.split("/functions/", 1)[-1].removesuffix("/invocations") if ":lambda:" in uri else None
    return None


def http_event(domain: str, path: str) -> dict[str, Any]:
    """What an HTTP API hands to its function, payload format 2.0."""
    now = datetime.now(timezone.utc)
    return {
        "version": "2.0",
        "routeKey": f"GET {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"host": domain, "user-agent": "Amazon-Route53-Health-Check-Service", "x-forwarded-proto": "https"},
        "requestContext": {
            "accountId": settings.account,
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split(".")[0],
            "http": {
                "method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "15.177.2.10",
                "userAgent": "Amazon-Route53-Health-Check-Service",
            },
            "requestId": "local",
            "routeKey": f"GET {path}",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now.timestamp() * 1000),
        },
        "isBase64Encoded": False,
    }


def _ask(check: Any) -> int | None:
    """The status code of the target, or None if it cannot run here."""
    path = check.resource_path or "/"
    arn = _target(check.fqdn, path) if check.fqdn else None
    if arn is None:
        return _ask_here(check, path)
    if roads.is_lost(arn.split(":")[3]):
        return _NO_ANSWER
    outcome = run_warm(settings.account, arn, http_event(check.fqdn, path))
    if outcome.problem:
        return 500
    value = outcome.value
    return int(value.get("statusCode", 200)) if isinstance(value, dict) else 200


def _ask_here(check: Any, path: str) -> int | None:
    """What answers on this machine under the name of the target; None if nothing is meant to."""
    port = _ports().get(str(check.fqdn or "").lower())
    if port is None:
        return None
    seconds = ANSWER_SECONDS / (settings.pace or 1)
    connection: http.client.HTTPConnection
    if check.type_ == "HTTPS":
        # Route 53 does not look at the certificate either.
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=seconds, context=_unchecked())
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Host": check.fqdn, "User-Agent": "Amazon-Route53-Health-Check-Service"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return _NO_ANSWER
    finally:
        connection.close()


def _ports() -> dict[str, int]:
    if not settings.databases_map:
        return {}
    with open(settings.databases_map, encoding="utf-8") as file:
        return dict(json.load(file))


def _unchecked() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _interval(check: Any) -> float:
    return int(check.request_interval or 30) / settings.pace if settings.pace else INTERVAL_SECONDS


def _observe(check: Any) -> None:
    code = _ask(check)
    state = state_of(check.id)
    if code is None:
        _states[check.id] = State(due=state.due)
        return
    good = 200 <= code < 400
    phrase = HTTPStatus(code).phrase if code in HTTPStatus._value2member_map_ else "Unknown"
    said = f"HTTP Status Code {code}, {phrase}" if code != _NO_ANSWER else "The endpoint did not answer in time"
    state.report = f"{'Success' if good else 'Failure'}: {said}"
    state.observed = datetime.now(timezone.utc)
    raw = good != bool(check.inverted)
    if state.healthy is None:
        # A new check counts as healthy, an inverted one as unhealthy, until enough answers say otherwise.
        state.healthy = not check.inverted
    state.contrary = state.contrary + 1 if raw != state.healthy else 0
    if state.contrary >= int(check.failure_threshold or 3):
        state.healthy, state.contrary = raw, 0


def _observe_when_due(check: Any) -> None:
    """Each by itself: one that waits for its answer must not keep the others waiting."""
    state = state_of(check.id)
    if time.monotonic() < state.due or check.id in _asking:
        return
    state.due = time.monotonic() + _interval(check)

    def observe() -> None:
        try:
            _observe(check)
        except Exception as error:  # the checkers outlive a check that is just being deleted
            print(f"health checks: {type(error).__name__}: {error}", flush=True)
        finally:
            _asking.discard(check.id)

    _asking.add(check.id)
    threading.Thread(target=observe, daemon=True).start()


def _calculate(check: Any) -> None:
    children = [state_of(child).healthy for child in check.children or []]
    state = state_of(check.id)
    if any(child is None for child in children):
        state.healthy = None
        return
    enough = sum(1 for child in children if child) >= int(check.health_threshold or 0)
    state.healthy = enough != bool(check.inverted)


def _is(value: Any) -> bool:
    return str(value).lower() == "true"


def evaluate() -> None:
    """One round over all checks; calculated ones after what they are calculated from."""
    present = checks()
    for gone in set(_states) - set(present):
        del _states[gone]
    for check in present.values():
        check.inverted, check.disabled = _is(check.inverted), _is(check.disabled)
        if check.disabled:
            state_of(check.id).healthy = not check.inverted
        elif check.type_ in ("HTTP", "HTTPS"):
            _observe_when_due(check)
    for _ in range(len(present)):
        before = {id: state.healthy for id, state in _states.items()}
        for check in present.values():
            if check.type_ == "CALCULATED" and not check.disabled:
                _calculate(check)
        if before == {id: state.healthy for id, state in _states.items()}:
            break


def _forget(minute: datetime) -> None:
    """Route 53 writes one value a minute. Here the newest stands for its minute."""
    backend = cloudwatch_backends[settings.account]["us-east-1"]
    backend.metric_data = [
        one for one in backend.metric_data
        if one.namespace != NAMESPACE or one.timestamp.replace(tzinfo=timezone.utc) < minute
    ]


def _publish() -> None:
    # At the full minute, because moto's periods begin wherever a question begins, not at full minutes.
    minute = datetime.now(timezone.utc).replace(second=0, microsecond=0)
    data = [
        {
            "MetricName": "HealthCheckStatus",
            "Dimensions": [{"Name": "HealthCheckId", "Value": id}],
            "Timestamp": minute,
            "Value": 1.0 if state.healthy else 0.0,
            "Unit": "None",
        }
        for id, state in list(_states.items())
        if state.healthy is not None
    ]
    if data:
        _forget(minute)
        client("cloudwatch", "us-east-1").put_metric_data(Namespace=NAMESPACE, MetricData=data)


def run_forever() -> None:
    published = 0.0
    while True:
        try:
            evaluate()
            if time.monotonic() - published >= METRIC_SECONDS:
                _publish()
                published = time.monotonic()
        except Exception as error:  # the checkers outlive a check that is just being deleted
            print(f"health checks: {type(error).__name__}: {error}", flush=True)
        time.sleep(_TICK_SECONDS)


def start() -> None:
    threading.Thread(target=run_forever, daemon=True).start()
