"""AWS::CertificateManager."""

from __future__ import annotations

from typing import Any

from ..kinds import Context, Kind, KindError, changed, kind, without


@kind(
    "AWS::CertificateManager::Certificate",
    "DomainName SubjectAlternativeNames DomainValidationOptions ValidationMethod KeyAlgorithm",
    {"CertificateArn": lambda c, id, p: id},
)
class Certificate(Kind):
    """Requested through ACM; with a hosted zone given, the validation records are written, as CloudFormation does."""

    def create(self, c: Context, p: dict[str, Any]) -> str:
        core = without(p, "DomainValidationOptions", "CertificateTransparencyLoggingPreference")
        arn = str(c.call("acm", "request_certificate", core)["CertificateArn"])
        given = {one["DomainName"]: one.get("HostedZoneId") for one in p.get("DomainValidationOptions", [])}
        if p.get("ValidationMethod") == "DNS":
            names = [p["DomainName"], *p.get("SubjectAlternativeNames", [])]
            # A wildcard is validated by the record of the name that it stands below.
            zones = {name: given.get(name) or given.get(name.removeprefix("*.")) for name in names}
            missing = [name for name in names if not zones[name]]
            if missing:
                raise KindError(f"{missing[0]} has no hosted zone for its validation: on AWS this certificate would wait")
            described = c.call("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
            for option in described["DomainValidationOptions"]:
                record = option.get("ResourceRecord")
                if record:
                    self._record(c, str(zones[option["DomainName"]]), record)
        return arn

    @staticmethod
    def _record(c: Context, zone: str, record: dict[str, str]) -> None:
        name = record["Name"].removeprefix("_")
        change = {
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": f"_{name}", "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": record["Value"]}],
            },
        }
        c.call("route53", "change_resource_record_sets", HostedZoneId=zone, ChangeBatch={"Changes": [change]})

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if changed(p, old, "Tags") and p.get("Tags"):
            c.call("acm", "add_tags_to_certificate", CertificateArn=id, Tags=p["Tags"])

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("acm", "delete_certificate", CertificateArn=id)
