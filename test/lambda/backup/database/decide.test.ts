import { describe, expect, it } from '@jest/globals';
import { COPIES_AT_ONCE, decideDatabase } from '../../../../lambda/backup/database/decide';
import type { DatabaseObservation } from '../../../../lambda/backup/database/observation';
import type { DatabaseSnapshot } from '../../../../lambda/backup/database/snapshot';
import { recordOf, STANDBY } from '../support/settings';
import {
  at,
  copyOf,
  databaseSettings,
  instance,
  known,
  observation,
  replication,
  snapshot,
  unknown,
} from '../support/snapshots';

const NOW = at('2026-11-21T02:15');
const TODAY = 'shop-db-backup-nightly-20261121-0200';
const decide = (patch: Partial<DatabaseObservation>, nowMs = NOW, settings = databaseSettings()) =>
  decideDatabase(observation(patch), settings, nowMs);
const both = (own: readonly DatabaseSnapshot[], other: readonly DatabaseSnapshot[]) => ({
  snapshots: { own: known(own), other: known(other) },
});
const kinds = ({ actions }: ReturnType<typeof decide>): string[] => actions.map(({ kind }) => kind);

describe('a time that has passed', () => {
  it('without a backup gets one, named by schedule and time', () => {
    expect(decide({}).actions).toMatchObject([{ kind: 'take', name: TODAY }]);
  });

  it('with a snapshot that is made, or good, gets no second one', () => {
    for (const status of ['creating', 'available']) {
      expect(kinds(decide(both([snapshot('2026-11-21T02:00', { status })], [])))).not.toContain('take');
    }
  });

  it('that the other region has a backup of gets its copy here instead', () => {
    const plan = decide(both([], [copyOf(snapshot('2026-11-21T02:00'))]));
    expect(plan.actions).toMatchObject([{ kind: 'copy', to: 'own', name: TODAY }]);
  });

  it('waits while the instance is busy, and after an hour that is a failure', () => {
    const busy = { instance: known(instance({ status: 'backing-up' })) };
    const sentence =
      "The database's backup of nightly for 2026-11-21T02:00:00.000Z waits: the instance shop-db in us-east-1 is backing-up.";
    expect(decide(busy)).toMatchObject({ actions: [], failures: [], notes: [sentence] });
    expect(decide(busy, at('2026-11-21T03:15')).failures).toEqual([sentence]);
  });

  it('of two schedules at once is done one after the other', () => {
    const settings = databaseSettings({
      schedules: [
        { name: 'nightly', at: '02:00', covers: ['database'] },
        { name: 'second', at: '02:10', covers: ['database'] },
      ],
    });
    const plan = decide({}, NOW, settings);
    expect(plan.actions).toMatchObject([{ kind: 'take', name: TODAY }]);
    expect(plan.notes).toEqual([expect.stringContaining('waits for that of nightly')]);
  });
});

describe('nothing is begun', () => {
  it('of a replica', () => {
    const plan = decide({ instance: known(instance({ source: 'arn:of:the:source' })) });
    expect(plan.actions).toEqual([]);
    expect(plan.notes).toEqual([expect.stringContaining('is a replica of arn:of:the:source')]);
  });

  it.each(['CLAIMED', 'PROMOTING', 'DRAINING', 'HANDOFF'] as const)('while the lead is %s', (state) => {
    const plan = decide({ leadership: known(recordOf({ state })) });
    expect(plan).toMatchObject({ actions: [], failures: [] });
    expect(plan.notes).toEqual([`Nothing is begun while the lead moves: it is ${state} by us-east-1.`]);
  });

  it('by the region that does not lead', () => {
    const plan = decide({ leadership: known(recordOf({ holder: STANDBY })) });
    expect(plan).toMatchObject({
      actions: [],
      failures: [],
      notes: ['us-west-2 leads and takes the backups; us-east-1 only looks.'],
    });
  });

  it('while leadership is unknown, which is a failure', () => {
    const plan = decide({ leadership: unknown('The table is away.') });
    expect(plan.actions).toEqual([]);
    expect(plan.failures).toEqual(['Nothing is begun, because leadership is unknown: The table is away.']);
  });

  it('under a name that a person has taken, which is a failure', () => {
    const plan = decide(both([snapshot('2026-11-21T02:00', { owned: false })], []));
    expect(plan.actions).toEqual([]);
    expect(plan.failures).toEqual([
      `The snapshot ${TODAY} in us-east-1 is no good backup: it does not carry the tags of this function.`,
    ]);
  });
});

describe('a snapshot', () => {
  it('that is good is copied to the other region once', () => {
    const original = snapshot('2026-11-21T02:00');
    expect(decide(both([original], [])).actions).toMatchObject([{ kind: 'copy', to: 'other', name: TODAY }]);
    const copying = copyOf(original, { status: 'copying' });
    expect(decide(both([original], [copying])).actions).toEqual([]);
  });

  it.each([
    [{ encrypted: false }, 'it is not encrypted'],
    [{ sizeGib: 0 }, 'it is empty'],
    [{ engine: 'mysql' }, 'it is of the engine mysql'],
    [{ keyRegion: STANDBY }, 'its key is one of us-west-2'],
  ])('that is not what was asked for is no backup and is left to a person: %j', (patch, why) => {
    const plan = decide(both([snapshot('2026-11-21T02:00', patch)], []));
    expect(plan.actions).toEqual([]);
    expect(plan.failures).toEqual([`The snapshot ${TODAY} in us-east-1 is no good backup: ${why}.`]);
  });

  it('that failed is removed, and taken again by a later start', () => {
    const failed = snapshot('2026-11-21T02:00', { status: 'failed' });
    const plan = decide(both([failed], []));
    expect(plan.actions).toEqual([{ kind: 'discard', name: TODAY, at: 'own' }]);
    expect(plan.failures).toHaveLength(1);
  });

  it('that RDS is at work on for more than a day is a failure', () => {
    const yesterday = snapshot('2026-11-20T02:00', { status: 'creating' });
    const today = snapshot('2026-11-21T02:00');
    const plan = decide(both([today, yesterday], [copyOf(today)]));
    expect(plan.failures).toEqual([expect.stringContaining('20261120-0200 in us-east-1 is no good backup')]);
  });

  it('is not copied while as many copies are under way as may be', () => {
    const days = Array.from({ length: COPIES_AT_ONCE + 2 }, (_, index) =>
      snapshot(`2026-11-${21 - index}T02:00`),
    );
    const copying = days.slice(0, COPIES_AT_ONCE - 1).map((one) => copyOf(one, { status: 'copying' }));
    const plan = decide(both(days, copying));
    expect(plan.actions).toMatchObject([{ kind: 'copy', name: days[COPIES_AT_ONCE - 1]?.name }]);
    expect(plan.notes).toEqual(['2 copies to us-west-2 wait for others to end.']);
  });
});

