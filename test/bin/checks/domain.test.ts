import { describe, expect, it } from '@jest/globals';
import { AMAZON, allowsAmazon, authorities } from '../../../bin/checks/authorities';
import { DnsFailed } from '../../../bin/checks/dns';
import { delegation, hostedZone } from '../../../bin/checks/hosted-zone';
import type { CaaRecord, HostedZone, Ports } from '../../../bin/checks/ports';
import { ownNames, records } from '../../../bin/checks/records';
import { ask, brief } from '../support/ask';
import { NAME_SERVERS, platform, ports, readyPorts } from '../support/ports';

const zone = (found: HostedZone | undefined): Partial<Ports> => ({
  zones: { ...readyPorts().zones, zone: async () => found },
});
const GOOD: HostedZone = { name: 'example.com', isPrivate: false, nameServers: NAME_SERVERS };

/** A DNS in which only these names have something. */
const dns = (
  servers: Readonly<Record<string, readonly string[]>>,
  caa: Readonly<Record<string, readonly CaaRecord[]>> = {},
): Partial<Ports> => ({
  names: {
    nameServers: async (name) => ({ com: ['a.gtld-servers.net'], ...servers })[name] ?? [],
    authorities: async (name) => caa[name] ?? [],
  },
});

describe('the hosted zone', () => {
  it('is found', async () => {
    expect(brief(await ask(hostedZone, platform(), readyPorts()))).toEqual([
      'global: ok: example.com is the public hosted zone Z0123456789.',
    ]);
  });

  it('is missed, and one can be made', async () => {
    const [line] = await ask(hostedZone, platform(), ports(zone(undefined)));
    expect(line).toMatchObject({ state: 'todo', sentence: 'There is no hosted zone Z0123456789.' });
    expect(line?.fix).toContain('aws route53 create-hosted-zone --name example.com');
  });

  it('is refused if it is private or another one', async () => {
    const isPrivate = await ask(hostedZone, platform(), ports(zone({ ...GOOD, isPrivate: true })));
    expect(isPrivate[0]).toMatchObject({ state: 'todo' });
    expect(isPrivate[0]?.sentence).toMatch(/is private/);
    const other = await ask(hostedZone, platform(), ports(zone({ ...GOOD, name: 'example.org' })));
    expect(other[0]?.sentence).toBe('The hosted zone Z0123456789 is example.org, the file says example.com.');
  });
});

describe('the delegation', () => {
  it('is right when DNS names the servers of the zone, in any order and spelling', async () => {
    const servers = NAME_SERVERS.map((server) => `${server.toUpperCase()}.`).reverse();
    expect(brief(await ask(delegation, platform(), ports(dns({ 'example.com': servers }))))).toEqual([
      'global: ok: example.com is delegated to the hosted zone.',
    ]);
  });

  it('is missing: the name servers to enter are said', async () => {
    const [line] = await ask(delegation, platform(), ports(dns({})));
    expect(line).toMatchObject({
      state: 'todo',
      sentence: 'Nobody points at the hosted zone: example.com has no name servers.',
    });
    expect(line?.fix?.split('\n').slice(1)).toEqual(NAME_SERVERS.map((server) => `  ${server}`));
  });

  it('is wrong: the servers that answer now are said', async () => {
    const [line] = await ask(delegation, platform(), ports(dns({ 'example.com': ['ns.other.net'] })));
    expect(line?.sentence).toBe('example.com is served by ns.other.net and not by the hosted zone.');
  });

  it('is of no use if a name between leads away from the zone', async () => {
    const away = ports(dns({ 'example.com': NAME_SERVERS, 'demo.example.com': ['ns.other.net'] }));
    const [line] = await ask(delegation, platform(), away);
    expect(line).toMatchObject({ state: 'todo' });
    expect(line?.sentence).toMatch(
      /^demo.example.com is delegated away from the hosted zone, to ns.other.net/,
    );
  });

  it('is unknown where DNS fails or shows only the names of the house', async () => {
    const broken: Ports = ports({
      names: {
        ...readyPorts().names,
        nameServers: async (name) => {
          throw new DnsFailed(name, 'NS', { code: 'ETIMEOUT' });
        },
      },
    });
    expect((await ask(delegation, platform(), broken))[0]).toMatchObject({ state: 'unknown' });
    const [inside] = await ask(delegation, platform(), ports(dns({ com: [] })));
    expect(inside?.state).toBe('unknown');
    expect(inside?.sentence).toMatch(/does not see the public DNS.*--dns-server/);
  });

  it('is left to the check of the zone if that is wrong', async () => {
    expect(await ask(delegation, platform(), ports(zone(undefined)))).toEqual([]);
  });
});

