import { GetHostedZoneCommand, ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { EDGE_REGION } from '../../../lib/config/names';
import type { HostedZones } from '../ports';
import { type Clients, call, once, orAbsent } from './call';

/** Records under one name that are asked for: more than the types that can be in the way, with all their variants. */
const RECORDS = 50;

const withoutDot = (name: string): string => name.replace(/\.$/, '');

export function hostedZones(clients: Clients): HostedZones {
  const route53 = clients((config) => new Route53Client(config));
  const zone = once(async (id) => {
    const answer = await orAbsent(
      call('route53:GetHostedZone', EDGE_REGION, (options) =>
        route53(EDGE_REGION).send(new GetHostedZoneCommand({ Id: id }), options),
      ),
      'NoSuchHostedZone',
    );
    if (!answer?.HostedZone) return undefined;
    return {
      name: withoutDot(answer.HostedZone.Name ?? ''),
      isPrivate: answer.HostedZone.Config?.PrivateZone ?? false,
      nameServers: answer.DelegationSet?.NameServers ?? [],
    };
  });
  return {
    zone,
    async recordTypes(id, name) {
      const { ResourceRecordSets: found } = await call(
        'route53:ListResourceRecordSets',
        EDGE_REGION,
        (options) =>
          route53(EDGE_REGION).send(
            new ListResourceRecordSetsCommand({ HostedZoneId: id, StartRecordName: name, MaxItems: RECORDS }),
            options,
          ),
      );
      const own = (found ?? []).filter((record) => withoutDot(record.Name ?? '') === name);
      return [...new Set(own.map((record) => String(record.Type)))];
    },
  };
}
