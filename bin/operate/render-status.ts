import pc from 'picocolors';
import type { LeadershipRecord } from '../../lambda/leader/record';
import type { Terminal } from '../commands/terminal';
import { leaseLeftSeconds, type Outlook } from './outlook';
import type { FilesLook, Instance } from './ports';
import { leading, type Side, type Situation, secondsSince } from './situation';

/** The status for a person: the verdict, the two regions, what would happen, what is wrong. */
export function renderStatus(
  situation: Situation,
  { verdict, ifHolderDied, problems }: Outlook,
  { colors }: Pick<Terminal, 'colors'>,
): string {
  const paint = pc.createColors(colors);
  const record = situation.record.known ? situation.record.value : undefined;
  const sides = record ? leading(situation, record) : undefined;
  const { home, standby } = situation.sides;
  const order = sides ? [sides.holder, sides.other] : [home, standby];
  const mark = problems.length === 0 ? paint.green : paint.yellow;
  return `${[
    mark(`${situation.platform.name}: ${verdict}`),
    [
      ...(record ? [line('record', recordText(record, situation.atMs))] : []),
      ...(record?.operation ? [line('operation', operationText(record.operation))] : []),
      ...(situation.platform.database?.kind === 'external'
        ? [line('database', 'external: Holdfast moves the traffic only')]
        : []),
    ].join('\n'),
    ...order.map((side) => sideText(situation, side, record, paint)),
    `If ${record?.holder ?? 'the leading region'} died now: ${ifHolderDied}`,
    problems.length === 0
      ? 'Nothing wrong can be seen.'
      : ['Wrong:', ...problems.map((one) => `  - ${one}`)].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

const LABEL = 10;
const line = (label: string, text: string): string => `  ${label.padEnd(LABEL)}${text}`;

function recordText(record: LeadershipRecord, atMs: number): string {
  const { state, epoch, version, ttlSeconds, databaseTime, frozen } = record;
  const renewed =
    databaseTime === null ? 'never renewed' : `renewed ${secondsSince(Date.parse(databaseTime), atMs)} s ago`;
  return `${state}, epoch ${epoch}, version ${version}; lease of ${ttlSeconds} s, ${renewed}${frozen ? '; FROZEN' : ''}`;
}

const operationText = ({ kind, to, sentence }: NonNullable<LeadershipRecord['operation']>): string =>
  `${kind} to ${to}: ${sentence}`;

function sideText(
  situation: Situation,
  side: Side,
  record: LeadershipRecord | undefined,
  paint: ReturnType<typeof pc.createColors>,
): string {
  const { atMs, platform } = situation;
  const title = `${side.region}  ${side.role}${record?.holder === side.region ? ', leads' : ''}`;
  const turn = side.turn.known ? side.turn.value : undefined;
  const database = turn?.database;
  return [
    paint.bold(title),
    ...(turn && database ? [databaseLine(turn, platform.leadership.lagGateSeconds, atMs)] : []),
    ...(side.instance ? [line('RDS', instanceText(side.instance))] : []),
    line('agent', turn ? `${secondsSince(turn.atMs, atMs)} s ago: ${turn.sentence}` : silence(side)),
    ...filesOf(side).map(({ service, sentence }) => line('files', `${service}: ${sentence}`)),
  ].join('\n');
}

function databaseLine(turn: Parameters<typeof leaseLeftSeconds>[0], gate: number, atMs: number): string {
  const { database, lagSeconds } = turn;
  if (!database?.inRecovery) {
    const left = leaseLeftSeconds(turn, atMs);
    const sessions = `${database?.fencedSessions ?? 0} sessions`;
    return line('lease', left > 0 ? `open for ${left} s more, ${sessions}` : `CLOSED, ${sessions}`);
  }
  const behind = lagSeconds === null ? 'lag not known' : `${lagSeconds.toFixed(1)} s behind`;
  return line('replica', `${database.streaming ? 'streaming' : 'NOT streaming'}, ${behind} (gate ${gate} s)`);
}

function instanceText(instance: NonNullable<Side['instance']>): string {
  if (!instance.known) return `unknown. ${instance.sentence}`;
  return instance.value ? described(instance.value) : 'no instance';
}
const described = ({ status, source }: Instance): string =>
  `${status}, ${source === null ? 'primary' : 'replica'}`;

const silence = ({ turn }: Side): string =>
  turn.known ? 'has said nothing for ten minutes' : `unknown. ${turn.sentence}`;

const filesOf = ({ files }: Side): readonly FilesLook[] => (files?.known ? files.value : []);

/** What `--json` prints. */
export function statusReport(situation: Situation, { verdict, ifHolderDied, problems }: Outlook): object {
  const { platform, atMs, record, sides } = situation;
  return {
    platform: platform.name,
    at: new Date(atMs).toISOString(),
    verdict,
    record: record.known ? (record.value ?? null) : { unknown: record.sentence },
    regions: [sides.home, sides.standby].map(({ role, region, turn, instance, files }) => ({
      region,
      role,
      agent: turn.known
        ? turn.value
          ? { ...turn.value, secondsAgo: secondsSince(turn.value.atMs, atMs) }
          : null
        : { unknown: turn.sentence },
      instance: instance?.known ? (instance.value ?? null) : instance ? { unknown: instance.sentence } : null,
      ...(files ? { files: files.known ? files.value : { unknown: files.sentence } } : {}),
    })),
    ifHolderDied,
    problems,
  };
}
