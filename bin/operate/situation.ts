import type { LeadershipRecord } from '../../lambda/leader/record';
import { databaseIdentifier, otherRole } from '../../lib/config/names';
import type { Platform, Role } from '../../lib/config/platform';
import { type Answer, answerOf } from './failures';
import type { FilesLook, Instance, OperatorPorts, Turn } from './ports';

/** How far back the log of an agent is read: longer than any silence that is worth a number. */
const LOG_MS = 10 * 60_000;
/** An agent that has said nothing for longer than this is silent: its turns are five seconds apart. */
export const SILENT_SECONDS = 120;

/** What is known of one region. */
export interface Side {
  readonly role: Role;
  readonly region: string;
  /** Last turn of its agent; undefined if it has had none for ten minutes. */
  readonly turn: Answer<Turn | undefined>;
  /** Undefined without a managed database. */
  readonly instance: Answer<Instance | undefined> | undefined;
  /** Last look at the files of each service that shares some, for ten minutes back; undefined if none does. */
  readonly files: Answer<readonly FilesLook[]> | undefined;
}

/** A platform as it can be seen from outside at one moment; each source may have failed alone. */
export interface Situation {
  readonly platform: Platform;
  /** By the clock of this machine, in milliseconds since 1970. */
  readonly atMs: number;
  readonly record: Answer<LeadershipRecord | undefined>;
  readonly sides: Readonly<Record<Role, Side>>;
}

/** Asks every source at once. Never rejects; takes as long as the slowest source's deadline at most. */
export async function lookAt(platform: Platform, ports: OperatorPorts, atMs: number): Promise<Situation> {
  const [record, home, standby] = await Promise.all([
    answerOf(ports.leadership.read()),
    sideOf(platform, ports, 'home', atMs),
    sideOf(platform, ports, 'standby', atMs),
  ]);
  return { platform, atMs, record, sides: { home, standby } };
}

async function sideOf(platform: Platform, ports: OperatorPorts, role: Role, atMs: number): Promise<Side> {
  const region = platform.regions[role].name;
  const isManaged = platform.database?.kind === 'managed';
  const sharesFiles = platform.services.some(({ sharedFiles }) => sharedFiles);
  const [turn, instance, files] = await Promise.all([
    answerOf(ports.agentLog.turns(region, atMs - LOG_MS).then((turns) => turns.at(-1))),
    isManaged ? answerOf(ports.databases.describe(region, databaseIdentifier(platform))) : undefined,
    sharesFiles ? answerOf(ports.filesLog.looks(region, atMs - LOG_MS).then(lastOfEach)) : undefined,
  ]);
  return { role, region, turn, instance, files };
}

const lastOfEach = (looks: readonly FilesLook[]): readonly FilesLook[] => [
  ...new Map(looks.map((look) => [look.service, look])).values(),
];

/** The side that leads and the other one; undefined if the record names none of the two. */
export function leading(
  situation: Situation,
  record: LeadershipRecord,
): { readonly holder: Side; readonly other: Side } | undefined {
  const roles: readonly Role[] = ['home', 'standby'];
  const role = roles.find((one) => situation.sides[one].region === record.holder);
  return role && { holder: situation.sides[role], other: situation.sides[otherRole(role)] };
}

/** Last turn of a side's agent, if it is known and the agent is not silent. */
export function recentTurn(side: Side, atMs: number): Turn | undefined {
  const turn = side.turn.known ? side.turn.value : undefined;
  return turn && secondsSince(turn.atMs, atMs) <= SILENT_SECONDS ? turn : undefined;
}

/** Whole seconds; never negative, because the clock of this machine may be behind. */
export const secondsSince = (thenMs: number, nowMs: number): number =>
  Math.max(0, Math.round((nowMs - thenMs) / 1000));
