"""AWS::ApiGatewayV2."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, KindError, kind, without

V2 = "apigatewayv2"


@kind(
    "AWS::ApiGatewayV2::Api",
    "ProtocolType",
    {
        "ApiId": lambda c, id, p: id,
        "ApiEndpoint": lambda c, id, p: f"https://{id}.execute-api.{c.region}.amazonaws.com",
    },
)
class Api(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return str(c.call(V2, "create_api", without(p, "FailOnWarnings"))["ApiId"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call(V2, "update_api", without(p, "FailOnWarnings", "ProtocolType", "Tags"), ApiId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_api", ApiId=id)


@kind("AWS::ApiGatewayV2::Stage", "ApiId StageName")
class Stage(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        c.call(V2, "create_stage", without(p, "AccessPolicyId"))
        return str(p["StageName"])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_stage", ApiId=p["ApiId"], StageName=id)


@kind("AWS::ApiGatewayV2::Integration", "ApiId", {"IntegrationId": lambda c, id, p: id})
class Integration(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return str(c.call(V2, "create_integration", p)["IntegrationId"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call(V2, "update_integration", p, IntegrationId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_integration", ApiId=p["ApiId"], IntegrationId=id)


@kind("AWS::ApiGatewayV2::Route", "ApiId", {"RouteId": lambda c, id, p: id})
class Route(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return str(c.call(V2, "create_route", p)["RouteId"])

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call(V2, "update_route", p, RouteId=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_route", ApiId=p["ApiId"], RouteId=id)


def _regional(name: str) -> Any:
    values = {
        "RegionalDomainName": lambda c, id: f"d-{_stable(id)}.execute-api.{c.region}.amazonaws.com",
        "RegionalHostedZoneId": lambda c, id: "Z" + _stable(f"zone-{c.region}").upper() + "000",
    }
    return lambda c, id, p: values[name](c, id)


def _stable(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()[:10]


@kind(
    "AWS::ApiGatewayV2::DomainName",
    "DomainName",
    {
        "RegionalDomainName": _regional("RegionalDomainName"),
        "RegionalHostedZoneId": _regional("RegionalHostedZoneId"),
        "DomainNameArn": lambda c, id, p: f"arn:aws:apigateway:{c.region}::/domainnames/{id}",
    },
)
class DomainName(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        for configuration in p.get("DomainNameConfigurations", []):
            # API Gateway looks at the certificate at once, so a missing one fails here too.
            c.call("acm", "describe_certificate", CertificateArn=configuration["CertificateArn"])
        core = without(p, "RoutingMode")
        if p.get("RoutingMode", "API_MAPPING_ONLY") != "API_MAPPING_ONLY":
            raise KindError("Only API mappings are known, no routing rules")
        c.call(V2, "create_domain_name", core)
        return str(p["DomainName"])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_domain_name", DomainName=id)


@kind("AWS::ApiGatewayV2::ApiMapping", "DomainName", {"ApiMappingId": lambda c, id, p: id})
class ApiMapping(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        return str(c.call(V2, "create_api_mapping", p)["ApiMappingId"])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call(V2, "delete_api_mapping", DomainName=p["DomainName"], ApiMappingId=id)
