import { isDeepStrictEqual } from 'node:util';
import { ALERTS_MAX, ANNOTATION_MAX } from '../../lib/monitoring/routing/template';
import type { PostedAlert } from './alertmanager';
import type { Road } from './inhibition';
import { read, type Told, toldTo } from './told';
import { waitUntil } from './wait';

/** SNS takes this much. */
const SNS_BYTES_MAX = 256 * 1024;

/** Texts as alerts may carry them: whatever a message is made of must not end it. */
const NASTY: Readonly<Record<string, string>> = {
  quotes: `He said "stop", she said 'go', \`echo\` said nothing`,
  backslashes: String.raw`C:\temp\new \" \' \\' \u0041 \n`,
  lines: 'first\nsecond\r\nthird\tafter a tab',
  controls: 'bell \u0007 escape \u001b delete \u007f null-like \u0001',
  markup: '<script>alert("x")</script> & a=b',
  braces: '{{ .Labels.alertname }} {% end %} $HOME %s %d',
  world: 'Grüße, 漢字, עברית, 🚨 and a line separator \u2028 here',
  json: '{"a":[1,2,{"b":"c"}]}',
};

const base = {
  severity: 'critical',
  component: 'edge',
  team: 'ops',
  platform: 'jackcwf',
  region: 'eu-central-1',
};

/** @returns what is wrong with what messages say */
export async function messageProblems(road: Road): Promise<string[]> {
  return [
    ...(await nastyProblems(road)),
    ...(await groupProblems(road)),
    ...(await endProblems(road)),
    ...everyMessage(road),
  ];
}

async function toldOf(
  road: Road,
  alertname: string,
  enough: (told: readonly Told[]) => boolean,
): Promise<Told[]> {
  const told = () =>
    toldTo(road.end.published, 'webhook').filter(({ groupLabels }) => groupLabels.alertname === alertname);
  await waitUntil(`messages about ${alertname}`, () => enough(told()));
  return told();
}

async function nastyProblems(road: Road): Promise<string[]> {
  const posted: PostedAlert = {
    labels: { ...base, alertname: 'NastyTexts', query: NASTY.quotes ?? '' },
    annotations: { summary: 'Texts', ...NASTY, long: 'ä'.repeat(5000) },
    startsAt: '2026-01-02T03:04:05.678Z',
    generatorURL: 'https://example.net/graph?g0.expr=up%3D%3D0&g0.tab=1',
  };
  await road.alertmanager.post([posted]);
  const [told] = await toldOf(road, 'NastyTexts', ({ length }) => length > 0);
  const [alert] = told?.alerts ?? [];
  const expected = { ...posted.annotations, long: 'ä'.repeat(ANNOTATION_MAX) };
  const changed = Object.entries(expected).filter(([name, text]) => alert?.annotations[name] !== text);
  const facts = {
    status: alert?.status,
    startsAt: alert?.startsAt,
    endsAt: alert?.endsAt,
    labels: alert?.labels,
    generatorURL: alert?.generatorURL,
  };
  const wanted = {
    status: 'firing',
    startsAt: '2026-01-02T03:04:05Z',
    endsAt: undefined,
    labels: posted.labels,
    generatorURL: posted.generatorURL,
  };
  return [
    ...changed.map(
      ([name]) => `the annotation ${name} arrives as ${JSON.stringify(alert?.annotations[name])}`,
    ),
    ...(isDeepStrictEqual(facts, wanted) ? [] : [`an alert arrives as ${JSON.stringify(facts)}`]),
    ...(/^[0-9a-f]{16}$/.test(alert?.fingerprint ?? '') ? [] : ['an alert arrives without its fingerprint']),
    ...(await pageProblems(road, 'NastyTexts in eu-central-1: Texts')),
  ];
}

/** The team of the operators has PagerDuty, and so have critical alerts: each with its own key. */
async function pageProblems({ end }: Road, summary: string): Promise<string[]> {
  const pages = () => end.paged.filter((page) => page.summary === summary);
  await waitUntil(`two pages: ${summary}`, () => pages().length >= 2);
  const told = pages().map(({ routingKey, severity, action }) => `${routingKey} ${severity} ${action}`);
  const expected = ['jackcwf/pagerduty-critical critical trigger', 'jackcwf/pagerduty-ops critical trigger'];
  return isDeepStrictEqual(told.sort(), expected) ? [] : [`PagerDuty was told: ${told.join(', ')}`];
}

/** Alerts of the same name, part and severity come in one message, which tells of a few and counts all. */
async function groupProblems(road: Road): Promise<string[]> {
  const of = (alertname: string, severity: string, number: number): PostedAlert => ({
    labels: { ...base, alertname, severity, service: `service-${number}` },
    annotations: { summary: '"'.repeat(ANNOTATION_MAX), description: '\\'.repeat(ANNOTATION_MAX) },
  });
  await road.alertmanager.post([
    ...Array.from({ length: 25 }, (_, i) => of('ManyAtOnce', 'warning', i)),
    of('ManyAtOnce', 'info', 99),
  ]);
  const told = await toldOf(road, 'ManyAtOnce', ({ length }) => length >= 2);
  const found = told.map(({ groupLabels, firing, alerts }) => [groupLabels, firing, alerts.length]);
  const group = (severity: string) => ({ alertname: 'ManyAtOnce', component: 'edge', severity });
  const expected = [
    [group('info'), 1, 1],
    [group('warning'), 25, ALERTS_MAX],
  ];
  const bySeverity = found.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return isDeepStrictEqual(bySeverity, expected) ? [] : [`groups arrive as ${JSON.stringify(found)}`];
}

/** The end of an alert is told with its time, in one message with what still fires. */
async function endProblems(road: Road): Promise<string[]> {
  const alert = (service: string): PostedAlert => ({
    labels: { ...base, alertname: 'HalfOver', service },
    annotations: { summary: 'Over for one' },
    startsAt: '2026-01-02T03:00:00Z',
  });
  await road.alertmanager.post([alert('a'), alert('b')]);
  await toldOf(road, 'HalfOver', (told) => told.some(({ firing }) => firing === 2));
  await road.alertmanager.post([{ ...alert('a'), endsAt: '2026-01-02T03:30:00Z' }]);
  const told = await toldOf(road, 'HalfOver', (all) => all.some(({ resolved }) => resolved === 1));
  const half = told.find(({ resolved }) => resolved === 1);
  const found = half?.alerts.map(({ status, labels, endsAt }) => [status, labels.service, endsAt]);
  const expected = [
    ['firing', 'b', undefined],
    ['resolved', 'a', '2026-01-02T03:30:00Z'],
  ];
  return isDeepStrictEqual(found, expected) && half?.status === 'firing'
    ? []
    : [`an alert that is half over arrives as ${JSON.stringify(half)}`];
}

/** What holds for every message of the whole run. */
function everyMessage({ end }: Road): string[] {
  return end.published.flatMap((one) => {
    const told = read(one);
    const same = told.receiver === one.attributes.receiver;
    const own =
      told.version === 1 &&
      told.source === 'amp' &&
      told.region === 'eu-central-1' &&
      told.platform === 'jackcwf';
    const fits = Buffer.byteLength(one.message) < SNS_BYTES_MAX && /^[\x20-\x7e]{1,100}$/.test(one.subject);
    const right = one.topic === 'arn:aws:sns:eu-central-1:123456789012:jackcwf-alerts';
    return same && own && fits && right
      ? []
      : [`a message is not as agreed: ${one.subject}: ${one.message.slice(0, 300)}`];
  });
}