describe('retention', () => {
  const days = (count: number): DatabaseSnapshot[] =>
    Array.from({ length: count }, (_, index) => snapshot(`2026-11-${21 - index}T02:00`));
  const rule = databaseSettings({ keep: { daily: 3, weekly: 0, monthly: 0 } });

  it('removes what is too old in both regions, the other one first', () => {
    const own = days(4);
    const plan = decide(
      both(
        own,
        own.map((one) => copyOf(one)),
      ),
      NOW,
      rule,
    );
    const name = 'shop-db-backup-nightly-20261118-0200';
    expect(plan.actions).toEqual([
      { kind: 'drop', name, at: 'other' },
      { kind: 'drop', name, at: 'own' },
    ]);
  });

  it('gives up nothing for backups that are not in both regions', () => {
    const own = days(6);
    // The newest three have no copy, so the older three still stand for their days.
    const plan = decide(
      both(
        own,
        own.slice(3).map((one) => copyOf(one)),
      ),
      NOW,
      rule,
    );
    expect(kinds(plan)).toEqual(['copy', 'copy', 'copy']);
  });

  it('finishes a removal that was interrupted', () => {
    const own = days(4);
    const plan = decide(
      both(
        own,
        own.slice(0, 3).map((one) => copyOf(one)),
      ),
      NOW,
      rule,
    );
    expect(plan.actions).toEqual([{ kind: 'drop', name: own[3]?.name, at: 'own' }]);
  });

  it('removes nothing while a copy of it is under way, and nothing while a region is out of sight', () => {
    const own = days(4);
    const copying = own.map((one, index) => copyOf(one, index === 3 ? { status: 'copying' } : {}));
    expect(kinds(decide(both(own, copying), NOW, rule))).toEqual([]);
    const blind = { snapshots: { own: known(own), other: unknown('us-west-2 does not answer.') } };
    const plan = decide(blind, NOW, rule);
    expect(plan.actions).toEqual([]);
    expect(plan.failures).toEqual(['us-west-2 does not answer.']);
  });

  it('leaves alone the backups of a schedule that is gone, and says so', () => {
    const today = snapshot('2026-11-21T02:00');
    const old = snapshot('2026-01-01T02:00', { schedule: 'former' });
    const plan = decide(both([today, old], [copyOf(today), copyOf(old)]), NOW, rule);
    expect(plan.actions).toEqual([]);
    expect(plan.notes).toEqual([expect.stringContaining('former')]);
  });
});

describe('the replication of automated backups', () => {
  const good = snapshot('2026-11-21T02:00');
  const snapshots = { own: known([good]), other: known([copyOf(good)]) };
  const away = { sourceArn: 'arn:aws:rds:us-west-2:123456789012:db:shop-db', resourceId: 'db-AWAY' };

  it('is begun to the other region if it is not there', () => {
    const plan = decide({ snapshots, replications: { own: known([]), other: known([]) } });
    expect(plan.actions).toEqual([{ kind: 'replicate', sourceArn: instance().arn }]);
  });

  it('waits while a snapshot is begun, because RDS refuses it then', () => {
    expect(kinds(decide({ replications: { own: known([]), other: known([]) } }))).toEqual(['take']);
  });

  it('of an instance that had the name before does not count', () => {
    const other = known([replication({ resourceId: 'db-FORMER' })]);
    expect(kinds(decide({ snapshots, replications: { own: known([]), other } }))).toEqual(['replicate']);
  });

  it('cannot be had of an instance that takes none', () => {
    const without = known(instance({ retentionDays: 0 }));
    const plan = decide({ snapshots, instance: without, replications: { own: known([]), other: known([]) } });
    expect(plan.actions).toEqual([]);
    expect(plan.failures).toEqual([expect.stringContaining('the instance takes none')]);
  });

  it('into this region is stopped once this region leads, has its own and the other side was rebuilt', () => {
    const own = known([replication(away)]);
    const stopped = decide({ snapshots, replications: { own, other: known([replication()]) } });
    expect(stopped.actions).toEqual([{ kind: 'stop-replicating', sourceArn: away.sourceArn }]);
    const rebuilding = known(recordOf({ state: 'REBUILDING' }));
    const other = known([replication()]);
    expect(decide({ snapshots, leadership: rebuilding, replications: { own, other } }).actions).toEqual([]);
    expect(kinds(decide({ snapshots, replications: { own, other: known([]) } }))).toEqual(['replicate']);
  });

  it('that was stopped is not stopped again', () => {
    const own = known([replication({ ...away, status: 'retained' })]);
    expect(decide({ snapshots, replications: { own, other: known([replication()]) } }).actions).toEqual([]);
  });
});
