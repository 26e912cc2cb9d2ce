import { accountFor, acknowledged } from '../../../local/drill/account';
import { figuresOf, writableAt } from '../../../local/drill/figures';
import type { DatabaseSample, RequestRecord, Sample, Side } from '../../../local/drill/model';
import { NOTHING_SALVAGED, type Salvage } from '../../../local/drill/salvage';
import type { Evidence } from '../../../local/drill/scenario';

/** Times of recorded evidence are milliseconds since this moment. */
export const BEGAN = Date.UTC(2026, 0, 31, 12);

/** A write that was taken, and was answered after 10 ms, unless it is told otherwise. */
export function write(id: string, sentMs: number, more: Partial<RequestRecord> = {}): RequestRecord {
  const by: Side = more.by ?? 'home';
  return {
    client: 1,
    kind: 'write',
    id,
    sentMs: BEGAN + sentMs,
    endedMs: BEGAN + sentMs + 10,
    side: by,
    status: 200,
    epoch: 1,
    by,
    retried: false,
    ...more,
  };
}

/** A read that was answered well, whether or not it found its row. */
export function read(
  id: string,
  sentMs: number,
  found: boolean,
  more: Partial<RequestRecord> = {},
): RequestRecord {
  return { ...write(id, sentMs, more), kind: 'read', found };
}

export function failed(id: string, sentMs: number, retried = false): RequestRecord {
  const { epoch, by, ...rest } = write(id, sentMs, { status: 503, retried });
  return rest;
}

export const OPEN: DatabaseSample = { role: 'primary', open: true };
export const CLOSED: DatabaseSample = { role: 'primary', open: false };
export const REPLICA: DatabaseSample = { role: 'replica', open: false, lagSeconds: 0.2 };
export const SILENT: DatabaseSample = { role: 'silent', open: false };

/** A look in which home leads epoch 1 and all is well, unless it is told otherwise. */
export const look = (atMs: number, more: Partial<Sample> = {}): Sample => ({
  atMs: BEGAN + atMs,
  alive: { home: true, standby: true },
  record: { holder: 'home', epoch: 1, state: 'SERVING', version: 7 },
  dns: 'home',
  databases: { home: OPEN, standby: REPLICA },
  tasks: { home: 3, standby: 1 },
  ...more,
});

export const led = (holder: Side, epoch: number, state = 'SERVING') => ({
  record: { holder, epoch, state, version: 7 },
});

interface Story {
  readonly samples: readonly Sample[];
  readonly requests: readonly RequestRecord[];
  /** Of the writes, those that the database that leads has; all of them if it is not said. */
  readonly present?: readonly string[];
  readonly salvage?: Salvage;
  /** After the beginning, in milliseconds. */
  readonly troubleMs?: number;
  readonly boundSeconds?: number;
  /** As RDS took for it. */
  readonly promotionSeconds?: number;
  readonly archiveBehindSeconds?: number;
  readonly archiveBoundSeconds?: number;
  readonly perSecond?: number;
}

/** What a drill would have made of a story. */
export function evidenceOf({
  samples,
  requests,
  present,
  salvage,
  troubleMs,
  boundSeconds = 60,
  promotionSeconds,
  archiveBehindSeconds,
  archiveBoundSeconds,
  perSecond = 20,
}: Story): Evidence {
  const writes = acknowledged(requests).flatMap(({ id }) => id ?? []);
  const there = new Set(present ?? writes);
  const missing = new Set(writes.filter((id) => !there.has(id)));
  const trouble = {
    ...(troubleMs === undefined ? {} : { atMs: BEGAN + troubleMs }),
    boundSeconds,
    ...(promotionSeconds === undefined ? {} : { promotionSeconds }),
  };
  const epochNow = samples.findLast(({ record }) => record)?.record?.epoch ?? 0;
  return {
    samples,
    requests,
    perSecond,
    account: accountFor(requests, there, salvage ?? NOTHING_SALVAGED, epochNow),
    figures: {
      ...figuresOf(requests, missing, trouble),
      ...(archiveBehindSeconds === undefined ? {} : { archiveBehindSeconds }),
    },
    ...(archiveBoundSeconds === undefined ? {} : { archiveBoundSeconds }),
    troubleMs: trouble.atMs,
    writableMs: writableAt(samples, trouble),
  };
}

/** Looks come twice a second: each is seen until the next one differs. */
export const keptUp = (samples: readonly Sample[]): Sample[] =>
  samples.flatMap((one, i) => {
    const untilMs = samples[i + 1]?.atMs ?? one.atMs + 1;
    const count = Math.ceil((untilMs - one.atMs) / 500);
    return Array.from({ length: count }, (_, number) => ({ ...one, atMs: one.atMs + number * 500 }));
  });

/** Home is lost at 10 s, the standby is writable at 40 s after a promotion of 4 s, and has all but the last write. */
export function regionLoss(): Story {
  const gone = { alive: { home: false, standby: true } };
  const samples = keptUp([
    look(0),
    look(9_900),
    look(10_100, { ...gone, databases: { home: SILENT, standby: REPLICA } }),
    look(34_000, { ...gone, ...led('standby', 2, 'CLAIMED'), databases: { home: SILENT, standby: REPLICA } }),
    look(35_000, {
      ...gone,
      ...led('standby', 2, 'PROMOTING'),
      databases: { home: SILENT, standby: REPLICA },
    }),
    look(39_000, {
      ...gone,
      ...led('standby', 2, 'PROMOTING'),
      databases: { home: SILENT, standby: CLOSED },
    }),
    look(40_000, { ...gone, ...led('standby', 2), databases: { home: SILENT, standby: OPEN } }),
    look(60_000, {
      ...gone,
      ...led('standby', 2),
      dns: 'standby',
      databases: { home: SILENT, standby: OPEN },
    }),
  ]);
  const requests = [
    ...Array.from({ length: 100 }, (_, number) => write(`a${number}`, number * 100)),
    failed('f1', 20_000),
    failed('f1', 24_000, true),
    ...Array.from({ length: 60 }, (_, number) =>
      write(`b${number}`, 50_000 + number * 100, { epoch: 2, by: 'standby' }),
    ),
  ];
  const present = requests.flatMap(({ id, status }) =>
    id !== undefined && id !== 'a99' && status === 200 ? [id] : [],
  );
  const beyond = { fromMs: BEGAN + 9_500, untilMs: BEGAN + 30_000 };
  const salvage = { ids: new Set<string>(), beyond };
  return { samples, requests, present, salvage, troubleMs: 10_000, promotionSeconds: 4 };
}
