import type { Platform } from '../../lib/config/platform';
import { HOURS_PER_MONTH, sum } from '../../lib/cost/part';
import { databaseHourUsd, PRICES } from '../../lib/cost/prices';
import type { Place } from './context';
import type { Model } from './ports';
import { movesOf } from './switchover';

/** What a drill would call, and what that costs by list prices. How long RDS takes is not known before: it is assumed. */

/** A call that changes something, or a group of them. */
export interface PlannedCall {
  /** As in a policy. */
  readonly call: string;
  readonly region: string;
  readonly what: string;
  /** Undefined if the table has no price for it. */
  readonly usd: number | undefined;
}

/** How long instances are assumed to live, in hours. */
const ASSUMED_HOURS = { promotion: 1, restore: 2, kept: 24 } as const;
const COPIES_OF_A_RESTORE = 2;

export interface Planned {
  readonly platform: Platform;
  readonly place: Place;
  readonly identifier: string;
  /** Of the region in which the replica is made, and of the one that leads. */
  readonly models: { readonly standby: Model; readonly leader: Model };
  readonly switchover: boolean;
}

export function plannedCalls(planned: Planned): readonly PlannedCall[] {
  return [
    ...promotionCalls(planned),
    ...restoreCalls(planned),
    ...(planned.switchover ? moveCalls(planned) : []),
  ];
}

function promotionCalls({ place, identifier, models }: Planned): readonly PlannedCall[] {
  const { standby: region, leader } = place;
  const { standby: model } = models;
  const hours = ASSUMED_HOURS.promotion;
  const usd = instanceUsd(model, hours, model.multiAz);
  const free = (call: string, what: string): PlannedCall => ({ call, region, what, usd: 0 });
  return [
    {
      call: 'rds:CreateDBInstanceReadReplica',
      region,
      what: `${identifier}, a replica of the database in ${leader}: ${described(model, model.multiAz)} for ${hours} h, and a copy of ${model.storageGib} GiB at most across regions`,
      usd: usd === undefined ? undefined : usd + model.storageGib * PRICES.network.otherRegionGib,
    },
    free('rds:ModifyDBInstance', `${identifier} gets the parameters of the platform`),
    free('rds:RebootDBInstance', `${identifier} restarts with them`),
    free('rds:PromoteReadReplica', `${identifier} is promoted; this is measured`),
    free('rds:DeleteDBInstance', `${identifier} is deleted, with its backups`),
  ];
}

const restoreCalls = ({ platform, place, models }: Planned): readonly PlannedCall[] => {
  const { leader: model } = models;
  const hours = ASSUMED_HOURS.restore;
  const one = instanceUsd(model, hours, false);
  return [
    {
      call: 'lambda:InvokeFunction',
      region: place.leader,
      what: `${platform.name}-restore-drill makes ${COPIES_OF_A_RESTORE} copies (${described(model, false)}), compares and deletes them: ${hours} h`,
      usd: one === undefined ? undefined : one * COPIES_OF_A_RESTORE,
    },
  ];
};

function moveCalls({ place, models }: Planned): readonly PlannedCall[] {
  const modelOf = (region: string): Model => (region === place.leader ? models.leader : models.standby);
  return movesOf(place).map(({ command, region }) => {
    if (command === 'switchover')
      return {
        call: 'dynamodb:PutItem',
        region,
        what: `${region} is to lead; no region takes writes meanwhile`,
        usd: 0,
      };
    const model = modelOf(region);
    const kept = instanceUsd(model, ASSUMED_HOURS.kept, model.multiAz);
    return {
      call: 'dynamodb:PutItem',
      region,
      what: `${region} is rebuilt; its old database is kept aside until a person deletes it: ${described(model, model.multiAz)}, a day, and a copy of ${model.storageGib} GiB`,
      usd: kept === undefined ? undefined : kept + model.storageGib * PRICES.network.otherRegionGib,
    };
  });
}

const described = ({ instanceClass, storageGib }: Model, multiAz: boolean): string =>
  `${instanceClass}${multiAz ? ', Multi-AZ' : ''}, ${storageGib} GiB`;

/** @returns USD of an instance with its storage for so many hours; undefined if its class has no price in the table */
export function instanceUsd(
  { instanceClass, storageGib }: Model,
  hours: number,
  multiAz: boolean,
): number | undefined {
  const hourUsd = databaseHourUsd(PRICES, instanceClass);
  if (hourUsd === undefined) return undefined;
  const storageUsd = (storageGib * PRICES.database.storageGibMonth) / HOURS_PER_MONTH;
  return hours * (multiAz ? 2 : 1) * (hourUsd + storageUsd);
}

/** @returns what the dry run says, one sentence for each call and one for all */
export function costSentences(calls: readonly PlannedCall[]): readonly string[] {
  const unpriced = calls.some(({ usd }) => usd === undefined);
  const total = sum(calls.map(({ usd = 0 }) => usd));
  return [
    ...calls.map(({ call, region, what, usd }) => `${call} in ${region}: ${what}. ${priceOf(usd)}`),
    `About ${total.toFixed(2)} USD in all${unpriced ? ', without what has no price here' : ''}, by prices of ${PRICES.asOf} in ${PRICES.region}; how long RDS takes is assumed.`,
  ];
}

const priceOf = (usd: number | undefined): string =>
  usd === undefined ? 'Its price is not in the table.' : usd === 0 ? 'Free.' : `${usd.toFixed(2)} USD.`;
