import { setTimeout as wait } from 'node:timers/promises';
import { fetched } from '../../../../lambda/grafana-setup/aws';
import type { Properties } from '../../../../lambda/grafana-setup/contract';
import type { World } from '../../../../lambda/grafana-setup/ports';
import type { Clock } from '../../../../lambda/runtime/clock';
import type { Host } from '../../../../lambda/runtime/custom-resource';
import type { GrafanaServer } from './grafana-server';

/** A second of the function is 50 ms here: connections are real, and nobody waits for minutes. */
const FASTER = 20;
export const quickClock = (): Clock => ({
  now: () => performance.now() * FASTER,
  monotonic: () => performance.now() * FASTER,
  sleep: (milliseconds, signal) => wait(milliseconds / FASTER, undefined, signal ? { signal } : {}),
});

export interface Logged {
  readonly event: string;
  readonly error: string;
}
export const quickHost = (seconds = 290): Host & { readonly events: readonly Logged[] } => {
  const clock = quickClock();
  const events: Logged[] = [];
  return {
    clock,
    events,
    deadline: clock.now() + seconds * 1000,
    log: (event, fields) => void events.push({ event, error: String(fields?.error) }),
  };
};

export const ADDRESS = '/holdfast/shop/metrics-address';
export const APPLIED = '/holdfast/shop/grafana-applied';
export const properties = (change: Partial<Properties> = {}): Properties => ({
  WorkspaceId: 'g-1',
  Endpoint: 'g-1.grafana-workspace.us-west-2.amazonaws.com',
  FolderUid: 'holdfast-shop',
  FolderTitle: 'shop',
  Bucket: 'assets',
  Key: 'one.json',
  Sources: ['standby=us-west-2', 'home=us-east-1'],
  AddressParameter: ADDRESS,
  AppliedParameter: APPLIED,
  Revision: 'code-1',
  ...change,
});

export const dashboard = (uid: string, title = uid) => ({ uid, title, tags: ['holdfast'], panels: [] });

/** A Grafana over real connections, and the rest of the world in memory. */
export class TestWorld implements World {
  readonly issued: { readonly key: string; deleted: boolean; readonly seconds: number }[] = [];
  readonly stored = new Map<string, string>([
    [`us-west-2 ${ADDRESS}`, 'https://aps-workspaces.us-west-2.amazonaws.com/workspaces/ws-b/'],
    [`us-east-1 ${ADDRESS}`, 'https://aps-workspaces.us-east-1.amazonaws.com/workspaces/ws-a/'],
  ]);
  readonly kept = new Map<string, string>([
    ['assets/one.json', JSON.stringify({ dashboards: [dashboard('a'), dashboard('b')] })],
  ]);
  /** Regions whose parameters cannot be asked for. */
  readonly unreachable = new Set<string>();
  canDeleteTokens = true;
  readonly http = fetched;
  readonly base = (): string => this.grafana.base;

  constructor(private readonly grafana: GrafanaServer) {}

  readonly tokens = () => ({
    create: async (seconds: number) => {
      const issued = { key: `token-${this.issued.length}`, deleted: false, seconds };
      this.issued.push(issued);
      this.grafana.tokens.add(issued.key);
      return {
        key: issued.key,
        delete: async () => {
          if (!this.canDeleteTokens) throw new Error('throttled');
          issued.deleted = true;
          this.grafana.tokens.delete(issued.key);
        },
      };
    },
  });

  readonly files = {
    read: async (bucket: string, key: string) => {
      const text = this.kept.get(`${bucket}/${key}`);
      if (text === undefined) throw new Error(`${bucket}/${key} is not there.`);
      return text;
    },
  };

  readonly parameters = {
    read: async (region: string, name: string) => {
      if (this.unreachable.has(region)) throw new Error(`connect ETIMEDOUT ssm.${region}.amazonaws.com`);
      return this.stored.get(`${region} ${name}`);
    },
    write: async (name: string, value: string) => void this.stored.set(`us-west-2 ${name}`, value),
    delete: async (name: string) => void this.stored.delete(`us-west-2 ${name}`),
  };

  /** What is written down as applied. */
  get applied(): string | undefined {
    return this.stored.get(`us-west-2 ${APPLIED}`);
  }
}
