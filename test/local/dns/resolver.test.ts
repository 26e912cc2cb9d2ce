import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type CheckStates, Zone } from '../../../local/dns/resolver';

const alias = (Name: string, DNSName: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  Name,
  Type: 'A',
  AliasTarget: { HostedZoneId: 'Z1', DNSName, EvaluateTargetHealth: false },
  ...more,
});
const primary = (HealthCheckId?: string): ResourceRecordSet =>
  alias('ops.example.com.', 'home.ops.example.com.', {
    Failover: 'PRIMARY',
    SetIdentifier: 'home',
    ...(HealthCheckId === undefined ? {} : { HealthCheckId }),
  });
const secondary = (HealthCheckId?: string): ResourceRecordSet =>
  alias('ops.example.com.', 'standby.ops.example.com.', {
    Failover: 'SECONDARY',
    SetIdentifier: 'standby',
    ...(HealthCheckId === undefined ? {} : { HealthCheckId }),
  });
const REGIONS = [
  alias('home.ops.example.com.', 'dualstack.home-1.us-east-1.elb.amazonaws.com.'),
  alias('standby.ops.example.com.', 'dualstack.standby-1.us-west-2.elb.amazonaws.com.'),
];
const PLATFORM = 'ops.example.com';
const leadsTo = (records: readonly ResourceRecordSet[], states: CheckStates): string | undefined =>
  new Zone([...records, ...REGIONS]).resolve(PLATFORM, states)?.split('.')[0];

describe('failover records', () => {
  const both = [secondary('two'), primary('one')];

  it('lead to the primary while it is healthy, also if the secondary is not', () => {
    expect(leadsTo(both, { one: true, two: false })).toBe('home');
  });

  it('lead to the secondary if only that one is healthy', () => {
    expect(leadsTo(both, { one: false, two: true })).toBe('standby');
  });

  it('lead to the primary if neither is healthy', () => {
    expect(leadsTo(both, { one: false, two: false })).toBe('home');
  });

  it('count a check of which nothing is known as healthy', () => {
    expect([leadsTo(both, { one: null, two: true }), leadsTo(both, { one: false, two: null })]).toEqual([
      'home',
      'standby',
    ]);
    expect(leadsTo(both, {})).toBe('home');
  });

  it('count a record without a check as healthy', () => {
    expect(leadsTo([primary('one'), secondary()], { one: false })).toBe('standby');
    expect(leadsTo([primary(), secondary('two')], { two: true })).toBe('home');
  });

  it('lead to the standby exactly if home is known to be bad and the standby is not', () => {
    const state = fc.constantFrom(true, false, null, undefined);
    fc.assert(
      fc.property(state, state, (one, two) => {
        const states = Object.fromEntries(
          Object.entries({ one, two }).filter(
            (entry): entry is [string, boolean | null] => entry[1] !== undefined,
          ),
        );
        expect(leadsTo(both, states)).toBe(one === false && two !== false ? 'standby' : 'home');
      }),
    );
  });
});

describe('a name', () => {
  it('is followed as far as it leads within the zone, in whatever letters', () => {
    const zone = new Zone([
      alias('www.Example.com.', 'OPS.example.com.'),
      primary(),
      secondary(),
      ...REGIONS,
    ]);
    expect(zone.resolve('WWW.example.com', {})).toBe('home.ops.example.com');
  });

  it('that does not exist leads nowhere', () => {
    expect(new Zone(REGIONS).resolve('nowhere.example.com', {})).toBeUndefined();
  });

  it('of another type than an address does not exist', () => {
    const text = { Name: 'ops.example.com.', Type: 'TXT' as const, ResourceRecords: [{ Value: '"x"' }] };
    expect(new Zone([text]).resolve(PLATFORM, {})).toBeUndefined();
  });

  it('that leads to itself comes to an end', () => {
    const zone = new Zone([
      alias('a.example.com.', 'b.example.com.'),
      alias('b.example.com.', 'a.example.com.'),
    ]);
    expect(zone.resolve('a.example.com', {})).toMatch(/^[ab]\.example\.com$/);
  });
});
