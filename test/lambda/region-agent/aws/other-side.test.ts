import { describe, expect, it } from '@jest/globals';
import { ecs } from '../../../../lambda/region-agent/aws/ecs';
import { otherRegion } from '../../../../lambda/region-agent/aws/other-side';
import { rds } from '../../../../lambda/region-agent/aws/rds';
import { scaling } from '../../../../lambda/region-agent/aws/scaling';
import { SERVING_TAG } from '../../../../lambda/region-agent/contract';
import type { OtherSide } from '../../../../lambda/region-agent/ports';
import type { StubAnswer, StubRequest } from '../../../support/aws-stub';
import { playRds } from './rds-instances';
import { actionOf, FAST, json, jsonError, regionOf, usePlayedService, xmlError } from './support';

const rdsPlayed = usePlayedService('RDS');
const ecsPlayed = usePlayedService('ECS');
const scalingPlayed = usePlayedService('APPLICATION_AUTO_SCALING');

const OTHER = 'us-east-1';
const otherSide = (): OtherSide =>
  otherRegion('shop', {
    services: ecs('shop', OTHER, FAST),
    scaling: scaling('shop', OTHER, FAST),
    database: { api: rds(OTHER, FAST), groupId: async (name) => `id of ${name}`, identifier: 'shop-db' },
  });

const service = (serviceName: string, desiredCount: number, tagged = true) => ({
  serviceName,
  desiredCount,
  status: 'ACTIVE',
  tags: tagged ? [{ key: SERVING_TAG, value: '2 3 10' }] : [],
});

function playServices(refusals: Readonly<Record<string, StubAnswer>> = {}): void {
  ecsPlayed.play((request: StubRequest) => {
    const refusal = refusals[actionOf(request)];
    if (refusal) return refusal;
    if (actionOf(request) === 'ListServices') return json({ serviceArns: ['a', 'b', 'c'] });
    if (actionOf(request) === 'DescribeServices') {
      return json({ services: [service('web', 3), service('idle', 0), service('person', 1, false)] });
    }
    return json({});
  });
  scalingPlayed.play((request) =>
    actionOf(request) === 'DescribeScalableTargets'
      ? json({ ScalableTargets: [{ ResourceId: 'service/shop/web', MinCapacity: 2, MaxCapacity: 10 }] })
      : json({}),
  );
}
const bodies = (requests: readonly StubRequest[], action: string): unknown[] =>
  requests.filter((request) => actionOf(request) === action).map(({ body }) => JSON.parse(body));
const modified = (): string[] =>
  rdsPlayed.parameters.flatMap((sent) =>
    sent.Action === 'ModifyDBInstance' ? [sent['VpcSecurityGroupIds.VpcSecurityGroupId.1'] ?? ''] : [],
  );

describe('closing the other side', () => {
  it('takes its services to nothing, floors included, and its database out of reach', async () => {
    playServices();
    rdsPlayed.play(playRds({ 'shop-db': { groups: ['sg-database'] } }));
    await otherSide().close();
    expect(bodies(ecsPlayed.requests, 'UpdateService')).toEqual([
      { cluster: 'shop', service: 'web', desiredCount: 0 },
    ]);
    expect(bodies(scalingPlayed.requests, 'RegisterScalableTarget')).toMatchObject([
      { ResourceId: 'service/shop/web', MinCapacity: 0, MaxCapacity: 0 },
    ]);
    expect(modified()).toEqual(['id of shop-quarantine']);
    const regions = [rdsPlayed, ecsPlayed, scalingPlayed].flatMap(({ requests }) => requests.map(regionOf));
    expect(new Set(regions)).toEqual(new Set([OTHER]));
  });

  it('shuts the database off though its services cannot be stopped, and says which', async () => {
    playServices({ UpdateService: jsonError('ThrottlingException', 'Rate exceeded') });
    rdsPlayed.play(playRds({ 'shop-db': { groups: ['sg-database'] } }));
    await expect(otherSide().close()).rejects.toThrow(
      'Closing the other side failed for 1 of 2. services: Stopping services failed for 1 of 2. ' +
        'web: Setting the tasks of web in us-east-1 to 0 was throttled by AWS',
    );
    expect(modified()).toEqual(['id of shop-quarantine']);
  });

  it('stops the services though RDS hangs there', async () => {
    playServices();
    rdsPlayed.hang();
    await expect(otherSide().close()).rejects.toThrow(
      'database: Describing the database shop-db in us-east-1 gave no answer within 3 s.',
    );
    expect(bodies(ecsPlayed.requests, 'UpdateService')).toHaveLength(1);
  });

  it('is done when everything is closed, and when there is nothing left', async () => {
    playServices({ ListServices: jsonError('ClusterNotFoundException', 'Cluster not found.') });
    rdsPlayed.play(playRds({ 'shop-db': { groups: ['id of shop-quarantine'] } }));
    await otherSide().close();
    expect(modified()).toEqual([]);
    rdsPlayed.play(playRds({}));
    await otherSide().close();
    expect(modified()).toEqual([]);
  });

  it('never shuts off a replica that was made there since', async () => {
    playServices();
    rdsPlayed.play(playRds({ 'shop-db': { groups: ['sg-database'], source: 'arn:of:the:own:region' } }));
    await otherSide().close();
    expect(modified()).toEqual([]);
  });

  it('that RDS refuses is an error with its words', async () => {
    playServices();
    const refused = xmlError('InvalidDBInstanceState', 'Instance is stopping.');
    rdsPlayed.play(playRds({ 'shop-db': { groups: ['sg-database'] } }, {}, { ModifyDBInstance: refused }));
    await expect(otherSide().close()).rejects.toThrow('Instance is stopping.');
  });

  it('needs no database', async () => {
    playServices();
    const side = otherRegion('shop', {
      services: ecs('shop', OTHER, FAST),
      scaling: scaling('shop', OTHER, FAST),
      database: undefined,
    });
    await expect(side.close()).resolves.toBeUndefined();
  });
});
