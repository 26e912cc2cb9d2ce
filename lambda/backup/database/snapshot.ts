import { DAY_MS, type Due } from '../schedule';

/** A snapshot of the database in one region, under one of our names. */
export interface DatabaseSnapshot extends Due {
  readonly name: string;
  /** Whether its tags say that this function made it. */
  readonly owned: boolean;
  /** As RDS names it: `creating`, `available`, `failed`. */
  readonly status: string;
  /** When the data is of, in milliseconds since 1970; null while RDS does not say. */
  readonly takenMs: number | null;
  readonly encrypted: boolean;
  readonly sizeGib: number;
  readonly engine: string;
  /** Region of the key that encrypts it; null if RDS names none. */
  readonly keyRegion: string | null;
}

/**
 * - `good`: it can be restored in its region, as far as RDS tells without restoring it
 * - `pending`: RDS is at work on it
 * - `failed`: RDS gave up; it holds nothing
 * - `unusable`: it is there and not what was asked for; a person must look, and nothing is ever done to it
 */
export type Verdict =
  | { readonly kind: 'good' }
  | { readonly kind: 'pending' | 'failed' | 'unusable'; readonly why: string };

const ENGINE = 'postgres';
/** RDS says of a copy of some hundred GiB across regions that it can take hours; longer than this it hangs. */
const HANGS_MS = DAY_MS;

/** @param region in which the snapshot is */
export function judge(snapshot: DatabaseSnapshot, region: string): Verdict {
  const { status, owned } = snapshot;
  if (!owned) return { kind: 'unusable', why: 'it does not carry the tags of this function' };
  if (status === 'failed' || status.startsWith('incompatible'))
    return { kind: 'failed', why: `it is ${status}` };
  if (status !== 'available') return { kind: 'pending', why: `it is ${status}` };
  const wrong = defectOf(snapshot, region);
  return wrong === undefined ? { kind: 'good' } : { kind: 'unusable', why: wrong };
}

function defectOf(
  { encrypted, sizeGib, engine, keyRegion }: DatabaseSnapshot,
  region: string,
): string | undefined {
  if (!encrypted) return 'it is not encrypted';
  if (!(sizeGib > 0)) return 'it is empty';
  if (engine !== ENGINE) return `it is of the engine ${engine}`;
  if (keyRegion !== null && keyRegion !== region) return `its key is one of ${keyRegion}`;
  return undefined;
}

/** @returns whether RDS has been at work on it for longer than it ever takes */
export const hangs = ({ dueMs, takenMs }: DatabaseSnapshot, nowMs: number): boolean =>
  nowMs - Math.max(dueMs, takenMs ?? 0) > HANGS_MS;
