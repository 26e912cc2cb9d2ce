import { isProtected, type LeadershipRecord } from '../../../lambda/leader/record';
import type { Platform } from '../../../lib/config/platform';
import type { Check } from '../../checks/check';
import { type Finding, GLOBAL, ok, todo, unknown } from '../../checks/line';
import { explain } from '../failures';
import { obstacle } from '../outlook';
import type { PreflightPorts } from '../ports';
import { leading, recentTurn, type Side, type Situation, secondsSince } from '../situation';

/** Checks of what moves: the record, the agents and the replica, all of one moment. */

/** Can each region of the table serve the record? After the loss of one, the other two must. */
export const recordEverywhere = (platform: Platform, { leadership }: PreflightPorts): Check => ({
  name: 'record',
  asksAws: true,
  tasks: () =>
    platform.leadership.regions.map((region) => ({
      place: region,
      run: async () => {
        try {
          const record = await leadership.readIn(region);
          return [
            record
              ? ok(`Readable here: epoch ${record.epoch}, version ${record.version}.`)
              : todo('The leadership table holds no record here.'),
          ];
        } catch (error) {
          return [unknown(`Not readable here. ${explain(error)}`)];
        }
      },
    })),
});

/** Do the record and both sides allow a move at all? */
export const fitness = (situation: Situation): Check => ({
  name: 'leadership',
  asksAws: true,
  tasks: () => [{ place: GLOBAL, run: async () => fitnessOf(situation) }],
});

/** @returns what stands against a move, one finding each; one that is ok if nothing does */
export function fitnessOf(situation: Situation): Finding[] {
  if (!situation.record.known) return [unknown(situation.record.sentence)];
  const record = situation.record.value;
  if (!record) return [todo('There is no leadership record.')];
  const wrong = [
    ...(record.frozen ? [todo('The platform is frozen.', 'npx holdfast thaw')] : []),
    ...(record.operation
      ? [
          todo(
            `An operation is under way: ${record.operation.kind} to ${record.operation.to}.`,
            'npx holdfast status --watch',
          ),
        ]
      : []),
    ...(isProtected(record) ? [] : [notProtected(record)]),
  ];
  if (wrong.length > 0) return wrong;
  const why = obstacle(situation, record);
  if (why) return [why.kind === 'unseen' ? unknown(why.sentence) : todo(why.sentence)];
  return [
    ok(`${record.holder} leads (${record.state}, epoch ${record.epoch}); the other side may take over.`),
  ];
}

const notProtected = ({ state }: LeadershipRecord): Finding =>
  state === 'SERVING'
    ? todo('The side that was left is not rebuilt.', 'npx holdfast failback')
    : todo(`The record is in ${state}.`, 'npx holdfast status --watch');

/** Are both agents alive? */
export const agents = ({ sides, atMs }: Situation): Check => ({
  name: 'agent',
  asksAws: true,
  tasks: () =>
    [sides.home, sides.standby].map((side) => ({ place: side.region, run: async () => [alive(side, atMs)] })),
});

function alive(side: Side, atMs: number): Finding {
  if (!side.turn.known) return unknown(side.turn.sentence);
  if (!side.turn.value) return todo('The agent has said nothing for ten minutes.');
  const seconds = secondsSince(side.turn.value.atMs, atMs);
  return recentTurn(side, atMs)
    ? ok(`The agent's last turn was ${seconds} s ago.`)
    : todo(`The agent has said nothing for ${seconds} s.`);
}

/** Does the replica stream, and within the gate? */
export const replica = (situation: Situation): Check => ({
  name: 'replica',
  asksAws: true,
  tasks: ({ database }) => {
    const record = situation.record.known ? situation.record.value : undefined;
    const other = record && leading(situation, record)?.other;
    if (database?.kind !== 'managed' || !other) return [];
    return [{ place: other.region, run: async () => [streams(situation, other), replicates(other)] }];
  },
});

function streams({ platform, atMs }: Situation, side: Side): Finding {
  const turn = recentTurn(side, atMs);
  if (!turn) return unknown('How the replica is cannot be seen: its agent tells nothing.');
  const { database, lagSeconds } = turn;
  const gate = platform.leadership.lagGateSeconds;
  if (!database) return todo('The database does not answer its agent.');
  if (!database.inRecovery) return todo('The database is no replica.');
  if (!database.streaming) return todo('The replica is not connected to its source.');
  if (lagSeconds === null) return todo('How far the replica is behind is not known.');
  const behind = `The replica streams, ${lagSeconds.toFixed(1)} s behind; the gate is ${gate} s.`;
  return lagSeconds <= gate ? ok(behind) : todo(behind);
}

function replicates({ instance }: Side): Finding {
  if (!instance?.known) return unknown(instance?.sentence ?? 'RDS was not asked.');
  if (!instance.value) return todo('RDS has no database instance here.');
  const { status, source } = instance.value;
  if (source === null) return todo('RDS calls the database no replica.');
  return status === 'available'
    ? ok(`RDS calls it available, a replica of ${source}.`)
    : todo(`RDS calls it ${status}; it promotes only what is available.`);
}

/** Are the engines and their parameters the same on both sides? */
export const engines = ({ sides }: Situation, { databases }: PreflightPorts): Check => ({
  name: 'engine',
  asksAws: true,
  tasks: ({ database }) =>
    database?.kind === 'managed'
      ? [{ place: GLOBAL, run: () => sameEngines(sides.home, sides.standby, databases) }]
      : [],
});

async function sameEngines(a: Side, b: Side, databases: PreflightPorts['databases']): Promise<Finding[]> {
  const [one, two] = [a.instance, b.instance].map((side) => (side?.known ? side.value : undefined));
  if (!one || !two) return [unknown('One of the two database instances is not known.')];
  const versions = `${one.engineVersion} in ${a.region}, ${two.engineVersion} in ${b.region}`;
  const [left, right] = await Promise.all([
    databases.parameters(a.region, one.parameterGroup),
    databases.parameters(b.region, two.parameterGroup),
  ]);
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  const different = names.filter((name) => left.get(name) !== right.get(name));
  const waiting = [a, b].filter((_, index) => [one, two][index]?.parameterStatus === 'pending-reboot');
  return [
    one.engineVersion === two.engineVersion
      ? ok(`PostgreSQL ${one.engineVersion} on both sides.`)
      : todo(`The versions differ: ${versions}.`),
    different.length === 0
      ? ok(`${names.length} parameters are equal.`)
      : todo(`Parameters differ: ${different.join(', ')}.`, 'npx holdfast deploy'),
    ...waiting.map(({ region }) => todo(`Parameters in ${region} wait for a reboot of the database.`)),
  ];
}
