import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ObjectStore } from '../../../lambda/archive/store';
import { reportKey } from '../../../lambda/restore-drill/contract';
import type { DrillRecord } from '../../../lambda/restore-drill/record';
import { drillRecords } from '../../../lambda/restore-drill/records';
import { HoldfastError } from '../../../lambda/runtime/errors';
import type { Clients } from '../../checks/aws/call';
import type { RestoreDrills, RestoreReport } from '../ports';
import { call } from './call';

/** An object under the name of a report is none. */
export class StrangeReport extends HoldfastError {
  constructor(
    readonly key: string,
    readonly store: string,
  ) {
    super(`${key} in ${store} is no report of a restore drill.`);
  }
}

/** The store tries by itself for so long, in milliseconds. */
const READ_MS = 90_000;

/**
 * @param name of the function, the same in both regions
 * @param storeIn the archive of a region, which holds its drills
 */
export function restoreDrills(
  clients: Clients,
  name: string,
  storeIn: (region: string) => ObjectStore,
): RestoreDrills {
  const lambda = clients((config) => new LambdaClient(config));
  return {
    async last(region) {
      const records = drillRecords(storeIn(region));
      const written = await call('s3:ListBucket', region, () => records.last(), READ_MS);
      return written?.record;
    },
    async report(region, id) {
      const [store, key] = [storeIn(region), reportKey(id)];
      const bytes = await call('s3:GetObject', region, () => store.get(key), READ_MS);
      if (bytes === undefined) return undefined;
      const report: unknown = JSON.parse(Buffer.from(bytes).toString());
      if (isReport(report)) return report;
      throw new StrangeReport(key, store.name);
    },
    async invoke(region, request) {
      const command = new InvokeCommand({
        FunctionName: name,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(request)),
      });
      await call('lambda:InvokeFunction', region, (options) => lambda(region).send(command, options));
    },
  };
}

/** Looks at what is used here. */
function isReport(value: unknown): value is RestoreReport {
  if (typeof value !== 'object' || value === null) return false;
  const { id, outcome, beganMs, nativeTimeMs, sentence } = value as Partial<
    DrillRecord & { sentence: string }
  >;
  return (
    typeof id === 'string' &&
    typeof sentence === 'string' &&
    typeof beganMs === 'number' &&
    typeof nativeTimeMs === 'number' &&
    (outcome === 'succeeded' || outcome === 'failed')
  );
}
