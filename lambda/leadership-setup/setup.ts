import { LeadershipUnreachable } from '../leader/read';
import { firstRecord, type LeadershipRecord } from '../leader/record';
import type { CustomResource, Outcome } from '../runtime/custom-resource';
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

export function setup(leadership: Leadership): CustomResource<SetupProperties> {
  return {
    parse: (properties) => ({
      homeRegion: text(properties, 'HomeRegion'),
      leaseSeconds: wholeNumber(properties, 'LeaseSeconds', 1),
    }),
    physicalId: () => 'leadership-record',
    async create({ homeRegion, leaseSeconds }, host) {
      const first = firstRecord(homeRegion, leaseSeconds);
      const { created, record } = await untilAllowed(host, isRefused)('dynamodb:PutItem', () =>
        leadership.createIfAbsent(first),
      );
      return outcome(record, created ? 'The first record was written' : 'The record there was left as it is');
    },
    async update(_, host) {
      const record = await untilAllowed(host, isRefused)('dynamodb:GetItem', () => leadership.read());
      if (!record) throw new RecordLost();
      return outcome(record, 'The record was left as it is');
    },
    async delete() {},
  };
}

/** No region of the table answered, and one of them because the function's policy is not in force there yet. */
const isRefused = (error: unknown): boolean =>
  error instanceof LeadershipUnreachable && error.failures.some((failure) => isRefusal(failure.error));

function outcome(record: LeadershipRecord, what: string): Outcome {
  return {
    data: { Epoch: String(record.epoch), Holder: record.holder },
    sentence: `${what}: ${record.holder} is the holder at epoch ${record.epoch}.`,
  };
}
