import { describe, expect, it } from '@jest/globals';
import { BOOTSTRAP_VERSION, bootstrap } from '../../../bin/checks/bootstrap';
import type { Ports, Stack } from '../../../bin/checks/ports';
import { regions, zones } from '../../../bin/checks/regions';
import { linkedRoles, roles } from '../../../bin/checks/roles';
import { problemOf, stacks } from '../../../bin/checks/stacks';
import { ask, brief } from '../support/ask';
import { platform, ports, readyPorts } from '../support/ports';

const withStacks = (...found: readonly Stack[]): Partial<Ports> => ({ stacks: { list: async () => found } });
const stack = (name: string, status: string, isProtected = false): Stack => ({ name, status, isProtected });

describe('the regions', () => {
  it('are all asked for: home, standby, witness and us-east-1, and those of the leadership table', async () => {
    const lines = await ask(regions, platform(), readyPorts());
    expect(brief(lines)).toEqual([
      'us-east-1: ok: The region is enabled.',
      'us-west-2: ok: The region is enabled.',
      'us-east-2: ok: The region is enabled.',
    ]);
  });

  it('must exist for the account', async () => {
    const none = ports({ regions: { ...readyPorts().regions, optInStatus: async () => new Map() } });
    expect((await ask(regions, platform(), none))[0]?.sentence).toBe(
      'AWS knows no region us-east-1 for this account.',
    );
  });
});

describe('the zones', () => {
  const having = (zonesOf: Readonly<Record<string, string>>): Ports =>
    ports({ regions: { ...readyPorts().regions, zones: async () => new Map(Object.entries(zonesOf)) } });

  it('are those of the file', async () => {
    expect(brief(await ask(zones, platform(), readyPorts()))).toEqual([
      'us-east-1: ok: us-east-1a, us-east-1b and us-east-1c are available.',
      'us-west-2: ok: us-west-2a, us-west-2b and us-west-2c are available.',
    ]);
  });

  it('that the account does not have are replaced by those it has', async () => {
    const found = having({
      'us-east-1a': 'available',
      'us-east-1b': 'impaired',
      'us-east-1d': 'available',
      'us-east-1f': 'available',
    });
    const [line] = await ask(zones, platform(), found);
    expect(line?.sentence).toBe(
      'In us-east-1 the account has no zone us-east-1c and us-east-1b is impaired.',
    );
    expect(line?.fix).toMatch(/^Choose three of us-east-1a, us-east-1d, us-east-1f in the platform file/);
  });

  it('that are too few need another region', async () => {
    const [line] = await ask(zones, platform(), having({ 'us-east-1a': 'available' }));
    expect(line?.fix).toBe(
      'Choose another region: us-east-1 has only 1 zones that are available to the account.',
    );
  });
});

describe('the bootstrap', () => {
  const version = (found: number | undefined): Partial<Ports> => ({
    bootstrap: { version: async () => found },
  });

  it('is asked for in every region that gets a stack, with the exact command where it is missing', async () => {
    const lines = await ask(bootstrap, platform(), ports(version(undefined)));
    expect(lines.map(({ place, state, fix }) => [place, state, fix])).toEqual(
      ['us-east-1', 'us-west-2', 'us-east-2'].map((region) => [
        region,
        'todo',
        `npx cdk bootstrap aws://123456789012/${region}`,
      ]),
    );
  });

  it('must be young enough', async () => {
    expect((await ask(bootstrap, platform(), ports(version(BOOTSTRAP_VERSION - 1))))[0]?.sentence).toBe(
      'Bootstrapped with version 5; the templates need 6 or later.',
    );
    expect((await ask(bootstrap, platform(), ports(version(BOOTSTRAP_VERSION))))[0]?.state).toBe('ok');
  });

  it('that failed halfway is told from one that never was', async () => {
    const half = ports({ ...version(undefined), ...withStacks(stack('CDKToolkit', 'CREATE_FAILED')) });
    expect((await ask(bootstrap, platform(), half))[0]?.sentence).toMatch(/^There is a stack CDKToolkit/);
  });
});

