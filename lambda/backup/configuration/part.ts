import { isProtected } from '../../leader/record';
import { type BackupSettings, type Component, MANIFEST_ENDING, MANIFESTS, PARTIAL_ENDING } from '../contract';
import { type Gate, gateOf } from '../gate';
import { type ComponentReport, carryOut, type Host } from '../host';
import { Draft } from '../plan';
import type { Both, Inventory, Leadership, Objects } from '../ports';
import { DAY_MS, type Due, dueOf, HOUR_MS, isoOf, stampOf, timeOfStamp } from '../schedule';
import { look, reasons, type Seen } from '../seen';
import { collect } from './collect';
import { type Manifest, notReplicated } from './manifest';

/** How far back the newest manifest is looked for; beyond that there is silence enough. */
const LOOK_BACK_DAYS = 40;
const COMPONENT: Component = 'configuration';
/** After this long a manifest of this region alone counts: the other one may be gone for days. */
const OTHER_REGION_PATIENCE_MS = HOUR_MS;

/** Both regions must have each manifest: that of a region that is gone is needed most. */
type ManifestAction =
  | { readonly kind: 'write'; readonly due: Due }
  | { readonly kind: 'copy'; readonly due: Due; readonly from: 'own' | 'other' };

interface Sources {
  readonly leadership: Leadership;
  readonly inventory: Both<Inventory>;
  readonly objects: Both<Objects>;
}

export async function recordConfiguration(
  { leadership, inventory, objects }: Sources,
  settings: BackupSettings,
  host: Host,
): Promise<ComponentReport> {
  const nowMs = host.clock.now();
  const [record, own, other] = await Promise.all([
    look(() => leadership.read()),
    look(() => timesIn(objects.own, settings, nowMs)),
    look(() => timesIn(objects.other, settings, nowMs)),
  ]);
  const gate = gateOf(record, settings.own);
  const draft: Draft<ManifestAction> = new Draft();
  draft.failures.push(...reasons(own, other));
  if (gate.open) decide(draft, own, other, settings, nowMs);
  else (gate.failure ? draft.failures : draft.notes).push(gate.why);
  const findings: string[] = [];
  const perform = async (action: ManifestAction): Promise<void> => {
    if (action.kind === 'copy') return copy(objects, action);
    if (gate.open) findings.push(...(await write(inventory, objects, settings, action.due, gate, nowMs)));
  };
  const outcome = await carryOut(draft, nameOf, perform, host);
  const newest = own.known ? Math.max(...own.value) : Number.NEGATIVE_INFINITY;
  return {
    ...outcome,
    failures: [...outcome.failures, ...findings],
    ageSeconds: Number.isFinite(newest) ? Math.max(0, (nowMs - newest) / 1000) : null,
    inventory: {
      own: own.known ? own.value.map(isoOf) : null,
      other: other.known ? other.value.map(isoOf) : null,
    },
  };
}

const prefixOf = (schedule: string): string => `${MANIFESTS}${schedule}/`;
const keyOf = ({ schedule, dueMs }: Due, ending = MANIFEST_ENDING): string =>
  `${prefixOf(schedule)}${stampOf(dueMs)}${ending}`;

/** @returns the times of the complete manifests of all schedules in a bucket */
async function timesIn(
  objects: Objects,
  { schedules }: BackupSettings,
  nowMs: number,
): Promise<readonly number[]> {
  const after = stampOf(nowMs - LOOK_BACK_DAYS * DAY_MS);
  const covering = schedules.filter(({ covers }) => covers.includes(COMPONENT));
  const keys = await Promise.all(
    covering.map(({ name }) => objects.list(prefixOf(name), `${prefixOf(name)}${after}`)),
  );
  return keys
    .flat()
    .filter((key) => !key.endsWith(PARTIAL_ENDING))
    .flatMap((key) => timeOfStamp(key.slice(key.lastIndexOf('/') + 1, -MANIFEST_ENDING.length)) ?? []);
}

function decide(
  draft: Draft<ManifestAction>,
  own: Seen<readonly number[]>,
  other: Seen<readonly number[]>,
  { schedules }: BackupSettings,
  nowMs: number,
): void {
  if (!own.known) return;
  for (const due of dueOf(COMPONENT, schedules, nowMs)) {
    const here = own.value.includes(due.dueMs);
    const there = other.known && other.value.includes(due.dueMs);
    if (!here && !there) draft.actions.push({ kind: 'write', due });
    else if (!here) draft.actions.push({ kind: 'copy', due, from: 'other' });
    else if (!there && other.known) draft.actions.push({ kind: 'copy', due, from: 'own' });
  }
}

const nameOf = ({ kind, due }: ManifestAction): string =>
  `The ${kind === 'write' ? 'manifest' : 'copy of the manifest'} ${keyOf(due)}`;

/** @returns what is wrong with the configuration itself, one sentence each */
async function write(
  inventory: Both<Inventory>,
  objects: Both<Objects>,
  settings: BackupSettings,
  due: Due,
  { record }: Extract<Gate, { open: true }>,
  nowMs: number,
): Promise<readonly string[]> {
  const { regions, missing: lacking } = await collect(inventory, settings);
  const missing = [...lacking.own, ...lacking.other];
  const manifest: Manifest = {
    format: 'holdfast-manifest-1',
    platform: settings.platform,
    schedule: due.schedule,
    due: isoOf(due.dueMs),
    writtenAt: isoOf(nowMs),
    leads: record.holder,
    epoch: record.epoch,
    regions: { [settings.own]: regions.own, [settings.other]: regions.other },
    missing,
  };
  const text = JSON.stringify(manifest, null, 2);
  const counts =
    missing.length === 0 || (lacking.own.length === 0 && nowMs - due.dueMs > OTHER_REGION_PATIENCE_MS);
  // One that lacks something is better than none and does not count: the next start tries again.
  await objects.own.put(keyOf(due, counts ? MANIFEST_ENDING : PARTIAL_ENDING), text);
  const copied = counts ? reasons(await look(() => objects.other.put(keyOf(due), text))) : [];
  return [...missing, ...copied, ...(isProtected(record) ? replicationOf(regions, settings) : [])];
}

/** While the other side is being rebuilt its secrets are its own. */
function replicationOf(
  { own, other }: Awaited<ReturnType<typeof collect>>['regions'],
  settings: BackupSettings,
): readonly string[] {
  const { regionalSecrets } = settings.configuration;
  return own.secrets && other.secrets
    ? notReplicated(own.secrets, other.secrets, regionalSecrets, settings.other)
    : [];
}

async function copy(
  objects: Both<Objects>,
  { due, from }: Extract<ManifestAction, { kind: 'copy' }>,
): Promise<void> {
  const text = await objects[from].get(keyOf(due));
  // It went between the look and now: the next start writes it anew.
  if (text !== undefined) await objects[from === 'own' ? 'other' : 'own'].put(keyOf(due), text);
}
