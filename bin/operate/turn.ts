import type { DatabaseStatus } from '../../lambda/region-agent/ports';
import { fieldsOf } from './log-line';
import type { Turn } from './ports';

/**
 * One line of the agent's log.
 * @param atMs when CloudWatch got it
 * @returns undefined if the line is no turn: another version of the agent, or a line of Lambda itself
 */
export function turnIn(line: string, atMs: number): Turn | undefined {
  const fields = fieldsOf(line);
  if (fields?.event !== 'turn' || typeof fields.sentence !== 'string') return undefined;
  const { sentence, database, limitation, lagSeconds } = fields;
  return {
    atMs,
    sentence,
    database: isDatabase(database) ? database : null,
    limitation: typeof limitation === 'string' ? limitation : null,
    lagSeconds: typeof lagSeconds === 'number' ? lagSeconds : null,
  };
}

/** Whether a line tells of a database as this version knows it: the parts that are used here are looked at. */
function isDatabase(value: unknown): value is DatabaseStatus {
  if (typeof value !== 'object' || value === null || !('lease' in value)) return false;
  const { lease, inRecovery, clockMs } = value as Partial<DatabaseStatus>;
  return (
    typeof inRecovery === 'boolean' &&
    typeof clockMs === 'number' &&
    typeof lease?.limitMs === 'number' &&
    typeof lease.closed === 'boolean'
  );
}
