import type { Expectation, Report, Verdict } from './model';

/** @returns what follows from a drill's expectations: it passed only if each of them held, and if there was any */
export const judged = (expectations: readonly Expectation[]): Verdict => ({
  expectations,
  verdict: expectations.length > 0 && expectations.every(({ held }) => held) ? 'passed' : 'failed',
  verdictSays: expectations.map(({ name, held, found }) => `${held ? 'held' : 'BROKEN'}: ${name}: ${found}.`),
});

/** The first sentence about a drill, which names what was broken. */
export function headline({
  platform,
  scenario,
  verdict,
  expectations,
}: Pick<Report, 'platform' | 'scenario' | 'verdict' | 'expectations'>): string {
  if (verdict === 'passed') return `${platform} passed ${scenario}.`;
  const broken = expectations.filter(({ held }) => !held).map(({ name }) => name);
  return `${platform} FAILED ${scenario}: ${broken.join('; ')}.`;
}
