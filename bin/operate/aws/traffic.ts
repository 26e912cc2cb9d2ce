import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  type HealthCheckConfig,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { EDGE_REGION } from '../../../lib/config/names';
import { type Clients, orAbsent } from '../../checks/aws/call';
import type { HealthCheck, Traffic } from '../ports';
import { call } from './call';

/** Records under one name that are asked for: more than a failover pair of every type. */
const RECORDS = 50;
const withoutDot = (name = ''): string => name.replace(/\.$/, '');

/** Route 53, whose control plane is in one region: asked before a failover, and never needed during one. */
export function traffic(clients: Clients): Traffic {
  const route53 = clients((config) => new Route53Client(config))(EDGE_REGION);
  return {
    async failoverRecords(HostedZoneId, name) {
      const wanted = { HostedZoneId, StartRecordName: name, MaxItems: RECORDS };
      const { ResourceRecordSets } = await call('route53:ListResourceRecordSets', EDGE_REGION, (options) =>
        route53.send(new ListResourceRecordSetsCommand(wanted), options),
      );
      const own = (ResourceRecordSets ?? []).filter((one) => withoutDot(one.Name) === name);
      return own.flatMap(({ Failover, AliasTarget, HealthCheckId }) =>
        Failover === undefined
          ? []
          : [
              {
                role: Failover,
                target: withoutDot(AliasTarget?.DNSName),
                evaluatesTarget: AliasTarget?.EvaluateTargetHealth ?? false,
                healthCheck: HealthCheckId,
              },
            ],
      );
    },
    async healthCheck(HealthCheckId) {
      const answer = await orAbsent(
        call('route53:GetHealthCheck', EDGE_REGION, (options) =>
          route53.send(new GetHealthCheckCommand({ HealthCheckId }), options),
        ),
        'NoSuchHealthCheck',
      );
      const config = answer?.HealthCheck?.HealthCheckConfig;
      return config && checkOf(config);
    },
    async observations(HealthCheckId) {
      const answer = await call('route53:GetHealthCheckStatus', EDGE_REGION, (options) =>
        route53.send(new GetHealthCheckStatusCommand({ HealthCheckId }), options),
      );
      return (answer.HealthCheckObservations ?? []).map((one) => one.StatusReport?.Status ?? '');
    },
  };
}

function checkOf(config: HealthCheckConfig): HealthCheck {
  if (config.Type === 'CALCULATED') {
    return {
      kind: 'calculated',
      children: config.ChildHealthChecks ?? [],
      threshold: config.HealthThreshold ?? 0,
      inverted: config.Inverted ?? false,
    };
  }
  return {
    kind: 'asked',
    host: config.FullyQualifiedDomainName ?? '',
    path: config.ResourcePath ?? '',
    intervalSeconds: config.RequestInterval ?? 0,
    inARow: config.FailureThreshold ?? 0,
  };
}
