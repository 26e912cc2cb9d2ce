import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { chooseFirst } from '../../bin/choose-first';
import { buildPlatform } from '../../lib/stacks/build-platform';
import { bareApp, platform, SYSTEMS, type Synthesized, synthesized } from '../support/synth';

/** Every stack with all that must be deployed before it, directly or not. */
function before(synth: Synthesized): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = new Map(
    synth.assembly.stacks.map((stack) => [
      stack.stackName,
      stack.dependencies.map(({ id }) => id).filter((id) => synth.templates.has(id)),
    ]),
  );
  const all = (name: string): string[] => (direct.get(name) ?? []).flatMap((one) => [one, ...all(one)]);
  return new Map([...direct.keys()].map((name) => [name, new Set(all(name))]));
}

describe.each(SYSTEMS)('the order of the stacks of %s', (name) => {
  const { regions, services } = platform(name);
  const [home, standby] = [regions.home.name, regions.standby.name];
  const needs = () => before(synthesized(name));
  const of = (region: string, part: string): string => {
    const found = [...synthesized(name).templates.keys()].find((stack) =>
      stack.endsWith(`-${region}-${part}`),
    );
    if (!found) throw new Error(`There is no stack ${part} in ${region}.`);
    return found;
  };
  const waits = (later: string, earlier: string) =>
    expect({ later, earlier, waits: needs().get(later)?.has(earlier) }).toEqual({
      later,
      earlier,
      waits: true,
    });
  const edge = () => of('us-east-1', 'Edge');
  const leadership = () => of(regions.witness.name, 'Leadership');

  it('has no circle, and the CDK deploys in an order that keeps it', () => {
    const seen = new Set<string>();
    for (const stack of synthesized(name).templates.keys()) {
      expect({ stack, missing: [...(needs().get(stack) ?? [])].filter((one) => !seen.has(one)) }).toEqual({
        stack,
        missing: [],
      });
      seen.add(stack);
    }
  });

  it.each([home, standby])('builds up %s from its foundation to its services', (region) => {
    waits(of(region, 'Network'), of(region, 'Foundation'));
    waits(of(region, 'Data'), of(region, 'Network'));
    waits(of(region, 'Recovery'), of(region, 'Data'));
    waits(of(region, 'Cluster'), of(region, 'Network'));
    for (const service of services) {
      waits(of(region, `Service-${service.name}`), of(region, 'Cluster'));
      waits(of(region, `Service-${service.name}`), of(region, 'Data'));
    }
  });

  it('makes the source of the database before its replica', () => {
    waits(of(standby, 'Data'), of(home, 'Data'));
  });

  it('makes the key and the buckets of the standby before home copies into them', () => {
    waits(of(home, 'Foundation'), of(standby, 'Foundation'));
  });

  it('lets nobody lead before there is a table, and a database on both sides', () => {
    for (const region of [home, standby]) {
      waits(of(region, 'Recovery'), leadership());
      waits(of(region, 'Recovery'), of(home, 'Data'));
      waits(of(region, 'Recovery'), of(standby, 'Data'));
    }
    expect([...(needs().get(leadership()) ?? [])]).toEqual([]);
  });

  it('starts no service before a region leads', () => {
    for (const region of [home, standby])
      for (const service of services) {
        waits(of(region, `Service-${service.name}`), of(home, 'Recovery'));
        waits(of(region, `Service-${service.name}`), of(region, 'Recovery'));
      }
  });

  it('points names at regions last, when services, entrances and both endpoints are there', () => {
    for (const stack of synthesized(name).templates.keys()) if (stack !== edge()) waits(edge(), stack);
  });

  it('lets a region be deployed while the services and the entrance of the other one are gone', () => {
    for (const [own, other] of [
      [home, standby],
      [standby, home],
    ] as const)
      for (const [stack, earlier] of needs()) {
        if (!stack.includes(`-${own}-`) || stack === edge()) continue;
        const wrong = [...earlier].filter((one) => new RegExp(`-${other}-(Service-|Cluster$)`).test(one));
        expect({ stack, wrong }).toEqual({ stack, wrong: [] });
      }
  });
});

describe('a region that is to be deployed first', () => {
  /** Services that wait for the same one of the other region. */
  const waiting = (first?: 'home' | 'standby'): string[] => {
    const app = bareApp();
    buildPlatform(app, platform('mercator-jupiter'), first);
    const stacks = app.node.children.filter(Stack.isStack);
    return stacks
      .filter(({ stackName, dependencies }) =>
        dependencies.some(
          (one) =>
            one.stackName !== stackName && /-Service-/.test(one.stackName) && /-Service-/.test(stackName),
        ),
      )
      .map(({ stackName }) => stackName);
  };

  it('has its services before those of the other one', () => {
    expect(waiting('standby')).toEqual(['MercatorJupiter-us-east-1-Service-gateway']);
    expect(waiting('home')).toEqual(['MercatorJupiter-eu-west-1-Service-gateway']);
  });

  it('is the standby, unless who deploys says that home serves nobody, or that there is no other region', () => {
    expect([undefined, 'standby', 'home', 'none'].map(chooseFirst)).toEqual([
      'standby',
      'standby',
      'home',
      undefined,
    ]);
    expect(() => chooseFirst('us-east-1')).toThrow('us-east-1 is no order; allowed: standby, home, none.');
  });
});
