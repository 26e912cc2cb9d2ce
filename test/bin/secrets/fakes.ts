import { CallFailed } from '../../../bin/checks/failures';
import type { Manner } from '../../../bin/recover/telling';
import type { SecretState, SecretStore } from '../../../bin/secrets/ports';
import { HOME, STANDBY } from '../operate/records';
import { platform } from '../support/ports';

const DAY_MS = 86_400_000;
export const NOW_MS = 100 * DAY_MS;
export const PLATFORM = platform();
/** Nobody may ever see it. */
export const VALUE = 'R0tt3rdam-n3ver-shown';

interface Kept {
  text: string | undefined;
  version: string | undefined;
  createdMs: number;
}

/** Secrets Manager of two regions; a write at home arrives in the standby after so many looks. */
export class FakeStore implements SecretStore {
  readonly regions: Record<string, Map<string, Kept>> = { [HOME]: new Map(), [STANDBY]: new Map() };
  readonly puts: { readonly region: string; readonly text: string; readonly version: string }[] = [];
  /** The copies are secrets of their own. */
  detached = false;
  copyStatus = 'InSync';
  looksUntilCopied = 0;
  mayRead = true;

  constructor(secrets: readonly string[], text: string | undefined = VALUE) {
    for (const secret of secrets)
      for (const region of [HOME, STANDBY])
        this.regions[region]?.set(`demo/${secret}`, {
          text,
          version: text && 'v1',
          createdMs: NOW_MS - 3 * DAY_MS,
        });
  }

  at(region: string, secret: string): Kept {
    const found = this.regions[region]?.get(`demo/${secret}`);
    if (!found) throw new Error(`no ${secret} in ${region}`);
    return found;
  }

  async state(region: string, name: string): Promise<SecretState | undefined> {
    const kept = this.regions[region]?.get(name);
    if (!kept) return undefined;
    if (region === STANDBY && !this.detached && this.looksUntilCopied-- <= 0 && this.puts.length > 0)
      kept.version = this.regions[HOME]?.get(name)?.version;
    return {
      current: kept.version,
      owner: this.detached ? undefined : HOME,
      copies: this.detached || region === STANDBY ? new Map() : new Map([[STANDBY, this.copyStatus]]),
      nextRotationMs: name.endsWith('session-key') ? NOW_MS + 5 * DAY_MS : undefined,
    };
  }

  async value(region: string, name: string) {
    if (!this.mayRead)
      throw new CallFailed('secretsmanager:GetSecretValue', region, named('AccessDeniedException'));
    const kept = this.regions[region]?.get(name);
    return kept?.text === undefined ? undefined : { text: kept.text, createdMs: kept.createdMs };
  }

  async put(region: string, name: string, text: string, version: string): Promise<void> {
    this.puts.push({ region, text, version });
    const kept = this.regions[region]?.get(name);
    if (kept) Object.assign(kept, { text, version });
  }
}

export const named = (name: string): Error => Object.assign(new Error('refused'), { name });

/** A clock whose sleeps pass at once. */
export function manner(changes: Partial<Manner> = {}): Manner {
  let now = NOW_MS;
  const clock = {
    now: () => now,
    monotonic: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  return { json: false, dryRun: false, clock, stop: new AbortController().signal, ...changes };
}
