import type { Platform } from '../../config/platform';
import type { Dashboard, Panel, Row, State, States } from './panel';
import { hasArchive, managedDatabase, where } from './parts';
import { one, slow } from './queries';

/** Leadership, replication, archive and backups: what a failover or a restore would find. */
export const recovery = (platform: Platform): Dashboard => ({
  name: 'recovery',
  title: 'Leadership and recovery',
  description: 'What a failover or a restore would find now.',
  choices: [],
  rows: [
    { title: 'Leadership', panels: leadership(platform) },
    ...where<Row>(hasArchive(platform), { title: 'Archive', panels: ARCHIVE }),
    {
      title: 'Copies',
      panels: [BACKUP_AGE, BACKUP_FAILURES, ...where(managedDatabase(platform) !== undefined, ...DRILL)],
    },
  ],
});

const own = (metric: string): string => `aws_holdfast_${metric}`;
const byRegion = (series: string): string => `max by (region) (${series})`;
const sign = (no: State, yes: State): States => ({ 0: no, 1: yes });
const NO: State = { text: 'no', color: 'green' };
const YES: State = { text: 'yes', color: 'red' };

const leadership = (platform: Platform): readonly Panel[] => [
  {
    slug: 'lease',
    title: 'Age of the lease',
    description: `Time since the holder renewed it. After ${platform.leadership.leaseSeconds} s it has ended.`,
    view: 'lines',
    unit: 's',
    queries: one('seen by {{region}}', byRegion(own('lease_age_seconds_maximum'))),
    width: 12,
    min: 0,
    steps: [{ value: platform.leadership.leaseSeconds, color: 'red' }],
  },
  {
    slug: 'epoch',
    title: 'Epoch',
    description: 'Number of the term of the region that leads. It rises with each move and never falls.',
    view: 'lines',
    unit: 'none',
    queries: one('seen by {{region}}', byRegion(slow(own('epoch_maximum')))),
    width: 12,
  },
  {
    slug: 'state',
    title: 'State',
    description:
      'Whether a move of the lead is under way, whether a region could not take over, and whether an application is down.',
    view: 'states',
    unit: 'none',
    queries: [
      {
        legend: '{{region}}: a move is under way',
        expression: byRegion(slow(own('leadership_unsettled_maximum'))),
      },
      { legend: '{{region}}: could not take over', expression: byRegion(own('standby_unfit_maximum')) },
      {
        legend: '{{region}}: sees the other application down',
        expression: byRegion(slow(own('application_outage_maximum'))),
      },
    ],
    width: 12,
    states: sign(NO, YES),
  },
  {
    slug: 'gate',
    title: 'A takeover waits for a person',
    description:
      'A takeover is due, and a gate forbids it: the lag, a freeze, or a move within the last hour.',
    view: 'states',
    unit: 'none',
    queries: one('{{region}}', byRegion(own('gate_refused_maximum'))),
    width: 12,
    states: sign(NO, YES),
  },
  ...where<Panel>(
    managedDatabase(platform) !== undefined,
    {
      slug: 'fence',
      title: 'Fence of the writer',
      description: 'Closed: the region leads, and its database takes no writes.',
      view: 'states',
      unit: 'none',
      queries: one('{{region}}', byRegion(own('fence_closed_maximum'))),
      width: 12,
      states: sign({ text: 'open', color: 'green' }, { text: 'closed', color: 'red' }),
    },
    {
      slug: 'replication-lag',
      title: 'Replica behind the writer',
      description: `What a takeover would leave to be salvaged. From ${platform.leadership.lagGateSeconds} s on it waits for a person.`,
      view: 'lines',
      unit: 's',
      queries: one('{{region}}', byRegion(own('replication_lag_seconds_maximum'))),
      width: 12,
      min: 0,
      steps: [{ value: platform.leadership.lagGateSeconds, color: 'red' }],
    },
  ),
  {
    slug: 'agent',
    title: 'Turns of the agents',
    description: 'In a minute. Where there is none, nobody guards that region.',
    view: 'lines',
    unit: 'short',
    queries: one('{{region}}', `sum by (region) (${own('agent_turns_sum')})`),
    width: 12,
    bad: 'below',
    min: 0,
  },
];

const ARCHIVE: readonly Panel[] = [
  {
    slug: 'archive-lag',
    title: 'Archive behind the database',
    description: 'How much of the newest work is in no segment: in the near region, and in the far one.',
    view: 'lines',
    unit: 's',
    queries: [
      { legend: '{{region}} near', expression: byRegion(own('archive_lag_seconds_maximum')) },
      { legend: '{{region}} far', expression: byRegion(own('archive_far_lag_seconds_maximum')) },
    ],
    width: 8,
    min: 0,
  },
  {
    slug: 'slot',
    title: 'Log kept by the slot',
    description:
      'What PostgreSQL keeps until it is archived. It fills the disk while the archiver stands still.',
    view: 'lines',
    unit: 'bytes',
    queries: one('{{region}}', byRegion(own('archive_slot_bytes_maximum'))),
    width: 8,
    min: 0,
  },
  {
    slug: 'archive-runs',
    title: 'Runs of the archiver',
    description: 'In five minutes: those that ended well, those that failed, and gaps that were found.',
    view: 'lines',
    unit: 'short',
    queries: [
      { legend: '{{region}} well', expression: `sum by (region) (${slow(own('archive_runs_sum'))})` },
      { legend: '{{region}} failed', expression: `sum by (region) (${slow(own('archive_failures_sum'))})` },
      { legend: '{{region}} gaps', expression: `sum by (region) (${slow(own('archive_gaps_sum'))})` },
    ],
    width: 8,
    min: 0,
  },
];

const BACKUP_AGE: Panel = {
  slug: 'backup-age',
  title: 'Age of the newest good copy',
  description: 'Of each part, in each region. For buckets: how far their copies are behind.',
  view: 'lines',
  unit: 's',
  queries: one(
    '{{part}} in {{region}}',
    `max by (region, part) (${slow(own('backup_age_seconds_maximum'))})`,
  ),
  width: 8,
  min: 0,
};

const BACKUP_FAILURES: Panel = {
  slug: 'backup-failures',
  title: 'Failures of the last backup',
  description: 'Sentences of the report that are failures.',
  view: 'lines',
  unit: 'short',
  queries: one('{{region}}', byRegion(slow(own('backup_failures_maximum')))),
  width: 8,
  min: 0,
};

const newestDrill = (metric: string): string => `last_over_time(${own(metric)}[7d])`;
const DRILL: readonly Panel[] = [
  {
    slug: 'drill',
    title: 'Restore drill overdue',
    description: 'Whether the last drill that restored and verified a copy is older than it may be.',
    view: 'states',
    unit: 'none',
    queries: one('{{region}}', byRegion(slow(own('drill_overdue_maximum')))),
    width: 8,
    states: sign(NO, YES),
  },
  {
    slug: 'drill-rto',
    title: 'Last drill: time to restore',
    description: 'Measured by the last restore drill of the week.',
    view: 'value',
    unit: 's',
    queries: one('{{region}}', byRegion(newestDrill('drill_rto_seconds_maximum'))),
    width: 12,
    nothing: 'none this week',
  },
  {
    slug: 'drill-rpo',
    title: 'Last drill: work missing',
    description: 'How far behind its beginning the last restore drill of the week came.',
    view: 'value',
    unit: 's',
    queries: one('{{region}}', byRegion(newestDrill('drill_rpo_seconds_maximum'))),
    width: 12,
    nothing: 'none this week',
  },
];
