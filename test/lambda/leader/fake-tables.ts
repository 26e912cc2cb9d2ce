import type { Item } from '../../../lambda/leader/item';
import { ConditionRefused, type LeadershipTable, WriteConflict } from '../../../lambda/leader/ports';

/** How one region takes one call. `lost-reply` does what is asked and says nothing. */
export type Behaviour = 'works' | 'fails' | 'hangs' | 'lost-reply' | 'conflict';

/** One table with strong consistency, as seen from several regions. */
export class FakeTables {
  item: Item | undefined;
  readonly calls: string[] = [];

  constructor(private readonly behaviours: Readonly<Record<string, readonly Behaviour[]>>) {}

  get tables(): readonly LeadershipTable[] {
    return Object.keys(this.behaviours).map((region) => ({
      region,
      read: () => this.call(region, 'read', () => this.item),
      create: (item) =>
        this.call(region, 'create', () => {
          if (this.item) throw new ConditionRefused(region);
          this.item = item;
        }),
    }));
  }

  private async call<T>(region: string, name: string, work: () => T): Promise<T> {
    const list = this.behaviours[region] ?? [];
    const count = this.calls.filter((call) => call.startsWith(region)).length;
    const behaviour = list[Math.min(count, list.length - 1)] ?? 'works';
    this.calls.push(`${region} ${name}`);
    if (behaviour === 'conflict') throw new WriteConflict(region);
    if (behaviour === 'fails') throw new Error(`${region} is down.`);
    if (behaviour === 'hangs') return new Promise<never>(() => undefined);
    const result = work();
    if (behaviour === 'lost-reply') return new Promise<never>(() => undefined);
    return result;
  }
}
