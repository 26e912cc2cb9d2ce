import type { Randomness, SecretState, SecretStore, Stage } from '../../../lambda/secret-rotation/ports';

/** Secrets Manager with one secret, as its documentation says that versions and stages behave. */
export class FakeSecret implements SecretStore {
  rotationEnabled = true;
  readonly stages = new Map<string, string[]>();
  readonly values = new Map<string, string>();

  constructor(current: object) {
    this.values.set('v1', JSON.stringify(current));
    this.stages.set('v1', ['AWSCURRENT']);
  }

  /** What RotateSecret does before it calls the function. */
  begin(version: string): void {
    this.stages.set(version, ['AWSPENDING']);
  }

  async describe(): Promise<SecretState> {
    return { rotationEnabled: this.rotationEnabled, versions: Object.fromEntries(this.stages) };
  }

  async read(_id: string, stage: Stage, version?: string): Promise<string | undefined> {
    const found = [...this.stages].find(
      ([id, stages]) => stages.includes(stage) && (!version || version === id),
    );
    return found && this.values.get(found[0]);
  }

  async writePending(_id: string, version: string, value: string): Promise<void> {
    if (this.values.has(version)) throw new Error('ResourceExistsException');
    this.values.set(version, value);
  }

  async promote(_id: string, version: string, from: string): Promise<void> {
    this.stages.set(from, ['AWSPREVIOUS']);
    this.stages.set(version, ['AWSCURRENT', 'AWSPENDING']);
  }

  /** @returns the fields of the current value */
  get current(): Record<string, unknown> {
    const found = [...this.stages].find(([, stages]) => stages.includes('AWSCURRENT'));
    return JSON.parse((found && this.values.get(found[0])) ?? 'null');
  }
}

/** Gives a new text each time, the same ones in each run. */
export function countingRandomness(): Randomness {
  let count = 0;
  return {
    password(length) {
      count += 1;
      return `Made${count}`.padEnd(length, 'x');
    },
    bytes: (length) => new Uint8Array(length).fill(7),
  };
}
