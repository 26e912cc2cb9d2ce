import type { ObjectStore } from '../archive/store';
import { HoldfastError } from '../runtime/errors';
import { DRILLS, reportKey } from './contract';
import type { Records } from './ports';
import { type DrillRecord, STEPS } from './record';

/** An object where drills are written down is none of this function's. */
export class StrangeRecord extends HoldfastError {
  constructor(readonly key: string) {
    super(`${key} holds no record of a drill.`);
  }
}

const KEY = /^drills\/([^/]+)\/(\d{4})\.json$/;
const keyOf = (id: string, number: number): string =>
  `${DRILLS}${id}/${String(number).padStart(4, '0')}.json`;

/** Ids begin with their time, so the last key is the last record. */
export function drillRecords(store: ObjectStore): Records {
  return {
    async last() {
      let last: string | undefined;
      for await (const key of store.list(DRILLS)) if (KEY.test(key)) last = key;
      if (last === undefined) return undefined;
      const bytes = await store.get(last);
      if (!bytes) throw new StrangeRecord(last);
      const number = Number(KEY.exec(last)?.[2]);
      return { number, record: recordIn(last, Buffer.from(bytes).toString()) };
    },
    async append(after, record) {
      const number = after?.record.id === record.id ? after.number + 1 : 0;
      const text = `${JSON.stringify(record, null, 2)}\n`;
      return (await store.put(keyOf(record.id, number), Buffer.from(text))) === 'put';
    },
    // Written again after a crash it is the same.
    report: async ({ id }, text) => void (await store.put(reportKey(id), Buffer.from(text))),
  };
}

function recordIn(key: string, text: string): DrillRecord {
  const record: Partial<DrillRecord> | null = JSON.parse(text);
  if (typeof record?.id !== 'string' || !STEPS.some((step) => step === record.step))
    throw new StrangeRecord(key);
  return record as DrillRecord;
}
