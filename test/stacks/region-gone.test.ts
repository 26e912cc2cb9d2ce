import { describe, expect, it } from '@jest/globals';
import { regionDomain } from '../../lib/config/names';
import type { Place, Platform } from '../../lib/config/platform';
import { left, pages, sentence, type Trigger, waysFrom } from '../support/paging';
import { platform, SYSTEMS, type Synthesized, synthesized } from '../support/synth';

/**
 * A region is gone: who is paged, by which path, after how long. An alarm in a dead region never rings, so every page here
 * leaves a region that is left, about something that is told there. What is told where is written down by hand; everything
 * after it is read from the templates.
 */
const EDGE = 'us-east-1';

/** What the agent of a region that is left tells when the other one renews no more: after the length of a lease. */
const leaseNotRenewed = (file: Platform, region: string): Trigger => ({
  region,
  alarm: `${file.name}-lease-not-renewed`,
  afterSeconds: file.leadership.leaseSeconds,
});
const noHeartbeat = (file: Platform, region: string, from: string): Trigger => ({
  region,
  alarm: `${file.name}-${from}-no-heartbeat`,
  afterSeconds: 0,
});
/** Route 53 asks from everywhere and reports in us-east-1: three failures in a row, and a minute until it is a metric. */
const unreachable = (file: Platform, place: Place): Trigger => ({
  region: EDGE,
  alarm: `${file.name}-${place}-unreachable`,
  afterSeconds: 3 * file.edge.healthCheckIntervalSeconds + 60,
});

const regionOf = (file: Platform, place: Place) => file.regions[place].name;

/** What goes off when a region is gone while home leads. Heartbeats were heard before. */
function gone(file: Platform, place: Place): string[] {
  const lost = regionOf(file, place);
  const others = (['home', 'standby'] as const).filter((role) => role !== place);
  const triggers = [
    ...(place === 'home' ? [leaseNotRenewed(file, regionOf(file, 'standby'))] : []),
    ...(place === 'witness' ? [] : [unreachable(file, place)]),
    ...others.map((role) => noHeartbeat(file, regionOf(file, role), lost)),
  ];
  return pages(synthesized(file.name), triggers, [`${file.name}-${lost}-heard`], [lost]).map(sentence);
}

describe('ops-center, whose home is us-east-1, so that the alarms on health checks are gone with it', () => {
  const file = platform('ops-center');

  it('pages from the standby when home is gone: of the lease, and of the silence', () => {
    expect(gone(file, 'home')).toEqual([
      'ops-center-nobody-can-write in us-west-2 within 360 s: e-mail, pager-duty',
      'ops-center-us-east-1-silent in us-west-2 within 600 s: e-mail, pager-duty',
    ]);
  });

  it('pages from home when the standby is gone: nobody answers there, and it is silent', () => {
    expect(gone(file, 'standby')).toEqual([
      'ops-center-standby-unreachable in us-east-1 within 450 s: e-mail, pager-duty',
      'ops-center-us-west-2-silent in us-east-1 within 600 s: e-mail, pager-duty',
    ]);
  });

  it('pages from both others when the witness is gone, of whose loss no user notices', () => {
    expect(gone(file, 'witness')).toEqual([
      'ops-center-us-east-2-silent in us-east-1 within 600 s: e-mail, pager-duty',
      'ops-center-us-east-2-silent in us-west-2 within 600 s: e-mail, pager-duty',
    ]);
  });
});

describe('jackcwf, whose health checks report in a fourth region and whose person on call has no address', () => {
  const file = platform('jackcwf');

  it('pages through the relay that is left when home is gone, of the health check too', () => {
    expect(gone(file, 'home')).toEqual([
      'jackcwf-nobody-can-write in eu-west-1 within 360 s: pager-duty, slack',
      'jackcwf-home-unreachable in us-east-1 within 450 s: pager-duty, slack',
      'jackcwf-eu-central-1-silent in eu-west-1 within 600 s: pager-duty, slack',
    ]);
  });

  it('pages through the relay of home when the standby is gone', () => {
    expect(gone(file, 'standby').at(-1)).toBe(
      'jackcwf-eu-west-1-silent in eu-central-1 within 600 s: pager-duty, slack',
    );
  });
});

describe('prodstack, whose witness is us-east-1, so that the alarms on health checks are gone with it', () => {
  it('pages from home and standby when the witness is gone', () => {
    expect(gone(platform('prodstack'), 'witness')).toEqual([
      'prodstack-us-east-1-silent in us-west-2 within 600 s: pager-duty, slack',
      'prodstack-us-east-1-silent in us-east-2 within 600 s: pager-duty, slack',
    ]);
  });
});

