"""AWS::CloudWatch."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from ..kinds import Context, Kind, KindError, kind, without


def _arn(c: Context, id: str, p: dict[str, Any]) -> str:
    return c.arn("cloudwatch", f"alarm:{id}")


@kind("AWS::CloudWatch::Alarm", "AlarmName", {"Arn": _arn})
class Alarm(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("AlarmName") or c.name(255))
        self.update(c, name, p, {})
        return name

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("cloudwatch", "put_metric_alarm", without(p, "AlarmName"), AlarmName=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("cloudwatch", "delete_alarms", AlarmNames=[id])


@kind("AWS::CloudWatch::CompositeAlarm", "AlarmName", {"Arn": _arn})
class CompositeAlarm(Kind):
    """moto has composite alarms in its model but no PutCompositeAlarm: they are put into the model."""

    known = ("AlarmName", "AlarmRule", "AlarmDescription", "AlarmActions", "OKActions", "InsufficientDataActions",
             "ActionsEnabled", "ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod",
             "Tags")

    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("AlarmName") or c.name(255))
        self.update(c, name, p, {})
        return name

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        if without(p, *self.known):
            raise KindError(f"Unknown properties: {sorted(without(p, *self.known))}")
        empty: Any = None
        cloudwatch_backends[c.account][c.region].put_metric_alarm(
            name=id, namespace=empty, metric_name=empty, comparison_operator=empty, evaluation_periods=empty,
            period=empty, threshold=empty, statistic=empty, description=p.get("AlarmDescription", ""), dimensions=[],
            alarm_actions=p.get("AlarmActions", []), ok_actions=p.get("OKActions", []),
            insufficient_data_actions=p.get("InsufficientDataActions", []),
            actions_enabled=str(p.get("ActionsEnabled", True)).lower() == "true",
            rule=p["AlarmRule"], tags=p.get("Tags"),
        )

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("cloudwatch", "delete_alarms", AlarmNames=[id])


@kind("AWS::CloudWatch::Dashboard", "DashboardName")
class Dashboard(Kind):
    def create(self, c: Context, p: dict[str, Any]) -> str:
        name = str(p.get("DashboardName") or c.name(255))
        c.call("cloudwatch", "put_dashboard", without(p, "DashboardName"), DashboardName=name)
        return name

    def update(self, c: Context, id: str, p: dict[str, Any], old: dict[str, Any]) -> None:
        c.call("cloudwatch", "put_dashboard", without(p, "DashboardName"), DashboardName=id)

    def delete(self, c: Context, id: str, p: dict[str, Any]) -> None:
        c.call("cloudwatch", "delete_dashboards", DashboardNames=[id])
