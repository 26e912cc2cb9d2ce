import { LeadershipUnreachable } from '../leader/read';
import { firstRecord, type LeadershipRecord } from '../leader/record';
import type { CustomResource, Host, Outcome } from '../runtime/custom-resource';
import { HoldfastError } from '../runtime/errors';
import { isRefusal, untilAllowed } from '../runtime/permission';
import { text, wholeNumber } from '../runtime/properties';
import type { Leadership } from './ports';

/**
 * Makes the first leadership record, once in the life of a platform. Who leads afterwards is run-time state: no
 * update and no deletion of a stack touches it, and a record that has been lost is not made again, because only its
 * epoch kept the two sides apart.
 */

export interface SetupProperties {
  readonly homeRegion: string;
  readonly leaseSeconds: number;
  readonly enforceSeconds: number;
  /** Epoch of the lease in home's database; 0 if nobody has led it yet, or if there is no managed database. */
  readonly leaseEpoch: number;
}

/** A deployed platform whose table is empty. */
export class RecordLost extends HoldfastError {
  constructor() {
    super(
      'The leadership table holds no record, though this platform was deployed before. It is not made again by a ' +
        'deployment, because its epoch is not known. Restore the table from its backup.',
    );
  }
}

/** The database has been led before, and the table that knew by whom is empty. */
export class DatabaseHasLease extends HoldfastError {
  constructor(readonly epoch: number) {
    super(
      `The database has already been led at epoch ${epoch}, but the leadership table holds no record. The first record ` +
        'is not made, because its epoch would be used a second time. Restore the table from its backup.',
    );
  }
}

export function setup(leadership: Leadership): CustomResource<SetupProperties> {
  return {
    parse: (properties) => ({
      homeRegion: text(properties, 'HomeRegion'),
      leaseSeconds: wholeNumber(properties, 'LeaseSeconds', 1),
      enforceSeconds: wholeNumber(properties, 'EnforceSeconds', 1),
      leaseEpoch: properties.LeaseEpoch === undefined ? 0 : wholeNumber(properties, 'LeaseEpoch', 0),
    }),
    physicalId: () => 'leadership-record',
    async create({ homeRegion, leaseSeconds, enforceSeconds, leaseEpoch }, host) {
      if (leaseEpoch > 0) {
        const present = await read(leadership, host);
        if (!present) throw new DatabaseHasLease(leaseEpoch);
        return outcome(present, LEFT);
      }
      const first = firstRecord(homeRegion, leaseSeconds, enforceSeconds);
      const { created, record } = await untilAllowed(host, isRefused)('dynamodb:PutItem', () =>
        leadership.createIfAbsent(first),
      );
      return outcome(record, created ? 'The first record was written' : LEFT);
    },
    async update(_, host) {
      const record = await read(leadership, host);
      if (!record) throw new RecordLost();
      return outcome(record, LEFT);
    },
    async delete() {},
  };
}

const LEFT = 'The record there was left as it is';

const read = (leadership: Leadership, host: Host): Promise<LeadershipRecord | undefined> =>
  untilAllowed(host, isRefused)('dynamodb:GetItem', () => leadership.read());

/** No region of the table answered, and one of them because the function's policy is not in force there yet. */
const isRefused = (error: unknown): boolean =>
  error instanceof LeadershipUnreachable && error.failures.some((failure) => isRefusal(failure.error));

function outcome(record: LeadershipRecord, what: string): Outcome {
  return {
    data: { Epoch: String(record.epoch), Holder: record.holder },
    sentence: `${what}: ${record.holder} is the holder at epoch ${record.epoch}.`,
  };
}
