import { Resolver } from 'node:dns/promises';
import { HoldfastError } from '../../lambda/runtime/errors';
import type { CaaRecord, Names } from './ports';

const ATTEMPT_MS = 3_000;
const ATTEMPTS = 2;

/** A name server that gave no usable answer. */
export class DnsFailed extends HoldfastError {
  constructor(
    readonly name_: string,
    what: string,
    cause: unknown,
  ) {
    const code = (cause as { code?: unknown }).code;
    super(
      `DNS gave no answer to the question for the ${what} records of ${name_} (${String(code)}): is there a network, and a resolver?`,
    );
  }
}

/**
 * Asks DNS as the machine is configured, or one server.
 * @param server address with or without port
 */
export function dnsNames(server?: string): Names {
  const resolver = new Resolver({ timeout: ATTEMPT_MS, tries: ATTEMPTS });
  if (server !== undefined) resolver.setServers([server]);
  return {
    nameServers: (name) => orNone('NS', name, () => resolver.resolveNs(name)),
    authorities: (name) =>
      orNone('CAA', name, async () => (await resolver.resolveCaa(name)).flatMap(recordOf)),
  };
}

/** Node gives `{critical: 128, issue: "amazon.com"}`: the tag is a key. */
function recordOf(record: object): CaaRecord[] {
  const { critical, ...tags } = record as { critical?: number };
  return Object.entries(tags).map(([tag, value]) => ({
    critical: (critical ?? 0) > 0,
    tag: tag.toLowerCase(),
    value: String(value),
  }));
}

async function orNone<T>(what: string, name: string, ask: () => Promise<T[]>): Promise<T[]> {
  try {
    return await ask();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENODATA' || code === 'ENOTFOUND') return [];
    throw new DnsFailed(name, what, error);
  }
}