describe('the stacks', () => {
  it('of others are nothing to this platform', async () => {
    const others = ports(withStacks(stack('Demo-Other', 'ROLLBACK_FAILED'), stack('Else', 'DELETE_FAILED')));
    expect(brief(await ask(stacks, platform(), others))[0]).toBe(
      'us-east-1: ok: Nothing of the platform is deployed here yet.',
    );
  });

  it('that are complete may be deployed again', async () => {
    const found = ports(
      withStacks(
        stack('Demo-us-east-1-Foundation', 'CREATE_COMPLETE', true),
        stack('Demo-us-east-1-Service-web', 'UPDATE_ROLLBACK_COMPLETE'),
      ),
    );
    expect(brief(await ask(stacks, platform(), found))[0]).toBe(
      'us-east-1: ok: All 2 stacks of the platform here may be deployed again.',
    );
  });

  it.each([
    ['CREATE_IN_PROGRESS', /is being changed right now/, /Wait until it is done/],
    ['UPDATE_ROLLBACK_FAILED', /could not be undone/, /continue-update-rollback .*\nnpx holdfast deploy$/],
    ['DELETE_FAILED', /must go before/, /delete-stack/],
    ['UPDATE_FAILED', /UPDATE_FAILED/, /rollback-stack/],
    ['IMPORT_ROLLBACK_FAILED', /IMPORT_ROLLBACK_FAILED/, /describe-stack-events/],
  ])('that are %s need a person', async (status, sentence, fix) => {
    const found = ports(withStacks(stack('Demo-us-east-1-Data', status)));
    const [line] = await ask(stacks, platform(), found);
    expect(line).toMatchObject({ place: 'us-east-1', state: 'todo' });
    expect(line?.sentence).toMatch(sentence);
    expect(line?.fix).toMatch(fix);
  });

  it('that failed at their creation are deleted by the CDK, unless they are protected', () => {
    expect(problemOf(stack('A', 'ROLLBACK_COMPLETE'), 'eu-west-1')).toBeUndefined();
    expect(problemOf(stack('A', 'REVIEW_IN_PROGRESS'), 'eu-west-1')).toBeUndefined();
    const held = problemOf({ ...stack('A', 'ROLLBACK_COMPLETE', true), reason: 'Quota.' }, 'eu-west-1');
    expect(held?.sentence).toBe('A is ROLLBACK_COMPLETE (Quota): it must go before it can be created again.');
    expect(held?.fix?.split('\n')).toEqual([
      'aws cloudformation update-termination-protection --region eu-west-1 --stack-name A --no-enable-termination-protection',
      'aws cloudformation delete-stack --region eu-west-1 --stack-name A',
      'aws cloudformation wait stack-delete-complete --region eu-west-1 --stack-name A',
      'npx holdfast deploy',
    ]);
  });
});

describe('the service-linked roles', () => {
  it('that a service makes itself hold nothing up; the one of ECS does', async () => {
    const lines = await ask(roles, platform(), ports({ roles: { exists: async () => false } }));
    expect(lines.map(({ state }) => state)).toEqual(['todo', 'ok']);
    expect(lines[0]?.fix).toBe('aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com');
    expect(lines[1]?.sentence).toMatch(/^Made on first use by Elastic Load Balancing, .*ElastiCache/);
  });

  it('are all there in an old account', async () => {
    const lines = await ask(roles, platform(), readyPorts());
    expect(lines.map(({ state }) => state)).toEqual(['ok']);
    expect(lines[0]?.sentence).toMatch(/^There for ECS, /);
  });

  it('are only those of what the platform uses', () => {
    const all = linkedRoles(platform()).map(({ principal }) => principal);
    expect(all).toContain('pullthroughcache.ecr.amazonaws.com');
    expect(all).toContain('replication.ecr.amazonaws.com');
    const own = platform(['image: public.ecr.aws/demo/worker:2', 'image: worker:2']);
    const less = { ...own, files: {}, monitoring: { ...own.monitoring, collectors: false } };
    expect(linkedRoles(less).map(({ principal }) => principal)).not.toContain(
      'pullthroughcache.ecr.amazonaws.com',
    );
  });
});
