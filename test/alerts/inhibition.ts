import { resolve } from 'node:path';
import { loadPlatform } from '../../lib/config/load';
import { alertManagerDefinition } from '../../lib/monitoring/routing/amp';
import { type Alertmanager, type PostedAlert, startAlertmanager } from './alertmanager';
import { alertOf, CASES, type InhibitionCase } from './inhibition-cases';
import { onLoopback } from './loopback';
import { messageProblems } from './messages';
import { relayedProblems } from './relayed';
import { type RoadEnd, startRoadEnd } from './road-end';
import { nameOf, toldTo } from './told';
import { waitUntil } from './wait';

const ROOT = resolve(__dirname, '../..');
/** Hears every alert of jackcwf that is not muted. */
const HEARS_ALL = 'webhook';

/** A real alert manager with the definition of jackcwf, and a real receiver at the other end. */
export interface Road {
  readonly alertmanager: Alertmanager;
  readonly end: RoadEnd;
}

/**
 * Posts alerts to a real Alertmanager that runs the definition made for Amazon Managed Prometheus, and looks at what
 * arrives at the other end: who is muted, what comes in one message, what the messages say, and the watchdog.
 * @returns what is wrong, one text each
 */
export async function inhibitionProblems(): Promise<string[]> {
  const end = await startRoadEnd();
  try {
    const platform = loadPlatform('jackcwf', { root: ROOT });
    const definition = alertManagerDefinition(platform, 'home');
    const alertmanager = await startAlertmanager(onLoopback(definition, end));
    try {
      const road = { alertmanager, end };
      return [
        ...(await watchdogProblems(road)),
        ...(await mutedProblems(road)),
        ...(await messageProblems(road)),
        ...relayedProblems(platform, end.published),
      ];
    } finally {
      await alertmanager.stop();
    }
  } finally {
    await end.stop();
  }
}

/** Names of the alerts of a platform that were heard firing. */
const heardOf = ({ end }: Road, platform: string): Set<string> =>
  new Set(
    toldTo(end.published, HEARS_ALL)
      .flatMap(({ alerts }) => alerts)
      .filter(({ labels, status }) => labels.platform === platform && status === 'firing')
      .map(({ labels }) => nameOf(labels)),
  );

const sentinel = (name: string): PostedAlert => alertOf('sentinel', [name, 'info', 'edge']);

/**
 * Everything that was posted before had its chance to be told: groups wait equally long, so a group that is posted after
 * them is told after them. Twice, because one round may have begun before.
 */
async function everythingIsTold(road: Road): Promise<void> {
  for (const name of ['FirstRound', 'SecondRound']) {
    await road.alertmanager.post([sentinel(name)]);
    const heard = () => heardOf(road, 'sentinel').has(nameOf(sentinel(name).labels));
    await waitUntil(`${name} to be heard`, heard);
  }
}

const namesOf = (platform: string, alerts: InhibitionCase['heard']): string[] =>
  alerts.map((alert) => nameOf(alertOf(platform, alert).labels));

/** @throws Error if an alert that nothing may mute is not heard */
async function mutedProblems(road: Road): Promise<string[]> {
  const all = CASES.flatMap(({ platform, heard, muted }) =>
    [...heard, ...muted].map((alert) => alertOf(platform, alert)),
  );
  await road.alertmanager.post(all);
  for (const { platform, because, heard } of CASES) {
    const names = namesOf(platform, heard);
    const everyOne = () => names.every((name) => heardOf(road, platform).has(name));
    await waitUntil(`all of ${names.join(', ')} to be heard: ${because}`, everyOne);
  }
  await everythingIsTold(road);
  const problems = CASES.flatMap(({ platform, because, muted }) =>
    namesOf(platform, muted)
      .filter((name) => heardOf(road, platform).has(name))
      .map((name) => `${name} was heard: ${because}`),
  );
  if (problems.length === 0) await comesBack(road);
  return problems;
}

/**
 * What was muted is told as soon as its cause is over.
 * @throws Error if it is not
 */
async function comesBack(road: Road): Promise<void> {
  const platform = 'database-gone';
  const cause = alertOf(platform, ['DatabaseUnreachable', 'critical', 'database']);
  const muted = alertOf(platform, ['HighErrorRate', 'critical', 'service', { service: 'app' }]);
  await road.alertmanager.post([{ ...cause, endsAt: new Date().toISOString() }]);
  const heard = () => heardOf(road, platform).has(nameOf(muted.labels));
  await waitUntil('HighErrorRate to be heard when the database answers again', heard);
}

/** The watchdog is told again and again, to its own receiver and nobody else. */
async function watchdogProblems(road: Road): Promise<string[]> {
  const before = road.end.published.length;
  await road.alertmanager.post([alertOf('jackcwf', ['Watchdog', 'info', 'monitoring'])]);
  const told = () => toldTo(road.end.published.slice(before), 'holdfast-watchdog');
  await waitUntil('four beats of the watchdog', () => told().length >= 4);
  const others = road.end.published
    .slice(before)
    .filter(({ attributes }) => attributes.receiver !== 'holdfast-watchdog');
  return [
    ...(others.length > 0 ? [`the watchdog was told to ${others[0]?.attributes.receiver}`] : []),
    ...(told().every(({ status }) => status === 'firing') ? [] : ['the watchdog was told as resolved']),
    ...(road.end.paged.length > 0 ? ['the watchdog has paged somebody'] : []),
  ];
}
