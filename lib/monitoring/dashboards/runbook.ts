import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Platform } from '../../config/platform';
import { CATALOGUE, RUNBOOK } from '../alerts/catalogue';

/** What the runbook says of an alert, in Markdown. */
export interface Article {
  /** Of the alert. */
  readonly name: string;
  readonly text: string;
}

/** @returns the text of `docs/runbooks/alerts.md` */
export const readRunbook = (): string => readFileSync(resolve(__dirname, '../../..', RUNBOOK), 'utf8');

/**
 * @param runbook Markdown with a heading for each alert, of whatever level
 * @returns the articles about the alerts of a platform, in the order of the catalogue
 */
export function articlesOf(platform: Platform, runbook: string): readonly Article[] {
  const texts = new Map(sections(runbook).map(({ name, text }) => [name, text]));
  return CATALOGUE.filter((alert) => alert.appliesTo(platform)).map(({ name }) => ({
    name,
    text: texts.get(name) ?? `There is no article about ${name} in ${RUNBOOK}.`,
  }));
}

/** The text between a heading and the next one of the same level or above. */
function sections(markdown: string): readonly Article[] {
  const headings = [...markdown.matchAll(/^(#+) +(.+?) *$/gm)];
  return headings.map((heading, index) => {
    const [line, marks = '', name = ''] = heading;
    const next = headings.slice(index + 1).find(([, level = '']) => level.length <= marks.length);
    return { name, text: markdown.slice(heading.index + line.length, next?.index).trim() };
  });
}