describe.each(SYSTEMS)('%s', (name) => {
  const file = platform(name);

  it.each(['home', 'standby', 'witness'] as const)('pages within ten minutes when %s is gone', (place) => {
    const told = gone(file, place);
    expect(told.length).toBeGreaterThan(0);
    for (const one of told) {
      expect(Number(/within (\d+) s/.exec(one)?.[1])).toBeLessThanOrEqual(600);
      expect(one).not.toContain('nobody:');
      expect(one.endsWith(': nobody')).toBe(false);
      expect(one).not.toContain(`in ${regionOf(file, place)} within`);
    }
  });

  it('pages in both regions through topics that somebody listens to', () => {
    for (const role of ['home', 'standby'] as const) {
      const region = regionOf(file, role);
      const topic = `arn:aws:sns:${region}:${file.account}:${name}-on-call`;
      // The other region, and with it everything that it subscribed, is gone.
      const lost = [regionOf(file, role === 'home' ? 'standby' : 'home')];
      expect([region, waysFrom(synthesized(name), topic, lost)]).toEqual([region, onCall(file)]);
    }
  });

  it('has somebody left who hears the alarms of the edge, whichever of the two regions is gone', () => {
    const topic = `arn:aws:sns:${EDGE}:${file.account}:${name}-edge-alarms`;
    for (const role of ['home', 'standby'] as const) {
      const lost = regionOf(file, role);
      if (lost === EDGE) continue;
      expect([lost, waysFrom(synthesized(name), topic, [lost])]).toEqual([lost, onCall(file)]);
    }
  });
});

/** How the platform file says that the person on call is reached. */
function onCall({ alerts }: Platform): string[] {
  const receiver = alerts?.receivers[alerts.onCall];
  return [
    ...(receiver?.email.length ? ['e-mail'] : []),
    ...(receiver?.pagerDuty ? ['pager-duty'] : []),
    ...(receiver?.slack ? ['slack'] : []),
    ...(receiver?.webhook ? ['webhook'] : []),
  ];
}

describe('parts of home that are lost while the region lives', () => {
  const file = platform('ops-center');
  const told = (alarm: string, region: string, lost: readonly string[] = []) =>
    pages(
      synthesized('ops-center'),
      [{ region, alarm: `ops-center-${alarm}`, afterSeconds: 0 }],
      [`ops-center-${regionOf(file, 'home')}-heard`],
      lost,
    ).map(({ alarm: name, ways }) => `${name}: ${ways.join(', ')}`);

  it('its database: the agent tells that the fence is closed', () => {
    expect(told('fence-closed', 'us-east-1')).toEqual(['ops-center-nobody-can-write: e-mail, pager-duty']);
  });

  it('its services: the service, and the agent of the other region that asks them from there', () => {
    expect(told('backend-no-target-8084', 'us-east-1')).toEqual([
      'ops-center-backend-failing: e-mail, pager-duty',
    ]);
    expect(told('application-outage', 'us-west-2')).toEqual([
      'ops-center-application-outage: e-mail, pager-duty',
    ]);
  });

  it('its archive: what is written could be lost', () => {
    expect(told('archive-silent', 'us-east-1')).toEqual(['ops-center-archive-at-risk: e-mail, pager-duty']);
  });

  it('its way to people: the addresses of its topic, and the other region, which hears no heartbeat', () => {
    expect(told('relay-errors', 'us-east-1')).toEqual(['ops-center-on-call-unreachable: e-mail, pager-duty']);
    expect(told('us-east-1-no-heartbeat', 'us-west-2')).toEqual([
      'ops-center-us-east-1-silent: e-mail, pager-duty',
    ]);
  });

  it('nothing of it but its agents: nobody is paged of a region that was never heard', () => {
    expect(pages(synthesized('ops-center'), [noHeartbeat(file, 'us-west-2', 'us-east-1')], [], [])).toEqual(
      [],
    );
  });
});

describe('no path depends on what is lost', () => {
  const functions = (synth: Synthesized, lost: string) =>
    left(synth, 'AWS::Lambda::Function', [lost]).map(
      ({ region, resource }) => `${region} ${String(resource.Properties.FunctionName)}`,
    );

  it.each(SYSTEMS)('%s: what tells of a lost region runs in another one', (name) => {
    const file = platform(name);
    const [home, standby, witness] = (['home', 'standby', 'witness'] as const).map((p) => regionOf(file, p));
    // The lease of home is watched by the agent of the standby, and each relay is in its own region.
    expect(functions(synthesized(name), home ?? '')).toEqual(
      expect.arrayContaining([`${standby} ${name}-region-agent`, `${standby} ${name}-alert-relay`]),
    );
    // The witness beats into both others.
    const beats = left(synthesized(name), 'AWS::Lambda::Function').find(
      ({ resource }) => resource.Properties.FunctionName === `${name}-heartbeat`,
    );
    expect(beats?.region).toBe(witness);
    expect(beats?.resource.Properties.Environment.Variables.HEARING_REGIONS).toBe(`${home},${standby}`);
  });

  it('the fixed names of the regions are asked by checks that live outside of both', () => {
    const checked = left(synthesized('jackcwf'), 'AWS::Route53::HealthCheck').map(
      ({ resource }) => resource.Properties.HealthCheckConfig.FullyQualifiedDomainName,
    );
    const file = platform('jackcwf');
    expect(checked).toEqual(
      expect.arrayContaining([regionDomain(file, 'home'), regionDomain(file, 'standby')]),
    );
  });
});