const caa = (text: string): CaaRecord => {
  const [, flags = '', tag = '', value = ''] = /^(\d+) (\w+) "(.*)"$/.exec(text) ?? [];
  return { critical: Number(flags) > 0, tag, value };
};

describe('CAA records', () => {
  it.each([
    [[], true, true],
    [['0 issue "letsencrypt.org"'], false, false],
    [['0 issue ";"'], false, false],
    [['0 issue "letsencrypt.org"', '0 issue "amazon.com"'], true, true],
    [['0 issue "Amazon.com; validationmethods=dns-01"'], true, true],
    [['0 issue "amazon.com"', '0 issuewild ";"'], true, false],
    [['0 issue ";"', '0 issuewild "amazonaws.com"'], false, true],
    [['0 iodef "mailto:a@example.com"'], true, true],
    [['128 tbs "unknown"'], false, false],
    [['0 tbs "unknown"'], true, true],
    [['0 issue "notamazon.com"'], false, false],
  ])('%j allow Amazon a name: %s, a wildcard: %s', (texts, name, wildcard) => {
    const set = texts.map(caa);
    expect([allowsAmazon(set, false), allowsAmazon(set, true)]).toEqual([name, wildcard]);
  });

  it('may name any of the four authorities of Amazon', () => {
    for (const issuer of AMAZON) expect(allowsAmazon([caa(`0 issue "${issuer}"`)], false)).toBe(true);
  });

  it('count only at the closest name that has some', async () => {
    const shadowed = dns(
      {},
      { 'example.com': [caa('0 issue ";"')], 'demo.example.com': [caa('0 issue "amazon.com"')] },
    );
    expect(brief(await ask(authorities, platform(), ports(shadowed)))).toEqual([
      'global: ok: No CAA record forbids Amazon to issue the certificates.',
    ]);
  });

  it('of a parent forbid the names below, and what to add is said', async () => {
    const [line] = await ask(
      authorities,
      platform(),
      ports(dns({}, { 'example.com': [caa('0 issue "letsencrypt.org"')] })),
    );
    expect(line).toMatchObject({ state: 'todo' });
    expect(line?.sentence).toMatch(
      /^The CAA records of example.com forbid Amazon a certificate for demo.example.com, \*.demo.example.com, leader-standby/,
    );
    expect(line?.fix).toBe(
      'Add to the CAA records of example.com:\n  0 issue "amazon.com"\n  0 issuewild "amazon.com"',
    );
  });

  it('are read without credentials', () => {
    expect(authorities.asksAws).toBe(false);
  });
});

describe('the names of the platform', () => {
  const taken = (name: string): Partial<Ports> => ({
    zones: {
      zone: async () => GOOD,
      recordTypes: async (_, asked) => (asked === name ? ['CNAME', 'TXT'] : []),
    },
  });

  it('are free', async () => {
    expect(brief(await ask(records, platform(), readyPorts()))).toEqual([
      'global: ok: Nobody else has records under the names of the platform.',
    ]);
  });

  it.each(ownNames(platform()).map(({ name }) => name))('are taken by somebody at %s', async (name) => {
    const [line] = await ask(records, platform(), ports(taken(name)));
    expect(line).toMatchObject({ state: 'todo' });
    expect(line?.sentence).toMatch(new RegExp(`^${name} has a record already \\(CNAME\\)`));
    expect(line?.fix).toContain(`Name=='${name}.'`);
  });

  it('may carry what the stacks of the platform made', async () => {
    const deployed = ports({
      ...taken('home.demo.example.com'),
      stacks: {
        list: async (region) => [
          { name: `Demo-${region}-Cluster`, status: 'CREATE_COMPLETE', isProtected: false },
        ],
      },
    });
    expect((await ask(records, platform(), deployed))[0]).toMatchObject({ state: 'ok' });
  });

  it('may carry texts and mail', async () => {
    const texts = ports({ zones: { zone: async () => GOOD, recordTypes: async () => ['TXT', 'MX'] } });
    expect((await ask(records, platform(), texts))[0]).toMatchObject({ state: 'ok' });
  });
});
