import { describe, expect, it } from '@jest/globals';
import type { Ports } from '../../../bin/checks/ports';
import { fargateVcpu, quotas } from '../../../bin/checks/quotas';
import { ask } from '../support/ask';
import { platform, ports, readyPorts } from '../support/ports';

/** Everything allowed but one quota. */
const allowing = (code: string, value: number): Partial<Ports> => ({
  quotas: {
    ...readyPorts().quotas,
    value: async (_region, _service, quota) => (quota === code ? value : 1000),
  },
});
const about = async (subject: Ports, what: string) =>
  (await ask(quotas, platform(), subject)).filter(({ sentence }) => sentence.includes(what));

describe('the quotas', () => {
  it('of Lambda in a new account are too low, in every region that runs functions', async () => {
    const low = ports({ quotas: { ...readyPorts().quotas, concurrentExecutions: async () => 10 } });
    const lines = await about(low, 'Lambda');
    expect(lines.map(({ place, state }) => [place, state])).toEqual([
      ['us-east-1', 'todo'],
      ['us-west-2', 'todo'],
      ['us-east-2', 'todo'],
    ]);
    expect(lines[0]?.fix).toBe(
      'aws service-quotas request-service-quota-increase --region us-east-1 --service-code lambda --quota-code L-B99A9384 --desired-value 1000',
    );
  });

  it('count what is used already', async () => {
    const used = ports({
      ...allowing('L-0263D0A3', 5),
      usage: { ...readyPorts().usage, elasticAddresses: async (region) => (region === 'us-east-1' ? 3 : 2) },
    });
    const lines = await about(used, 'Elastic IP');
    expect(lines.map(({ place, state, sentence }) => [place, state, sentence])).toEqual([
      [
        'us-east-1',
        'todo',
        'Elastic IP addresses (one for each NAT gateway): 3 of 5 are used, 3 more are needed.',
      ],
      [
        'us-west-2',
        'ok',
        'Elastic IP addresses (one for each NAT gateway): 2 of 5 are used, 3 more are needed.',
      ],
    ]);
    expect(lines[0]?.fix).toMatch(/--quota-code L-0263D0A3 --desired-value 6$/);
  });

  it('need one address where one NAT gateway serves all zones', async () => {
    const single = platform(['leadership:\n', 'network: { natPerZone: false }\nleadership:\n']);
    const lines = await ask(quotas, single, ports(allowing('L-0263D0A3', 1)));
    expect(
      lines.filter(({ sentence }) => /Elastic IP.*1 more is needed/.test(sentence)).map(({ state }) => state),
    ).toEqual(['ok', 'ok']);
  });

  it('count nothing twice once the platform is deployed', async () => {
    const full = ports({
      ...allowing('L-F678F1CE', 1),
      stacks: {
        list: async (region) => [
          { name: `Demo-${region}-Network`, status: 'CREATE_COMPLETE', isProtected: false },
        ],
      },
    });
    const lines = await about(full, 'VPCs');
    expect(lines.map(({ state, sentence }) => [state, sentence])).toEqual(
      Array(2).fill(['ok', 'VPCs: 1 of 1 are used, those of the platform among them.']),
    );
  });

  it.each(['L-F678F1CE', 'L-7B6409FD', 'L-53DA6B97'])('%s is looked at in home and standby', async (code) => {
    const lines = (await ask(quotas, platform(), ports(allowing(code, 0)))).filter(
      ({ state }) => state === 'todo',
    );
    expect(lines.map(({ place }) => place)).toEqual(['us-east-1', 'us-west-2']);
  });

  it('of Fargate must carry all services at their most, in the standby as at home', async () => {
    // web: 6 tasks and one more for each two, of 0.5 vCPU; worker: 4 and as many again, of 1 vCPU.
    expect(fargateVcpu(platform())).toBe(Math.ceil(9 * 0.5 + 8 * 1));
    const lines = await about(ports(allowing('L-3032A538', 12)), 'Fargate');
    expect(lines.map(({ place, state }) => [place, state])).toEqual([
      ['us-east-1', 'todo'],
      ['us-west-2', 'todo'],
    ]);
    expect(lines[1]?.sentence).toBe(
      'Fargate: only 12 vCPU are allowed; after a failover all services at their most need 13.',
    );
  });

  it('are not asked for what the platform does not have', async () => {
    const { database: _, ...without } = platform();
    const lines = await ask(quotas, without, readyPorts());
    expect(lines.some(({ sentence }) => sentence.startsWith('RDS'))).toBe(false);
  });
});
