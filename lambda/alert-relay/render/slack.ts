import type { Links, Notification, Severity } from '../notification';
import { detailLines, headline, placeWords, sinceWord, timeWords } from './text';

/**
 * A message of a Slack webhook: one line that notifications on a phone show, and blocks beside a coloured bar.
 * https://docs.slack.dev/reference/block-kit/blocks/section-block (3,000 characters of a text, 2,000 of a field)
 */

const TEXT_MAX = 3_000;
const FIELD_MAX = 2_000;
const LINE_MAX = 300;

const COLOURS: Readonly<Record<Severity, string>> = {
  critical: '#d40e0d',
  warning: '#daa038',
  info: '#439fe0',
};
const RESOLVED = '#2eb886';

interface Text {
  readonly type: 'mrkdwn';
  readonly text: string;
}

export interface Block {
  readonly type: 'section';
  readonly text?: Text;
  readonly fields?: readonly Text[];
}

export interface SlackMessage {
  /** Webhooks of Slack's apps have a channel of their own and take no notice of it. */
  readonly channel: string;
  readonly text: string;
  readonly attachments: readonly { readonly color: string; readonly blocks: readonly Block[] }[];
}

export function slackMessage(notification: Notification, channel: string): SlackMessage {
  const { status, severity, what, description, quiet, note } = notification;
  const texts = [
    note === undefined ? '' : escaped(note, TEXT_MAX),
    escaped(what, TEXT_MAX),
    escaped(description, TEXT_MAX),
    escaped(
      detailLines(notification)
        .map((line) => `• ${line}`)
        .join('\n'),
      TEXT_MAX,
    ),
    linkLine(notification.links),
    quiet === undefined ? '' : `To quiet it: \`${escaped(quiet, LINE_MAX)}\``,
  ];
  const [first = '', ...rest] = texts.filter((text) => text !== '');
  const sections = rest.map((text): Block => ({ type: 'section', text: markdown(text) }));
  return {
    channel,
    text: escaped(headline(notification), LINE_MAX),
    attachments: [
      {
        color: status === 'resolved' ? RESOLVED : COLOURS[severity],
        // Slack refuses a section without text.
        blocks: [
          { type: 'section', text: markdown(first || escaped(notification.title, TEXT_MAX) || 'No text.') },
          facts(notification),
          ...sections,
        ],
      },
    ],
  };
}

function facts(notification: Notification): Block {
  const { where, since, severity } = notification;
  const named: [string, string][] = [
    ['Where', `${where.platform}: ${placeWords(where)}`],
    ['Severity', severity],
    ...(since === undefined ? [] : [[sinceWord(notification), timeWords(since)] as [string, string]]),
  ];
  return {
    type: 'section',
    fields: named.map(([name, value]) => markdown(`*${name}*\n${escaped(value, FIELD_MAX - 100)}`)),
  };
}

/** Slack takes no links without an address; a place in the repository is shown as it is. */
function linkLine({ graph, runbook, silence, console }: Links): string {
  const named: [string, string | undefined][] = [
    ['Graph', graph],
    ['Runbook', runbook],
    ['Silence', silence],
    ['Console', console],
  ];
  const parts = named.flatMap(([name, target]) => (target === undefined ? [] : link(name, target)));
  return parts.join(' | ');
}

const LINK_MAX = 700;

/** @returns nothing for an address that is too long: half of one leads nowhere */
function link(name: string, target: string): readonly string[] {
  if (!/^https?:\/\//.test(target)) return [`${name}: ${escaped(target, LINE_MAX)}`];
  const address = target.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E');
  const shown = `<${address.replaceAll('&', '&amp;')}|${name}>`;
  return shown.length <= LINK_MAX ? [shown] : [];
}

const markdown = (text: string): Text => ({ type: 'mrkdwn', text });

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * Slack reads commands and mentions in angle brackets. The bound holds for what is sent, and no entity is cut in two.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escaped(text: string, max: number): string {
  const entity = (character: string): string => ENTITIES[character] ?? character;
  const whole = text.replaceAll(/[&<>]/g, entity);
  if (whole.length <= max) return whole;
  let kept = '';
  for (const character of text) {
    const next = entity(character);
    if (kept.length + next.length > max - 3) break;
    kept += next;
  }
  return `${kept}...`;
}
