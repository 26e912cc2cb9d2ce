import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { Role } from '../../../lib/config/platform';
import { leaseLeftSeconds, outlook, takesWrites } from '../../operate/outlook';
import { leading, recentTurn, type Side, type Situation } from '../../operate/situation';
import { queueRow } from './judge-queue';
import { serviceRow } from './judge-service';
import type { Seen, SeenAnswer } from './look';
import { type Level, type Row, row } from './row';

/** Every finding, in the order of the table: who leads, what answers, then each region with its parts. */
export function judge(seen: Seen): Row[] {
  const { situation } = seen;
  const record = situation.record.known ? situation.record.value : undefined;
  const leads = ROLE_ORDER.find((role) => situation.sides[role].region === record?.holder);
  return [
    leadershipRow(situation),
    ...seen.answers.map((one) => answerRow(one, seen, leads)),
    ...ROLE_ORDER.flatMap((role) => [
      ...seen.services.filter((one) => one.role === role).map((one) => serviceRow(one, leads)),
      ...databaseRows(situation, record, role),
      ...seen.caches.filter((one) => one.role === role).map(cacheRow(leads)),
      ...seen.queues
        .filter((one) => one.role === role)
        .map((one) => queueRow(situation.platform, one, leads)),
    ]),
    ...seen.alarms.map(alarmsRow),
  ];
}

const ROLE_ORDER: readonly Role[] = ['home', 'standby'];

/** During a takeover nobody takes writes; everything else that `status` finds wrong is a risk, not an outage. */
function leadershipRow(situation: Situation): Row {
  const { verdict, problems } = outlook(situation);
  const { record } = situation;
  const is = (level: Level): Row => row('everywhere', 'leadership', level, verdict);
  if (!record.known) return row('everywhere', 'leadership', 'unknown', record.sentence);
  if (!record.value || record.value.state === 'CLAIMED' || record.value.state === 'PROMOTING')
    return is('down');
  return is(problems.length > 0 ? 'degraded' : 'ok');
}

const ERRORS_FROM = 500;

function answerRow({ role, place, answer }: SeenAnswer, { services }: Seen, leads: Role | undefined): Row {
  const matters = role === undefined || role === leads;
  const rests =
    !matters &&
    services
      .filter((one) => one.role === role)
      .every(({ state }) => state.known && state.value?.desired === 0);
  if (rests) return row(place, 'answer', 'ok', 'Nothing is meant to answer here.');
  const bad: Level = leads === undefined ? 'unknown' : matters ? 'down' : 'degraded';
  if (!answer.known) return row(place, 'answer', bad, answer.sentence);
  const { status, milliseconds } = answer.value;
  const sentence = `${status} in ${milliseconds} ms`;
  return row(place, 'answer', status >= ERRORS_FROM ? bad : status >= 400 ? 'degraded' : 'ok', sentence);
}

function databaseRows(situation: Situation, record: LeadershipRecord | undefined, role: Role): Row[] {
  if (situation.platform.database?.kind !== 'managed') return [];
  const side = situation.sides[role];
  const isHolder = record !== undefined && leading(situation, record)?.holder === side;
  return [isHolder ? writerRow(situation, record, side) : replicaRow(situation, side, record !== undefined)];
}

function writerRow(situation: Situation, record: LeadershipRecord, side: Side): Row {
  const is = (level: Level, sentence: string): Row => row(side.region, 'database', level, sentence);
  const turn = recentTurn(side, situation.atMs);
  const status = side.instance?.known ? side.instance.value?.status : undefined;
  switch (takesWrites(situation, record)) {
    case 'yes': {
      const left = turn ? leaseLeftSeconds(turn, situation.atMs) : 0;
      const rds = status === undefined || status === 'available' ? '' : `; RDS calls it ${status}`;
      return is(rds === '' ? 'ok' : 'degraded', `takes writes, its lease is open for ${left} s more${rds}`);
    }
    case 'no':
      return is('down', 'takes NO writes: its lease is closed');
    case 'unknown':
      return is('unknown', 'whether it takes writes cannot be seen from here');
  }
}

/** @param isNamed whether the record says who leads */
function replicaRow({ platform, atMs }: Situation, side: Side, isNamed: boolean): Row {
  const is = (level: Level, sentence: string): Row => row(side.region, 'database', level, sentence);
  const turn = recentTurn(side, atMs);
  const gate = platform.leadership.lagGateSeconds;
  if (!turn) return is('unknown', 'its agent tells nothing');
  if (!isNamed && !turn.database?.inRecovery)
    return is('unknown', 'whether it is meant to take writes is not known');
  if (!turn.database) return is('degraded', 'does not answer its agent');
  if (!turn.database.inRecovery) return is('degraded', 'is no replica; npx holdfast failback rebuilds it');
  if (!turn.database.streaming) return is('degraded', 'is not connected to its source');
  if (turn.lagSeconds === null) return is('degraded', 'how far it is behind is not known');
  const lag = `streams, ${turn.lagSeconds.toFixed(1)} s behind (gate ${gate} s)`;
  return is(turn.lagSeconds <= gate ? 'ok' : 'degraded', lag);
}

const cacheRow =
  (leads: Role | undefined) =>
  ({ role, region, status }: Seen['caches'][number]): Row => {
    if (!status.known) return row(region, 'cache', 'unknown', status.sentence);
    if (status.value === undefined)
      return row(region, 'cache', role === leads ? 'down' : 'degraded', 'there is none');
    return row(region, 'cache', status.value === 'available' ? 'ok' : 'degraded', status.value);
  };

/** Ends of the names of alarms that scale and say nothing of trouble. */
const SCALING = /-load-(high|low)$/;

function alarmsRow({ region, firing }: Seen['alarms'][number]): Row {
  if (!firing.known) return row(region, 'alarms', 'unknown', firing.sentence);
  const names = (isComposite: boolean): string =>
    firing.value
      .filter((one) => one.isComposite === isComposite && !SCALING.test(one.name))
      .map(({ name }) => name)
      .sort()
      .join(', ');
  const [pages, causes] = [names(true), names(false)];
  const because = causes === '' ? '' : `causes: ${causes}`;
  if (pages !== '')
    return row(region, 'alarms', 'degraded', `${pages}${because === '' ? '' : `; ${because}`}`);
  return row(region, 'alarms', 'ok', causes === '' ? 'none' : `none that pages; ${because}`);
}
