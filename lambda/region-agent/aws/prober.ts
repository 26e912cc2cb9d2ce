import type { Clock } from '../../runtime/clock';
import { askHealth, type GetStatus } from '../../runtime/health';
import type { Prober } from '../ports';
import type { Ecs, EcsService } from './ecs';
import type { Witness } from './witness';

/** A deployment of the other side may itself be what is wrong, for so long; in milliseconds. */
const CALM_MS = 60 * 60_000;

export interface ProberPlaces {
  readonly ownUrl: string;
  readonly otherUrl: string;
  readonly otherSide: 'home' | 'standby';
  readonly own: Ecs;
  readonly other: Ecs;
}

/** Looks at both applications. */
export function applicationProber(
  places: ProberPlaces,
  witness: Witness,
  get: GetStatus,
  clock: Clock,
): Prober {
  return {
    fromHere: () => askHealth(clock, get, places.otherUrl),
    fromWitness: () => witness(places.otherSide),
    async ownSide() {
      const [health, here, there] = await Promise.all([
        // The own side is trusted only if it is well; a side that is doubted counts as alive even if it refuses.
        askHealth(clock, get, places.ownUrl, (status) => status >= 200 && status < 300),
        places.own.services(),
        places.other.services(),
      ]);
      if (!health.answers) return health;
      const running = there.filter(({ desired }) => desired > 0);
      const why = recentDeployment(running, clock.now()) ?? (await otherImages(places, here, running));
      if (why !== undefined) return { answers: false, sentence: why };
      return { answers: true, sentence: `${health.sentence} Its images are those of the other side.` };
    },
  };
}

function recentDeployment(services: readonly EcsService[], nowMs: number): string | undefined {
  const recent = services.find(({ deploymentsMs }) => deploymentsMs.some((began) => nowMs - began < CALM_MS));
  return recent && `A deployment of ${recent.name} on the other side began less than an hour ago.`;
}

/** @returns how the own images differ from those that run on the other side; undefined if they do not */
async function otherImages(
  { own, other }: ProberPlaces,
  here: readonly EcsService[],
  running: readonly EcsService[],
): Promise<string | undefined> {
  const differences = await Promise.all(
    running.map(async (there) => {
      const service = here.find(({ name }) => name === there.name);
      if (!service) return `The own side has no service ${there.name}.`;
      const [ours, theirs] = await Promise.all([
        own.images(service.taskDefinition),
        other.images(there.taskDefinition),
      ]);
      if (imageNames(ours) === imageNames(theirs)) return undefined;
      return `${there.name} is ${imageNames(ours)} here and ${imageNames(theirs)} on the other side.`;
    }),
  );
  return differences.find((one) => one !== undefined);
}

/** Each region has its own registry in the name of an image, and only in that the two may differ. */
const REGISTRY = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\//;
const imageNames = (images: readonly string[]): string =>
  images
    .map((image) => image.replace(REGISTRY, ''))
    .sort()
    .join(', ');
