import { web } from '../../../../lambda/alert-relay/aws/web';
import type { RelaySettings } from '../../../../lambda/alert-relay/contract';
import { SecretCache } from '../../../../lambda/alert-relay/deliver/secret-cache';
import type { Web } from '../../../../lambda/alert-relay/ports';
import type { Run } from '../../../../lambda/alert-relay/relay';
import { type Clock, systemClock } from '../../../../lambda/runtime/clock';
import { createLog } from '../../../../lambda/runtime/log';
import { SETTINGS } from './messages';

/** The relay with what is outside it played by a test; HTTP is real unless another web is given. */
export interface Scene {
  /** Each call is a start of the function. */
  readonly run: (milliseconds: number) => Run;
  /** Values of secrets; a test changes them. */
  readonly secrets: Map<string, string>;
  /** Names of the secrets that were read. */
  readonly reads: string[];
  readonly mails: { readonly topic: string; readonly subject: string; readonly text: string }[];
  /** What the topics do with a mail. */
  mail: () => Promise<void>;
  readonly beats: number[];
  /** What the other region does with a heartbeat. */
  peer: () => Promise<void>;
  /** Lines of the log. */
  readonly lines: string[];
}

export function scene({
  pagerDutyUrl = 'http://127.0.0.1:9/',
  settings = SETTINGS,
  clock = systemClock,
  through = web,
}: {
  readonly pagerDutyUrl?: string;
  readonly settings?: RelaySettings;
  readonly clock?: Clock;
  readonly through?: Web;
} = {}): Scene {
  const made: Scene = {
    run: (milliseconds) => ({
      means: { settings, pagerDutyUrl, world, secrets, clock },
      grafana: undefined,
      deadline: clock.monotonic() + milliseconds,
      clock,
      log: createLog((line) => made.lines.push(line)),
    }),
    secrets: new Map(),
    reads: [],
    mails: [],
    mail: () => Promise.resolve(),
    beats: [],
    peer: () => Promise.resolve(),
    lines: [],
  };
  const world = {
    web: through,
    secrets: {
      async read(name: string) {
        made.reads.push(name);
        const value = made.secrets.get(name);
        if (value === undefined) throw new Error(`There is no secret ${name}.`);
        return value;
      },
    },
    mail: {
      async send(topic: string, subject: string, text: string) {
        await made.mail();
        made.mails.push({ topic, subject, text });
      },
    },
    peer: {
      async beat(atMs: number) {
        await made.peer();
        made.beats.push(atMs);
      },
    },
    dice: { roll: () => 0.5 },
  };
  const secrets = new SecretCache(world.secrets, clock);
  return made;
}
