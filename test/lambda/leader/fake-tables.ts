import { type Item, VERSION } from '../../../lambda/leader/item';
import { ConditionRefused, type LeadershipTable, WriteConflict } from '../../../lambda/leader/ports';

/**
 * How one region takes one call. `lost-reply` does what is asked and says nothing; `late` says nothing and does it when
 * the test lets it arrive.
 */
export type Behaviour = 'works' | 'fails' | 'hangs' | 'lost-reply' | 'late' | 'conflict';

/** One table with strong consistency, as seen from several regions. */
export class FakeTables {
  item: Item | undefined;
  readonly calls: string[] = [];
  private readonly underWay: (() => void)[] = [];

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
      replace: (item, expectedVersion) =>
        this.call(region, 'replace', () => {
          const version = this.item?.[VERSION];
          if (!version || !('N' in version) || version.N !== String(expectedVersion)) {
            throw new ConditionRefused(region);
          }
          this.item = item;
        }),
    }));
  }

  /** Lets every late call come into force, if its condition still holds. */
  arrive(): void {
    for (const work of this.underWay.splice(0)) {
      try {
        work();
      } catch (error) {
        if (!(error instanceof ConditionRefused)) throw error;
      }
    }
  }

  private async call<T>(region: string, name: string, work: () => T): Promise<T> {
    const list = this.behaviours[region] ?? [];
    const count = this.calls.filter((call) => call.startsWith(region)).length;
    const behaviour = list[Math.min(count, list.length - 1)] ?? 'works';
    this.calls.push(`${region} ${name}`);
    if (behaviour === 'conflict') throw new WriteConflict(region);
    if (behaviour === 'fails') throw new Error(`${region} is down.`);
    if (behaviour === 'late') this.underWay.push(() => void work());
    if (behaviour === 'hangs' || behaviour === 'late') return new Promise<never>(() => undefined);
    const result = work();
    if (behaviour === 'lost-reply') return new Promise<never>(() => undefined);
    return result;
  }
}
