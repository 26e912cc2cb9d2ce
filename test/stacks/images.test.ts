import { describe, expect, it } from '@jest/globals';
import { RESOURCE_TYPE } from '../../lambda/image-gate/contract';
import { type Resource, type Synthesized, synthesize, synthesized, variant } from '../support/synth';
import { statements } from '../support/templates';

const HOME = 'us-east-1';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** ops-center with images from everywhere: own by digest, public without and with a login. */
let made: Synthesized | undefined;
const mixed = (): Synthesized => {
  made ??= synthesize(
    variant('ops-center', {
      services: {
        frontend: { image: `team/front-end@${DIGEST}` },
        relay: { image: 'ghcr.io/getsentry/relay:25.10.0', replicas: { min: 2, desired: 3, max: 5 } },
        proxy: { image: 'docker.io/library/nginx:1.29', replicas: { min: 1, max: 2 } },
        tool: {
          image: 'public.ecr.aws/nginx/nginx:1.29',
          replicas: { min: 1, max: 2 },
          scaling: { cpuPercent: 50 },
        },
      },
    }),
  );
  return made;
};
const service = (name: string, type: string) => mixed().only(`${HOME}-Service-${name}`, type).Properties;
const image = (name: string) => service(name, 'AWS::ECS::TaskDefinition').ContainerDefinitions[0].Image;

describe('repositories', () => {
  it.each(['us-east-1', 'us-west-2'])(
    'hold the own images in %s, scanned, encrypted, with tags that stay',
    (region) => {
      const found = mixed().resources(`${region}-Foundation`, 'AWS::ECR::Repository');
      expect(found.map(([, { Properties }]) => Properties.RepositoryName)).toEqual([
        'ops-center/backend',
        'ops-center/team/front-end',
      ]);
      for (const [, { Properties }] of found)
        expect(Properties).toMatchObject({
          ImageTagMutability: 'IMMUTABLE',
          ImageScanningConfiguration: { ScanOnPush: true },
          EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: { 'Fn::GetAtt': ['DataKey', 'Arn'] } },
        });
    },
  );

  it('are copied both ways by one rule for the prefix of the platform', () => {
    for (const [region, other] of [
      ['us-east-1', 'us-west-2'],
      ['us-west-2', 'us-east-1'],
    ] as const)
      expect(mixed().only(`${region}-Data`, 'Custom::HoldfastRegistryReplication').Properties).toMatchObject({
        RepositoryPrefix: 'ops-center/',
        DestinationRegion: other,
      });
  });

  it('are named by digest where the file does', () => {
    expect(image('frontend')).toBe(
      `123456789012.dkr.ecr.us-east-1.amazonaws.com/ops-center/team/front-end@${DIGEST}`,
    );
  });
});

describe('the pull-through cache', () => {
  const rules = (region: string): Record<string, Resource['Properties']> =>
    Object.fromEntries(
      mixed()
        .resources(`${region}-Foundation`, 'AWS::ECR::PullThroughCacheRule')
        .map(([, { Properties }]) => [Properties.UpstreamRegistryUrl, Properties]),
    );

  it.each(['us-east-1', 'us-west-2'])(
    'stands in for each public registry in %s, below the name of the platform',
    (region) => {
      expect(Object.keys(rules(region)).sort()).toEqual([
        'ghcr.io',
        'public.ecr.aws',
        // Only Holdfast's own collectors come from there.
        'quay.io',
        'registry-1.docker.io',
      ]);
      expect(
        Object.values(rules(region))
          .map(({ EcrRepositoryPrefix }) => EcrRepositoryPrefix)
          .sort(),
      ).toEqual([
        'ops-center-docker-io',
        'ops-center-ghcr-io',
        'ops-center-public-ecr-aws',
        'ops-center-quay-io',
      ]);
    },
  );

  it('gets a login that a person fills in where the registry asks for one', () => {
    expect(rules(HOME)['public.ecr.aws']).not.toHaveProperty('CredentialArn');
    expect(rules(HOME)['registry-1.docker.io']?.CredentialArn).toEqual({ Ref: 'Logindockerio' });
    const login = mixed().stack(`${HOME}-Foundation`).Resources.Logindockerio;
    // ECR accepts no other prefix.
    expect(login?.Properties.Name).toBe('ecr-pullthroughcache/ops-center-docker-io');
    expect(login?.Properties.GenerateSecretString.GenerateStringKey).toBe('accessToken');
  });

  it('is where tasks pull from, and may fetch what they ask for first', () => {
    expect(image('tool')).toBe(
      '123456789012.dkr.ecr.us-east-1.amazonaws.com/ops-center-public-ecr-aws/nginx/nginx:1.29',
    );
    const [pull] = statements(mixed().stack(`${HOME}-Service-tool`)).filter(({ actions }) =>
      actions.includes('ecr:BatchImportUpstreamImage'),
    );
    // Beside the collector of metrics, which has tests of its own.
    expect(pull?.resources.filter((arn) => !JSON.stringify(arn).includes('aws-otel-collector'))).toEqual([
      'arn:aws:ecr:us-east-1:123456789012:repository/ops-center-public-ecr-aws/nginx/nginx',
    ]);
  });
});

