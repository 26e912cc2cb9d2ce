import type { CustomResource, Host } from '../runtime/custom-resource';
import { HoldfastError } from '../runtime/errors';
import { untilAllowed } from '../runtime/permission';
import { text } from '../runtime/properties';
import type { Chance, Registry } from './ports';
import { holds, ownRule, type Rule, withoutRule, withRule } from './rules';

/**
 * One rule among others in a configuration that can only be replaced as a whole. Two platforms in one account may
 * write at once, and the later write drops the earlier rule without an error. So whoever writes looks again after a
 * pause that is longer than the other needs between its read and its write, and starts over if its rule is gone.
 */

const ATTEMPTS = 8;
/** Shortest pause before looking again; up to as much again is added by chance, so that two do not stay in step. */
export const SETTLE_MS = 3_000;

/** Somebody else kept overwriting the registry's rules. */
export class RegistryContended extends HoldfastError {
  constructor(readonly attempts: number) {
    super(
      `The replication rule of this platform was overwritten ${attempts} times by somebody else who writes the ` +
        "registry's rules at the same time. Deploy again when that has ended.",
    );
  }
}

export interface ReplicationProperties {
  readonly prefix: string;
  readonly region: string;
  readonly account: string;
}

export function replication(registry: Registry, chance: Chance): CustomResource<ReplicationProperties> {
  const put = async ({ prefix, region, account }: ReplicationProperties, host: Host): Promise<object> => {
    const own = ownRule(prefix, { region, registryId: account });
    await converge(patient(registry, host), host, chance, {
      done: (rules) => holds(rules, own),
      next: (rules) => withRule(rules, own),
    });
    return { sentence: `Repositories that begin with ${prefix} are replicated to ${region}.` };
  };
  return {
    parse: (properties) => ({
      prefix: text(properties, 'RepositoryPrefix'),
      region: text(properties, 'DestinationRegion'),
      account: text(properties, 'Account'),
    }),
    physicalId: ({ prefix, region, account }) => `${prefix}->${account}/${region}`,
    create: put,
    update: put,
    async delete({ prefix, region, account }, host) {
      const own = ownRule(prefix, { region, registryId: account });
      const gone = (rules: readonly Rule[]): boolean => !holds(rules, own);
      await converge(patient(registry, host), host, chance, {
        done: gone,
        next: (rules) => withoutRule(rules, own),
      });
    },
  };
}

/** The same registry, for a function whose policy was changed a moment ago. */
function patient(registry: Registry, host: Host): Registry {
  const allowed = untilAllowed(host);
  return {
    rules: () => allowed('ecr:DescribeRegistry', () => registry.rules()),
    replace: (rules) => allowed('ecr:PutReplicationConfiguration', () => registry.replace(rules)),
  };
}

interface Goal {
  done(rules: readonly Rule[]): boolean;
  next(rules: readonly Rule[]): readonly Rule[];
}

/** Writes until the goal still holds after the pause. Nothing is written if it holds at once. */
async function converge(registry: Registry, host: Host, chance: Chance, goal: Goal): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const rules = await registry.rules();
    if (goal.done(rules)) return;
    await registry.replace(goal.next(rules));
    host.log('registry-rules-written', { attempt });
    await host.clock.sleep(SETTLE_MS * (1 + chance()));
  }
  if (!goal.done(await registry.rules())) throw new RegistryContended(ATTEMPTS);
}
