import { setTimeout as wait } from 'node:timers/promises';
import { fromItem, type Item, toItem, VERSION } from '../../../lambda/leader/item';
import { ConditionRefused, type LeadershipTable } from '../../../lambda/leader/ports';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { recordedLeadership } from '../../../lambda/region-agent/aws/leadership';
import { systemClock } from '../../../lambda/runtime/clock';
import { HOME, type Place, STANDBY, WITNESS } from './places';

/** Time on the way to a region and back, in milliseconds. */
const WAY_MS = 3;

/** One linearizable leadership table, served by three regions, from which places can be cut off. */
export class ThreeTables {
  private readonly cut = new Set<string>();

  constructor(private item: Item) {}

  static holding(record: LeadershipRecord): ThreeTables {
    return new ThreeTables(toItem(record, 'first'));
  }

  get record(): LeadershipRecord {
    return fromItem(this.item);
  }

  /** No region of the table is reached from there any more. */
  cutOff(place: Place): void {
    this.cut.add(place);
  }

  connect(place: Place): void {
    this.cut.delete(place);
  }

  /** The table as somebody at `place` reaches it. */
  from(place: string): readonly LeadershipTable[] {
    return [HOME, STANDBY, WITNESS].map((region) => {
      const call = async <T>(work: () => T): Promise<T> => {
        await wait(WAY_MS);
        if (this.cut.has(place)) throw new Error(`${region} is not reached from ${place}.`);
        return work();
      };
      return {
        region,
        read: () => call(() => this.item),
        create: () => Promise.reject(new ConditionRefused(region)),
        replace: (item, expected) => call(() => this.replace(region, item, expected)),
      };
    });
  }

  /** What an operator does: reads and changes until nobody was faster. */
  async change(next: (record: LeadershipRecord) => LeadershipRecord): Promise<void> {
    const operator = recordedLeadership(this.from('operator'), systemClock);
    for (;;) {
      const { record } = this;
      if ((await operator.replace(record, next(record))).written) return;
    }
  }

  private replace(region: string, item: Item, expected: number): void {
    const version = this.item[VERSION];
    if (!version || !('N' in version) || version.N !== String(expected)) throw new ConditionRefused(region);
    this.item = item;
  }
}

/** @returns the region that led in an epoch; undefined if there was none */
export const holderOf = ({ history }: LeadershipRecord, epoch: number): string | undefined =>
  history.find((entry) => entry.epoch === epoch)?.holder;
