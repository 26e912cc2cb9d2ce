import { describe, expect, it } from '@jest/globals';
import { ecs } from '../../../../lambda/region-agent/aws/ecs';
import { serviceFleet } from '../../../../lambda/region-agent/aws/fleet';
import { scaling } from '../../../../lambda/region-agent/aws/scaling';
import { SERVING_TAG, STANDBY_TAG } from '../../../../lambda/region-agent/contract';
import type { Fleet } from '../../../../lambda/region-agent/ports';
import type { StubRequest } from '../../../support/aws-stub';
import { actionOf, FAST, json, jsonError, regionOf, usePlayedService } from './support';

const services = usePlayedService('ECS');
const targets = usePlayedService('APPLICATION_AUTO_SCALING');
const REGION = 'us-west-2';
const fleet = (): Fleet =>
  serviceFleet({ services: ecs('shop', REGION, FAST), scaling: scaling('shop', REGION, FAST) });

/** So many services of one task each, listed on two pages. */
function playServices(count: number): void {
  const arns = Array.from({ length: count }, (_, index) => `service-${index}`);
  services.play((request) => {
    const body = JSON.parse(request.body);
    if (actionOf(request) === 'ListServices') {
      return body.nextToken === undefined
        ? json({ serviceArns: arns.slice(0, 1), nextToken: 'more' })
        : json({ serviceArns: arns.slice(1) });
    }
    if (actionOf(request) !== 'DescribeServices') return json({});
    const tags = [
      { key: SERVING_TAG, value: '2 3 10' },
      { key: STANDBY_TAG, value: '0 1 10' },
    ];
    return json({
      services: (body.services as string[]).map((serviceName) => ({
        serviceName,
        desiredCount: 1,
        runningCount: 1,
        status: serviceName === 'service-0' ? 'INACTIVE' : 'ACTIVE',
        tags,
      })),
    });
  });
}
const sent = (requests: readonly StubRequest[], action: string): StubRequest[] =>
  requests.filter((request) => actionOf(request) === action);

describe('the services of a region', () => {
  it('are described by tens, with their tags, and without those that were deleted', async () => {
    playServices(12);
    const seen = await fleet().observe();
    expect(seen.services).toHaveLength(11);
    const described = sent(services.requests, 'DescribeServices').map(({ body }) => JSON.parse(body));
    expect(described.map((body) => body.services.length)).toEqual([10, 2]);
    expect(described[0]).toMatchObject({ cluster: 'shop', include: ['TAGS'] });
  });

  it('are unknown when ECS fails, throttles or hangs, and no request is repeated', async () => {
    services.play(() =>
      jsonError('ServerException', 'These errors are usually caused by a server issue.', 500),
    );
    await expect(fleet().observe()).rejects.toThrow(
      'Listing the services in us-west-2 failed: ServerException',
    );
    expect(services.requests).toHaveLength(1);
    services.play(() => jsonError('ThrottlingException', 'Rate exceeded'));
    await expect(fleet().observe()).rejects.toThrow('Listing the services in us-west-2 was throttled by AWS');
    services.hang();
    await expect(fleet().observe()).rejects.toThrow(
      'Listing the services in us-west-2 gave no answer within 3 s.',
    );
  });
});

describe('the scaling of a region', () => {
  it('is that of the own cluster, on all pages', async () => {
    playServices(3);
    targets.play((request) => {
      if (actionOf(request) !== 'DescribeScalableTargets') return json({});
      const target = (id: string) => ({ ResourceId: `service/${id}`, MinCapacity: 0, MaxCapacity: 10 });
      return JSON.parse(request.body).NextToken === undefined
        ? json({ ScalableTargets: [target('other/service-1')], NextToken: 'more' })
        : json({ ScalableTargets: [target('shop/service-2')] });
    });
    await fleet().scaleUp();
    const registered = sent(targets.requests, 'RegisterScalableTarget');
    expect(registered.map(({ body }) => JSON.parse(body))).toEqual([
      {
        ServiceNamespace: 'ecs',
        ScalableDimension: 'ecs:service:DesiredCount',
        ResourceId: 'service/shop/service-2',
        MinCapacity: 2,
        MaxCapacity: 10,
      },
    ]);
    expect(new Set([...services.requests, ...targets.requests].map(regionOf))).toEqual(new Set([REGION]));
  });

  it('that fails, throttles or hangs keeps no service from its tasks, and is told at the end', async () => {
    for (const [play, sentence] of [
      [() => targets.play(() => jsonError('InternalServiceException', 'An error.', 500)), 'failed'],
      [() => targets.play(() => jsonError('ThrottlingException', 'Rate exceeded')), 'was throttled by AWS'],
      [() => targets.hang(), 'gave no answer within 3 s'],
    ] as const) {
      playServices(3);
      play();
      await expect(fleet().scaleUp()).rejects.toThrow(
        `Scaling up failed for 1 of 3. scaling: Describing the scaling in us-west-2 ${sentence}`,
      );
      expect(sent(services.requests, 'UpdateService')).toHaveLength(2);
    }
  });
});
