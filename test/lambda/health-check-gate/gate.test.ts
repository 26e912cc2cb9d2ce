import { describe, expect, it } from '@jest/globals';
import { gate, NotSettled, settle } from '../../../lambda/health-check-gate/gate';
import type { HealthChecks } from '../../../lambda/health-check-gate/ports';
import { answerOf } from '../../../lambda/health-check-gate/settled';
import { resourceHost, type TestHost } from '../../support/resource-host';

const OK = 'Success: HTTP Status Code 200, OK';
const HOME_LEADS = 'Failure: HTTP Status Code 503, Service Unavailable';
const checks = { endpoints: ['standby', 'witness'], standbyLeads: 'or', homeLeads: 'not' };

/** What both endpoint checks' checkers report, and the two metrics, at one poll. */
interface Moment {
  readonly seen?: readonly string[];
  readonly witness?: readonly string[];
  readonly or?: boolean | undefined;
  readonly not?: boolean | undefined;
  readonly error?: string;
}
const settledHome: Moment = { seen: [HOME_LEADS, HOME_LEADS, HOME_LEADS], or: false, not: true };
const settledStandby: Moment = { seen: [OK, OK, OK], or: true, not: false };

/** Plays the moments one poll after the other, the last one for ever. */
function play(host: TestHost, moments: readonly Moment[]): HealthChecks {
  const begun = host.clock.now();
  const moment = (): Moment =>
    moments[Math.min(Math.floor((host.clock.now() - begun) / 10_000), moments.length - 1)] ?? {};
  return {
    async observations(id) {
      const { error, seen = [], witness = seen } = moment();
      if (error) throw new Error(error);
      return (id === 'witness' ? witness : seen).map((status, index) => ({
        region: `region-${index}`,
        status,
      }));
    },
    metric: async (id) => (id === 'or' ? moment().or : moment().not),
  };
}

async function run(moments: readonly Moment[], seconds = 890) {
  const host = resourceHost(seconds);
  const begun = host.clock.now();
  const outcome = await host.clock
    .run(settle(checks, play(host, moments), host))
    .catch((error: unknown) => error);
  return { outcome, seconds: (host.clock.now() - begun) / 1000 };
}

describe('an answer of a checker', () => {
  it('is yes for success and no for 503 only; everything else comes from an endpoint that is not up', () => {
    expect(answerOf(OK)).toBe('yes');
    expect(answerOf('Success: HTTP Status Code: 200. Resolved IP: 192.0.2.1. OK')).toBe('yes');
    expect(answerOf(HOME_LEADS)).toBe('no');
    expect(answerOf('Failure: HTTP Status Code: 503. Resolved IP: 192.0.2.1. Service Unavailable')).toBe(
      'no',
    );
    for (const silent of [
      'Failure: DNS resolution failed: DNS response error code NXDOMAIN',
      'Failure: Connection timed out. The endpoint or the internet connection is down',
      'Failure: SSL alert handshake_failure',
      'Failure: HTTP Status Code 500, Internal Server Error',
      'Failure: HTTP Status Code 403, Forbidden',
      '',
    ]) {
      expect(answerOf(silent)).toBe('none');
    }
  });
});

describe('the gate before the failover records', () => {
  it('opens after the same state was seen twice, ten seconds apart', async () => {
    expect(await run([settledHome])).toEqual({ outcome: false, seconds: 10 });
    expect(await run([settledStandby])).toEqual({ outcome: true, seconds: 10 });
  });

  it('waits while a new check starts healthy and its inverse unhealthy', async () => {
    const fresh: Moment = { seen: [], or: true, not: false };
    expect(await run([fresh, fresh, settledHome])).toEqual({ outcome: false, seconds: 30 });
  });

  it('waits while fewer than three checkers have reported', async () => {
    const few: Moment = { ...settledHome, seen: [HOME_LEADS, HOME_LEADS] };
    expect((await run([few, settledHome])).seconds).toBe(20);
  });

  it('waits while the checkers disagree', async () => {
    const torn: Moment = { ...settledHome, seen: [HOME_LEADS, OK, HOME_LEADS] };
    expect((await run([torn, settledHome])).seconds).toBe(20);
  });

  it('waits while an endpoint is not up, though all its checkers agree that it is unhealthy', async () => {
    const timedOut = 'Failure: Connection timed out';
    const dark: Moment = { ...settledHome, witness: [timedOut, timedOut, timedOut] };
    expect((await run([dark, settledHome])).seconds).toBe(20);
  });

  it('waits for the calculated checks to follow', async () => {
    expect((await run([{ ...settledHome, not: undefined }, settledHome])).seconds).toBe(20);
    expect((await run([{ ...settledHome, not: false }, settledHome])).seconds).toBe(20);
    expect((await run([{ ...settledHome, or: true }, settledHome])).seconds).toBe(20);
  });

  it('counts again when the state changes in between', async () => {
    expect(await run([settledHome, settledStandby])).toEqual({ outcome: true, seconds: 20 });
    expect(await run([settledHome, { seen: [] }, settledHome])).toEqual({ outcome: false, seconds: 30 });
  });

  it('lets the standby lead if one endpoint of the two says so', async () => {
    const one: Moment = {
      seen: [OK, OK, OK],
      witness: [HOME_LEADS, HOME_LEADS, HOME_LEADS],
      or: true,
      not: false,
    };
    expect((await run([one])).outcome).toBe(true);
  });

  it('asks again when a call fails', async () => {
    expect(await run([{ error: 'Rate exceeded' }, settledHome])).toEqual({ outcome: false, seconds: 20 });
  });

  it('fails after 840 s with what it last saw and what to look at', async () => {
    const { outcome, seconds } = await run([{ seen: [HOME_LEADS] }], 2_000);
    expect(seconds).toBe(840);
    expect(outcome).toBeInstanceOf(NotSettled);
    expect(String(outcome)).toContain('have not settled within 840 s');
    expect(String(outcome)).toContain(
      'Last seen: Of the endpoint check standby there are reports by 1 of at least 3 checkers.',
    );
    expect(String(outcome)).toContain('Look at the checks in the Route 53 console');
  });

  it('fails at least twenty seconds before its time ends', async () => {
    // The host's deadline is ten seconds before the end: 300 s are left of 310.
    const { outcome, seconds } = await run([{ seen: [] }], 300);
    expect(outcome).toBeInstanceOf(NotSettled);
    expect(seconds).toBe(290);
  });

  it('reports who leads, and leaves a deletion alone', async () => {
    const host = resourceHost();
    const resource = gate(play(host, [settledHome]));
    const properties = resource.parse({
      EndpointHealthCheckIds: ['standby', 'witness'],
      StandbyLeadsHealthCheckId: 'or',
      HomeLeadsHealthCheckId: 'not',
    });
    expect(properties).toEqual(checks);
    await expect(host.clock.run(resource.create(properties, host))).resolves.toEqual({
      data: { StandbyLeads: 'false' },
      sentence: 'The health checks have settled: home leads.',
    });
    await expect(resource.delete(properties, host)).resolves.toBeUndefined();
  });
});
