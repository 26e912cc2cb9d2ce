import type { ManagedDatabase, Platform, Role } from '../../config/platform';
import { PlatformFileError } from '../../config/problem';
import { DATABASE_CLASSES, databaseClass } from '../../config/sizes';
import { AlertsError } from '../../monitoring/routing/thresholds';
import { billUsd } from '../bill';
import { type Edit, variantOf } from '../variant';
import type { PlatformFile, Reckon } from './tiers';

/** One change of the file that makes the platform cheaper, and what goes with it. */
export interface Saving {
  /** As it would stand in the file. */
  readonly change: string;
  /** What is given up, one sentence. */
  readonly givesUp: string;
  /** Less a month, by itself. */
  readonly usdPerMonth: number;
}

interface Idea {
  readonly change: string;
  readonly givesUp: string;
  readonly edits: readonly Edit[];
}

/** What would make a platform cheaper, the largest saving first. Each is reckoned by itself: together they save about their sum. */
export async function savingsOf(source: PlatformFile, reckon: Reckon): Promise<readonly Saving[]> {
  const now = billUsd(await reckon(source.platform));
  const found: Saving[] = [];
  for (const { change, givesUp, edits } of ideas(source.platform)) {
    const cheaper = await unlessRefused(async () => reckon(variantOf(source.text, source.file, edits)));
    if (cheaper) found.push({ change, givesUp, usdPerMonth: now - billUsd(cheaper) });
  }
  return found.filter(({ usdPerMonth }) => usdPerMonth >= 1).sort((a, b) => b.usdPerMonth - a.usdPerMonth);
}

/** A change may not go with something else that the file says; then it is none. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PlatformFileError || error instanceof AlertsError) return undefined;
    throw error;
  }
}

const ideas = (platform: Platform): readonly Idea[] => [
  ...architectures(platform),
  ...burstable(platform),
  ...standby(platform),
  ...network(platform),
  ...monitoring(platform),
];

function architectures({ services }: Platform): readonly Idea[] {
  const x86 = services.filter(({ architecture }) => architecture === 'x86_64');
  if (x86.length === 0) return [];
  return [
    {
      change: `services.${x86.map(({ name }) => name).join('|')}.architecture: arm64`,
      givesUp: 'Nothing, if the images are built for it.',
      edits: x86.map(({ name }) => ({ path: ['services', name, 'architecture'], value: 'arm64' })),
    },
  ];
}

function burstable({ database }: Platform): readonly Idea[] {
  if (database?.kind !== 'managed') return [];
  const [home, standby] = [onCredits(database, 'home'), onCredits(database, 'standby')];
  if (home === undefined && standby === undefined) return [];
  const of = (place: readonly string[], name: string): Edit[] => [
    { path: [...place, 'class'], value: name },
    { path: [...place, 'cpu'] },
    { path: [...place, 'memory'] },
  ];
  return [
    {
      change: `database.class: ${home ?? database.instanceClass.home}, database.standby.class: ${standby ?? database.instanceClass.standby}`,
      givesUp: 'Steady speed: above its base it runs on credits, and each more costs by the vCPU-hour.',
      edits: [
        ...of(['database'], home ?? database.instanceClass.home),
        ...of(['database', 'standby'], standby ?? database.instanceClass.standby),
      ],
    },
  ];
}

/** The class on CPU credits with as much as the present one; undefined if that is one already, or there is none. */
function onCredits({ instanceClass }: ManagedDatabase, role: Role): string | undefined {
  const now = DATABASE_CLASSES.find(({ name }) => name === instanceClass[role]);
  const other = now ? databaseClass(now.cpu, now.memoryGib, true) : undefined;
  return other && other.name !== now?.name && other.name.startsWith('db.t') ? other.name : undefined;
}

function standby({ regions }: Platform): readonly Idea[] {
  if (regions.standby.tier === 'pilot-light') return [];
  return [
    {
      change: 'regions.standby.tier: pilot-light',
      givesUp: 'Tasks that run already: a failover waits for Fargate, which may have no room that day.',
      edits: [{ path: ['regions', 'standby', 'tier'], value: 'pilot-light' }],
    },
  ];
}

const network = ({ network: { natPerZone } }: Platform): readonly Idea[] =>
  natPerZone
    ? [
        {
          change: 'network.natPerZone: false',
          givesUp: 'The loss of the zone of the gateway leaves every task of the region without a way out.',
          edits: [{ path: ['network', 'natPerZone'], value: false }],
        },
      ]
    : [];

const monitoring = (platform: Platform): readonly Idea[] =>
  platform.monitoring.collectors
    ? [
        {
          change: 'monitoring.collectors: false',
          givesUp: 'Prometheus: the first of two paths to a person, and alerts on what services serve.',
          edits: [{ path: ['monitoring', 'collectors'], value: false }],
        },
      ]
    : [];