describe('the image gate', () => {
  it('decides how many tasks a service with an own image has', () => {
    const [id] = mixed().resources(`${HOME}-Service-backend`, RESOURCE_TYPE)[0] ?? [];
    expect(service('backend', 'AWS::ECS::Service').DesiredCount).toEqual({ 'Fn::GetAtt': [id, 'Desired'] });
    expect(service('backend', 'AWS::ApplicationAutoScaling::ScalableTarget')).toMatchObject({
      MinCapacity: { 'Fn::GetAtt': [id, 'Min'] },
      MaxCapacity: { 'Fn::GetAtt': [id, 'Max'] },
    });
    expect(Object.values(mixed().stack(`${HOME}-Service-backend`).Outputs ?? {})).toContainEqual({
      Value: { 'Fn::GetAtt': [id, 'Sentence'] },
    });
  });

  it('is asked for the very image: its tag, or its digest', () => {
    expect(service('backend', RESOURCE_TYPE)).toMatchObject({
      Repository: 'ops-center/backend',
      Tag: '1.0.0',
    });
    expect(service('frontend', RESOURCE_TYPE)).toMatchObject({ Digest: DIGEST });
    expect(service('frontend', RESOURCE_TYPE)).not.toHaveProperty('Tag');
  });

  it('keeps the number of tasks of a service with a public image too, and looks for no image', () => {
    const [id] = mixed().resources(`${HOME}-Service-relay`, RESOURCE_TYPE)[0] ?? [];
    expect(service('relay', 'AWS::ECS::Service').DesiredCount).toEqual({ 'Fn::GetAtt': [id, 'Desired'] });
    expect(service('relay', RESOURCE_TYPE)).toMatchObject({ Serving: '2 3 5', Service: 'relay' });
    for (const key of ['Repository', 'Tag', 'Digest'])
      expect(service('relay', RESOURCE_TYPE)).not.toHaveProperty(key);
    expect(mixed().resources(`${HOME}-Service-relay`, 'AWS::Events::Rule')).toEqual([]);
  });

  it('is asked again at every change that updates the service, so that no update resets the number of tasks', () => {
    const revision = (patch: object) =>
      synthesize(variant('ops-center', { services: { backend: patch } })).resources(
        `${HOME}-Service-backend`,
        RESOURCE_TYPE,
      )[0]?.[1].Properties.Revision;
    const before = revision({});
    expect(JSON.stringify(before)).toContain('ServiceTaskDefinition');
    expect(revision({})).toEqual(before);
    expect(revision({ health: { graceSeconds: 61 } })).not.toEqual(before);
    expect(revision({ deployment: { bakeMinutes: 6 } })).not.toEqual(before);
  });

  it('knows what a person must set first: the secrets that nobody generates, and the login at a registry', () => {
    expect(service('backend', RESOURCE_TYPE)).toMatchObject({ Secrets: [], Scaled: 'true' });
    expect(service('relay', RESOURCE_TYPE)).toMatchObject({
      Login: 'ecr-pullthroughcache/ops-center-ghcr-io',
      Scaled: 'false',
    });
    expect(service('tool', RESOURCE_TYPE)).not.toHaveProperty('Login');
    const worker = synthesized('prodstack').only('us-west-2-Service-worker', RESOURCE_TYPE).Properties;
    expect(worker.Secrets.length).toBeGreaterThan(0);
    for (const name of worker.Secrets) expect(name).toMatch(/^prodstack\//);
  });

  it('hears of a push and of a copy from the other region, of this image only', () => {
    // The gate of a service with a migration is told by that.
    const { EventPattern, Targets } = mixed().only(
      `${HOME}-Migration-backend`,
      'AWS::Events::Rule',
    ).Properties;
    expect(EventPattern).toEqual({
      source: ['aws.ecr'],
      'detail-type': ['ECR Image Action', 'ECR Replication Action'],
      detail: { result: ['SUCCESS'], 'repository-name': ['ops-center/backend'], 'image-tag': ['1.0.0'] },
    });
    const told = service('frontend', 'AWS::Events::Rule');
    expect(told.EventPattern.detail['image-digest']).toEqual([DIGEST]);
    expect(JSON.parse(told.Targets[0].Input)).toMatchObject({
      kind: 'image-arrived',
      service: { Service: 'frontend', Digest: DIGEST },
    });
    expect(JSON.stringify(Targets[0].Input)).toContain('\\"Serving\\":\\"3 3 10\\"');
  });

  it('may look into the repositories of the platform, scale its own services, see where their stacks go and read who leads, nothing else', () => {
    const [role] = mixed()
      .resources(`${HOME}-Cluster`, 'AWS::IAM::Role')
      .filter(([id]) => id.startsWith('ImageGate'));
    const own = statements(mixed().stack(`${HOME}-Cluster`)).filter(({ id }) => id === role?.[0]);
    const resources = own.flatMap(({ resources: all }) => all).filter((one) => typeof one === 'string');
    expect(resources).toEqual([
      'arn:aws:dynamodb:us-east-1:123456789012:table/ops-center-leadership',
      'arn:aws:dynamodb:us-east-2:123456789012:table/ops-center-leadership',
      'arn:aws:dynamodb:us-west-2:123456789012:table/ops-center-leadership',
      'arn:aws:cloudformation:us-east-1:123456789012:stack/OpsCenter-us-east-1-Service-*',
      'arn:aws:ecr:us-east-1:123456789012:repository/ops-center/backend',
      'arn:aws:ecr:us-east-1:123456789012:repository/ops-center/team/front-end',
      'arn:aws:ecs:us-east-1:123456789012:service/ops-center/*',
      'arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/*',
      // The rules of a balancer, which can only be described.
      '*',
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/ops-center-docker-io-??????',
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:ecr-pullthroughcache/ops-center-ghcr-io-??????',
    ]);
  });
});
