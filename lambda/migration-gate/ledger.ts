import type { Begun, Ledger } from './ports';

/** What was never written. */
export const EMPTY: Ledger = { succeeded: [] };

/** @returns the text of a parameter: 50 changes of 32 characters are well below the 4 KiB that it may have */
export const toText = ({ succeeded, begun }: Ledger): string =>
  JSON.stringify({ succeeded, ...(begun ? { begun } : {}) });

/** @throws SyntaxError if somebody wrote something else into the parameter */
export function fromText(text: string): Ledger {
  const value: unknown = JSON.parse(text);
  if (!isLedger(value)) throw new SyntaxError('The ledger of the migrations holds something else.');
  return value;
}

function isLedger(value: unknown): value is Ledger {
  if (typeof value !== 'object' || value === null || !('succeeded' in value)) return false;
  const { succeeded } = value;
  const begun = 'begun' in value ? value.begun : undefined;
  return (
    Array.isArray(succeeded) &&
    succeeded.every((one) => typeof one === 'string') &&
    (begun === undefined || isBegun(begun))
  );
}

function isBegun(value: unknown): value is Begun {
  if (typeof value !== 'object' || value === null || !('change' in value) || !('attempt' in value))
    return false;
  const task = 'task' in value ? value.task : undefined;
  return (
    typeof value.change === 'string' &&
    typeof value.attempt === 'number' &&
    (task === undefined || typeof task === 'string')
  );
}
