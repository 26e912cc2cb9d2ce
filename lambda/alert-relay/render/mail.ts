import { cut } from '../cut';
import type { Notification } from '../notification';
import { detailLines, headline, placeWords, sinceWord, timeWords } from './text';

export interface MailMessage {
  readonly subject: string;
  readonly text: string;
}

/**
 * SNS wants fewer than 100 characters, without line breaks and control characters.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
const SUBJECT_MAX = 99;

export function mailMessage(notification: Notification): MailMessage {
  return { subject: subjectOf(notification), text: textOf(notification) };
}

function subjectOf(notification: Notification): string {
  const text = `[${notification.where.platform}] ${headline(notification)}`;
  return cut(text.replaceAll(/[^\x20-\x7e]+/g, ' ').trim(), SUBJECT_MAX);
}

function textOf(notification: Notification): string {
  const { what, where, since, severity, status, description, links, quiet, note, receiver } = notification;
  const facts: [string, string | undefined][] = [
    ['Status', status],
    ['Severity', severity],
    ['Where', `${where.platform}: ${placeWords(where)}`],
    [sinceWord(notification), since && timeWords(since)],
    ['Graph', links.graph],
    ['Runbook', links.runbook],
    ['Silence', links.silence],
    ['Console', links.console],
    ['To quiet it', quiet],
    ['Told to', receiver],
  ];
  const table = facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const parts = [note ?? '', what, description, detailLines(notification).join('\n'), table.join('\n')];
  return `${parts.filter((part) => part.trim() !== '').join('\n\n')}\n`;
}
