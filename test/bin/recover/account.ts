import { CallFailed } from '../../../bin/checks/failures';
import { partsIn } from '../../../bin/checks/platform-stacks';
import type {
  ComponentPorts,
  PlatformPorts,
  PlatformRequest,
  SharedSnapshot,
} from '../../../bin/recover/platform/ports';
import { recoverPlatform } from '../../../bin/recover/platform/run';
import type { Ended } from '../../../bin/recover/telling';
import { stackName } from '../../../lib/config/names';
import { FakePlatform } from '../operate/fakes';
import { HOME, NOW, STANDBY, serving } from '../operate/records';
import { platform } from '../support/ports';
import { FakeRecovery } from './fakes';

/** With a migration: its stack goes before that of its service. */
export const PLATFORM = platform([
  'buckets: [uploads]\n',
  'buckets: [uploads]\n    migration: { command: [migrate] }\n',
]);
const WITNESS = PLATFORM.regions.witness.name;
const REGIONS = [...new Set([HOME, STANDBY, WITNESS, 'us-east-1'])];
export const ALL = REGIONS.flatMap((region) =>
  partsIn(PLATFORM, region).map((part) => ({ region, name: stackName(PLATFORM, region, part) })),
);
const ASK: PlatformRequest = { from: undefined, data: false };

/** An account that holds what its maps say; deploying a stack makes it. */
export class Account implements PlatformPorts {
  readonly there = new Map<string, string>();
  readonly recovery = new FakeRecovery();
  /** Regions in which neither CloudFormation nor RDS answers. */
  readonly silent = this.recovery.silent;
  readonly deployed: string[] = [];
  readonly undeleted: string[] = [];
  deleted: string[] = [];
  goneBuckets: string[] = [];
  /** Deployments that end well before one fails. */
  deploysLeft = Number.POSITIVE_INFINITY;
  readonly operator = new FakePlatform(serving());
  readonly stacks: PlatformPorts['stacks'] = {
    list: async (region) => {
      if (this.silent.has(region))
        throw new CallFailed('cloudformation:ListStacks', region, new Error('ENETUNREACH'));
      return ALL.flatMap((stack) => {
        const status = this.there.get(stack.name);
        return stack.region === region && status ? [{ name: stack.name, status, isProtected: true }] : [];
      });
    },
  };
  readonly deployer: PlatformPorts['deployer'] = {
    deploy: async (stacks) => {
      for (const name of stacks) {
        if (this.deploysLeft === 0) throw new Error(`cdk deploy ended with 1 at ${name}.`);
        this.deploysLeft -= 1;
        this.deployed.push(name);
        this.there.set(name, 'CREATE_COMPLETE');
      }
    },
  };
  readonly components: ComponentPorts = {
    cache: {
      snapshots: async () => [{ name: 'last-night', takenMs: NOW }],
      status: async (_, group) => (this.caches.has(group) ? 'available' : undefined),
      restore: async (_, group) => {
        this.caches.add(group);
      },
    },
    objects: {
      versions: (region, bucket) => this.versions(region, bucket),
      copy: async () => undefined,
    },
    secrets: {
      list: async (region) => (region === HOME ? this.deleted.map((name) => ({ name, deletedMs: NOW })) : []),
      versions: async () => [],
      undelete: async (region, name) => {
        this.deleted = this.deleted.filter((one) => one !== name);
        this.undeleted.push(`${region} ${name}`);
      },
      makeCurrent: async () => undefined,
    },
  };
  readonly caches = new Set<string>();
  /** Snapshots that the lost account shares. */
  offers: readonly SharedSnapshot[] = [];
  /** Looks at the copy until it is there, or what becomes of it instead. */
  copyEnds: number | string = 3;
  readonly copies = new Map<string, SharedSnapshot>();
  readonly shared: PlatformPorts['shared'] = {
    list: async (region) => this.offers.filter((one) => one.region === region),
    status: async (region, name) => {
      const source = this.copies.get(name);
      if (!source) return undefined;
      if (typeof this.copyEnds === 'string') return { status: this.copyEnds, percent: 0 };
      this.copyEnds -= 1;
      if (this.copyEnds > 0) return { status: 'creating', percent: 40 };
      const { takenMs } = source;
      this.recovery.bases = { [region]: [{ kind: 'snapshot', region, origin: region, name, takenMs }] };
      return { status: 'available', percent: 100 };
    },
    copy: async (snapshot, name) => {
      this.copies.set(name, snapshot);
      this.deployed.push(`copy of ${name}`);
    },
  };

  /** @param whole whether everything is there already */
  constructor(whole: boolean) {
    if (whole) for (const { name } of ALL) this.there.set(name, 'CREATE_COMPLETE');
    this.recovery.replies.set('prepare', [
      { operation: 'prepare', outcome: 'done', sentence: 'It is closed.', database: DATABASE },
    ]);
    this.recovery.replies.set('top-up', [
      { operation: 'top-up', outcome: 'done', sentence: 'Added 5.', applied: 5, last: LAST, head: LAST },
    ]);
    this.recovery.replies.set('verify', [
      {
        operation: 'verify',
        outcome: 'done',
        sentence: 'Read.',
        problems: [],
        tables: [],
        leftOut: [],
        last: LAST,
        unheld: null,
      },
    ]);
    if (whole) {
      this.recovery.instances.set(`${HOME}/demo-db`, { status: 'available', target: undefined });
      this.caches.add('demo-cache');
    }
  }

  /** What a person does by the runbook: the copy gets the identifier of the writer. */
  letCopyLead(): void {
    const copy = this.recovery.instances.get(`${HOME}/demo-db-restore-recover`);
    if (!copy) throw new Error('There is no copy.');
    this.recovery.instances.delete(`${HOME}/demo-db-restore-recover`);
    this.recovery.instances.set(`${HOME}/demo-db`, { ...copy, createdMs: LATER });
  }

  private async *versions(region: string, bucket: string): AsyncGenerator<never> {
    const none: readonly never[] = [];
    yield* none;
    if (!this.goneBuckets.includes(bucket)) return;
    throw new CallFailed(
      's3:ListBucketVersions',
      region,
      Object.assign(new Error('gone'), { name: 'NoSuchBucket' }),
    );
  }
}

/** After the end of every backup. */
export const LATER = NOW + 365 * 86_400_000;
const DATABASE = {
  version: '17.6',
  system: '7',
  database: 'app',
  position: '0/5',
  timeline: 2,
  closed: true,
  epoch: 1,
  activeJobs: 0,
};
const LAST = { endLsn: '0/99', commitTimeUs: String(BigInt(NOW) * 1000n) };

export async function recover(
  account: Account,
  { dryRun = false, request = ASK }: { readonly dryRun?: boolean; readonly request?: PlatformRequest } = {},
): Promise<Ended & { readonly told: string }> {
  const told: string[] = [];
  let elapsed = 0;
  const clock = {
    now: () => NOW,
    monotonic: () => elapsed,
    sleep: async (milliseconds: number) => {
      elapsed += milliseconds;
    },
  };
  const manner = { json: false, dryRun, clock, stop: new AbortController().signal };
  const ended = await recoverPlatform({
    platform: PLATFORM,
    request,
    ports: account,
    manner,
    tell: (sentence) => told.push(sentence),
  });
  return { ...ended, told: told.join('\n') };
}

/** Place of the first stack of a part among those that were deployed. */
export const placeOf = ({ deployed }: Account, part: string): number =>
  deployed.findIndex((name) => name.endsWith(part));
