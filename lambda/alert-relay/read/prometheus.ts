import type { Detail, Notification, Place, Severity, Status } from '../notification';
import { dedupKey } from './dedup-key';
import { type Json, numberIn, objectIn, objectsIn, textIn, timeOf, webAddress } from './json';
import { panelInGrafana, silenceInGrafana } from './links';
import type { Reading } from './reading';

/**
 * What the alert manager writes: a group of alerts as JSON, by the template of the platform. Alert managers of both regions
 * may tell of the same thing, so that the key holds the region that the alerts are about and not the one that tells.
 */

type Labels = Readonly<Record<string, string>>;

interface Alert {
  readonly status: Status;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly since: string | undefined;
  readonly generator: string | undefined;
}

export const isOfAlertManager = (json: Json): boolean => textIn(json, 'source') === 'amp';

/** @param json for which `isOfAlertManager` holds */
export function readAlerts(json: Json, { settings, grafana }: Reading): Omit<Notification, 'receiver'> {
  const alerts = objectsIn(json, 'alerts').map(toAlert);
  const group = textsIn(json, 'groupLabels');
  const [first] = alerts;
  const labels = { ...(alerts.length === 1 ? first?.labels : common(alerts)), ...group };
  const platform = labels.platform ?? textIn(json, 'platform') ?? settings.platform;
  const status = toStatus(textIn(json, 'status'));
  const total = numberIn(json, 'firing') + numberIn(json, 'resolved');
  const name = labels.alertname ?? 'Alert';
  const where = placeOf({ ...labels, platform });
  const summary = first?.annotations.summary;
  return {
    source: 'prometheus',
    status,
    severity: severityOf(labels.severity ?? first?.labels.severity),
    title: name,
    what: summary ?? `${name} is ${status}.`,
    where,
    since: earliest(alerts.filter((alert) => alert.status === status)),
    description: first?.annotations.description ?? '',
    links: linksOf(first, grafana),
    dedupKey: dedupKey('prometheus', platform, where.region ?? '', ...sorted(group)),
    details: alerts.length > 1 ? alerts.map((alert) => toDetail(alert, platform)) : [],
    more: Math.max(0, total - alerts.length),
  };
}

function linksOf(alert: Alert | undefined, grafana: string | undefined): Notification['links'] {
  if (!alert) return {};
  const { labels, annotations, generator } = alert;
  const panel = annotations.panel;
  const graph =
    grafana !== undefined && panel !== undefined
      ? panelInGrafana(grafana, panel, labels.region)
      : webAddress(generator);
  const runbook = annotations.runbook_url;
  return {
    ...(graph === undefined ? {} : { graph }),
    ...(runbook === undefined ? {} : { runbook }),
    ...(grafana === undefined ? {} : { silence: silenceInGrafana(grafana, labels) }),
  };
}

const toAlert = (json: Json): Alert => ({
  status: toStatus(textIn(json, 'status')),
  labels: textsIn(json, 'labels'),
  annotations: textsIn(json, 'annotations'),
  since: timeOf(textIn(json, 'startsAt')),
  generator: textIn(json, 'generatorURL'),
});

const toDetail = ({ status, labels, annotations, since }: Alert, platform: string): Detail => ({
  status,
  sentence: annotations.summary ?? annotations.description ?? labels.alertname ?? 'An alert.',
  where: placeOf({ platform, ...labels }),
  since,
});

const placeOf = ({ platform = '', region, service }: Labels): Place => ({ platform, region, service });

/** What nobody calls resolved is not: silence must not be read into a message. */
const toStatus = (text: string | undefined): Status => (text === 'resolved' ? 'resolved' : 'firing');

/** An urgency that is not known is taken for the highest. */
export const severityOf = (text: string | undefined): Severity =>
  text === 'warning' || text === 'info' ? text : 'critical';

function textsIn(json: Json, name: string): Labels {
  const object = objectIn(json, name);
  return Object.fromEntries(
    Object.keys(object).flatMap((key) => {
      const text = textIn(object, key);
      return text === undefined ? [] : [[key, text]];
    }),
  );
}

/** Labels with the same value in all alerts. */
function common([first, ...others]: readonly Alert[]): Labels {
  const same = Object.entries(first?.labels ?? {}).filter(([name, value]) =>
    others.every(({ labels }) => labels[name] === value),
  );
  return Object.fromEntries(same);
}

const earliest = (alerts: readonly Alert[]): string | undefined =>
  alerts.flatMap(({ since }) => since ?? []).sort()[0];

const sorted = (labels: Labels): string[] =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
