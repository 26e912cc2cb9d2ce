import { CallFailed } from '../../../bin/checks/failures';
import type { Backups, NewInstance, RecoveryPorts, RestoredInstance } from '../../../bin/recover/ports';
import type { Base } from '../../../lambda/archive/restore/base';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { RestoreReply, RestoreRequest } from '../../../lambda/restore/request';
import { type MemoryStore, memoryStore } from '../../lambda/archive/support/memory-store';
import { HOME, STANDBY, serving } from '../operate/records';

/** A platform's recovery, made of values. */
export class FakeRecovery implements RecoveryPorts {
  record: LeadershipRecord | undefined | Error = serving();
  bases: Record<string, readonly Base[] | Error> = {
    [HOME]: [
      {
        kind: 'point-in-time',
        region: HOME,
        origin: HOME,
        source: { identifier: 'demo-db' },
        earliestMs: Date.UTC(2026, 0, 1),
        latestMs: Date.UTC(2026, 0, 31, 12),
      },
    ],
    [STANDBY]: [],
  };
  /** Regions whose RDS does not answer. */
  readonly silent = new Set<string>();
  readonly instances = new Map<string, RestoredInstance>();
  readonly made: NewInstance[] = [];
  readonly asked: { readonly region: string; readonly request: RestoreRequest }[] = [];
  /** By operation; each answer is given once, the last one for ever. */
  readonly replies = new Map<RestoreRequest['operation'], (RestoreReply | Error)[]>();
  readonly store: MemoryStore = memoryStore();

  readonly leadership = { read: async () => unless(this.record) };

  readonly functions: RecoveryPorts['functions'] = {
    invoke: async (region, request) => {
      this.asked.push({ region, request });
      const replies = this.replies.get(request.operation) ?? [];
      const [reply] = replies.length > 1 ? replies.splice(0, 1) : replies;
      if (reply === undefined) throw new Error(`Nobody expected ${request.operation}.`);
      return unless(reply);
    },
  };

  readonly backups: Backups = {
    bases: async (region) => {
      this.ask('rds:DescribeDBSnapshots', region);
      return unless(this.bases[region] ?? []);
    },
    find: async (region, identifier) => {
      this.ask('rds:DescribeDBInstances', region);
      const name = `${region}/${identifier}`;
      const found = this.instances.get(name);
      if (found?.status === 'creating') this.instances.set(name, { ...found, status: 'available' });
      return found;
    },
    settings: async (region) => {
      this.ask('rds:DescribeDBInstances', region);
      return {
        instanceClass: 'db.m7g.large',
        subnetGroup: 'demo-db',
        parameterGroup: 'demo-parameters',
        securityGroup: 'sg-quarantine',
      };
    },
    restore: async (region, instance) => {
      this.ask('rds:RestoreDBInstanceToPointInTime', region);
      this.made.push(instance);
      const target = instance.tags['holdfast:restore'];
      this.instances.set(`${region}/${instance.identifier}`, { status: 'creating', target });
    },
  };

  readonly archive = () => this.store;
  readonly archiveIn = () => this.store;

  private ask(action: string, region: string): void {
    if (this.silent.has(region)) throw new CallFailed(action, region, new Error('ENETUNREACH'));
  }
}

function unless<T>(value: T | Error): T {
  if (value instanceof Error) throw value;
  return value;
}
