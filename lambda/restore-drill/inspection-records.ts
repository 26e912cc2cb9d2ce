import type { ObjectStore } from '../archive/store';
import { INSPECTIONS } from './contract';
import type { Inspection, InspectionRecords } from './inspection';
import { StrangeRecord } from './records';

/** Older ones are of no use: a round that was given up so long ago begins anew. */
const LOOK_BACK_MS = 180 * 86_400_000;

/** `inspections/20260131t020000.json`: keys are in the order of their time. */
const keyAt = (ms: number): string =>
  `${INSPECTIONS}${new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}.json`;

/**
 * @param own where they are put, each once
 * @param either the stores of both regions: the lead may have moved since the last one
 */
export function inspectionRecords(own: ObjectStore, either: ObjectStore): InspectionRecords {
  return {
    async last(nowMs) {
      let last: string | undefined;
      for await (const key of either.list(INSPECTIONS, keyAt(nowMs - LOOK_BACK_MS))) last = key;
      if (last === undefined) return undefined;
      const bytes = await either.get(last);
      if (!bytes) throw new StrangeRecord(last);
      return inspectionIn(last, Buffer.from(bytes).toString());
    },
    // Another start of the same second has read the same.
    append: async (nowMs, inspection) =>
      void (await own.put(keyAt(nowMs), Buffer.from(`${JSON.stringify(inspection, null, 2)}\n`))),
  };
}

function inspectionIn(key: string, text: string): Inspection {
  const found: Partial<Inspection> | null = JSON.parse(text);
  if (typeof found?.beganMs !== 'number' || typeof found.findings !== 'number') throw new StrangeRecord(key);
  return found as Inspection;
}
