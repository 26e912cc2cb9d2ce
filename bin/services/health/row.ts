/** How bad something is. `unknown`: the question got no answer, so nobody may say that all is well. */
export type Level = 'ok' | 'unknown' | 'degraded' | 'down';

/** One finding. */
export interface Row {
  /** A region, the public name, or `everywhere`. */
  readonly place: string;
  /** `leadership`, `answer`, `database`, `cache`, `queue <name>`, `alarms`, or the name of a service. */
  readonly part: string;
  readonly level: Level;
  readonly sentence: string;
}

export const row = (place: string, part: string, level: Level, sentence: string): Row => ({
  place,
  part,
  level,
  sentence,
});

const ORDER: readonly Level[] = ['ok', 'unknown', 'degraded', 'down'];

export const worstOf = (levels: readonly Level[]): Level =>
  levels.reduce((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), 'ok');

/** How a platform is as a whole. */
export type Health = 'healthy' | 'degraded' | 'down';

/** The worst finding decides; what nobody can say counts as degraded. */
export function healthOf(rows: readonly Row[]): Health {
  if (rows.some(({ level }) => level === 'down')) return 'down';
  return rows.every(({ level }) => level === 'ok') ? 'healthy' : 'degraded';
}

/** `DEGRADED: us-east-1 web: 2 of 3 tasks run` */
export function verdictOf(rows: readonly Row[]): string {
  const health = healthOf(rows);
  const wrong = rows.filter(({ level }) => level !== 'ok');
  const [worst] = [...wrong].sort((a, b) => ORDER.indexOf(b.level) - ORDER.indexOf(a.level));
  if (!worst) return `healthy: all ${rows.length} findings are good.`;
  const more = wrong.length > 1 ? `; and ${wrong.length - 1} more` : '';
  return `${health.toUpperCase()}: ${worst.place} ${worst.part}: ${worst.sentence}${more}`;
}
