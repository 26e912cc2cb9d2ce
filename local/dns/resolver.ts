import {
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandOutput,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { ClientConfig } from '../internal';

/** Whether a health check is healthy; null if nothing is known of it. */
export type CheckStates = Readonly<Record<string, boolean | null>>;

/** Seconds for which the answer of an alias to a balancer may be kept. */
export const ALIAS_TTL_SECONDS = 60;
/** Aliases that lead to aliases are followed so far. */
const DEPTH = 5;

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/**
 * The records of a hosted zone as they are deployed, answered as Route 53 answers.
 *
 * What it does not do: policies other than failover, wildcards, and the health of what an alias leads to, which no record
 * of Holdfast asks for.
 */
export class Zone {
  constructor(private readonly records: readonly ResourceRecordSet[]) {}

  static async read(config: ClientConfig, zoneId: string): Promise<Zone> {
    const client = new Route53Client(config);
    try {
      const page = (from: Partial<ListResourceRecordSetsCommandOutput>) =>
        client.send(
          new ListResourceRecordSetsCommand({
            HostedZoneId: zoneId,
            StartRecordName: from.NextRecordName,
            StartRecordType: from.NextRecordType,
            StartRecordIdentifier: from.NextRecordIdentifier,
          }),
        );
      let last = await page({});
      const records = [...(last.ResourceRecordSets ?? [])];
      while (last.IsTruncated) {
        last = await page(last);
        records.push(...(last.ResourceRecordSets ?? []));
      }
      return new Zone(records);
    } finally {
      client.destroy();
    }
  }

  /**
   * Follows the aliases of a name, as far as they lead within the zone.
   * @returns the last name within the zone, such as the fixed name of a region; undefined if there is no such name
   */
  resolve(name: string, states: CheckStates): string | undefined {
    let at = plain(name);
    for (let step = 0; step < DEPTH; step += 1) {
      const record = this.answer(at, states);
      if (!record) return step === 0 ? undefined : at;
      const target = record.AliasTarget?.DNSName;
      const within =
        target !== undefined && this.records.some((one) => plain(one.Name ?? '') === plain(target));
      if (!within) return at;
      at = plain(target);
    }
    return at;
  }

  /**
   * Of failover records the primary while it is healthy, else the secondary while that one is; if neither is, the primary.
   * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
   */
  private answer(name: string, states: CheckStates): ResourceRecordSet | undefined {
    const found = this.records.filter(({ Name, Type }) => plain(Name ?? '') === name && Type === 'A');
    const isHealthy = ({ HealthCheckId }: ResourceRecordSet): boolean =>
      // Without a check, and before anything is known of it, a record is healthy.
      HealthCheckId === undefined || states[HealthCheckId] !== false;
    const primary = found.find(({ Failover }) => Failover === 'PRIMARY');
    const secondary = found.find(({ Failover }) => Failover === 'SECONDARY');
    if (!primary || !secondary) return found[0];
    if (isHealthy(primary)) return primary;
    return isHealthy(secondary) ? secondary : primary;
  }
}
