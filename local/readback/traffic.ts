import { CloudWatchClient, DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import {
  ListHealthChecksCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { json, pages, present, query, type Region, regionAt, rest } from './aws';
import { type DeployedResource, referred } from './deployed';
import { each, type Lookup } from './lookup';

/** All records of all zones of the account. */
export async function records(region: Region): Promise<ResourceRecordSet[]> {
  const client = new Route53Client(region.config);
  const zones = (await client.send(new ListHostedZonesCommand())).HostedZones ?? [];
  const found: ResourceRecordSet[] = [];
  for (const { Id } of zones) {
    let next: Pick<ResourceRecordSet, 'Name' | 'Type'> | undefined;
    do {
      const page = await client.send(
        new ListResourceRecordSetsCommand({
          HostedZoneId: Id,
          ...(next && { StartRecordName: next.Name, StartRecordType: next.Type }),
        }),
      );
      found.push(...(page.ResourceRecordSets ?? []));
      next = page.IsTruncated ? { Name: page.NextRecordName, Type: page.NextRecordType } : undefined;
    } while (next);
  }
  return found;
}

const sameRecord = (resource: DeployedResource, record: ResourceRecordSet): boolean => {
  const { Type, SetIdentifier } = (resource.definition.Properties ?? {}) as Partial<ResourceRecordSet>;
  const name = record.Name?.replace(/\.$/, '').replaceAll('\\052', '*');
  return (
    name === resource.physicalId.replace(/\.$/, '') &&
    record.Type === Type &&
    record.SetIdentifier === SetIdentifier
  );
};

/** @param part for example `routes` @returns values of a field over all HTTP APIs of the region */
const ofApis =
  (part: string, field: string): Lookup =>
  async (region) => {
    const { items } = await rest<{ items: readonly { apiId: string }[] }>(region, 'apigateway', '/v2/apis');
    const found: string[] = [];
    for (const { apiId } of items) {
      const path = `/v2/apis/${apiId}/${part}`;
      const parts = await rest<{ items: readonly Record<string, string>[] }>(region, 'apigateway', path);
      found.push(...present(parts.items.map((one) => one[field])));
    }
    return found;
  };

interface LogGroups {
  readonly logGroups: readonly { readonly logGroupName: string }[];
  readonly nextToken?: string;
}

/** A policy of topics or queues has no name of its own in the API: it exists if each of them has one. */
async function havePolicies(
  resource: DeployedResource,
  property: string,
  has: (id: string) => Promise<boolean>,
): Promise<boolean> {
  const targets = (resource.definition.Properties?.[property] ?? []) as readonly unknown[];
  for (const target of targets) {
    const id = referred(resource, target);
    if (id === undefined || !(await has(id))) return false;
  }
  return targets.length > 0;
}

const waf = <T>(region: Region, operation: string, body: object): Promise<T> =>
  json<T>(region, 'wafv2', `AWSWAF_20190729.${operation}`, body);

export const TRAFFIC: Readonly<Record<string, Lookup>> = {
  'AWS::Route53::RecordSet': async (region, resources) => {
    const all = await records(region);
    return resources
      .filter((one) => all.some((record) => sameRecord(one, record)))
      .map((one) => one.physicalId);
  },
  'AWS::Route53::HealthCheck': async (region) => {
    const client = new Route53Client(region.config);
    const found = await pages(
      (Marker) => client.send(new ListHealthChecksCommand({ Marker })),
      (page) => page.HealthChecks,
      (page) => page.NextMarker,
    );
    return present(found.map((one) => one.Id));
  },
  'AWS::Route53::HostedZone': async (region) => {
    const found = await new Route53Client(region.config).send(new ListHostedZonesCommand());
    return present(found.HostedZones?.map((one) => one.Id?.split('/').at(-1)) ?? []);
  },
  'AWS::ApiGatewayV2::Api': async (region) => {
    const { items } = await rest<{ items: readonly { apiId: string }[] }>(region, 'apigateway', '/v2/apis');
    return items.map((one) => one.apiId);
  },
  'AWS::ApiGatewayV2::Stage': ofApis('stages', 'stageName'),
  'AWS::ApiGatewayV2::Route': ofApis('routes', 'routeId'),
  'AWS::ApiGatewayV2::Integration': ofApis('integrations', 'integrationId'),
  'AWS::ApiGatewayV2::DomainName': async (region) => {
    const found = await rest<{ items: readonly { domainName: string }[] }>(
      region,
      'apigateway',
      '/v2/domainnames',
    );
    return found.items.map((one) => one.domainName);
  },
  'AWS::ApiGatewayV2::ApiMapping': each(async (region, resource) => {
    const domain = referred(resource, resource.definition.Properties?.DomainName);
    const path = `/v2/domainnames/${domain}/apimappings`;
    const found = await rest<{ items: readonly { apiMappingId: string }[] }>(region, 'apigateway', path);
    return found.items.some((one) => one.apiMappingId === resource.physicalId);
  }),
  'AWS::CertificateManager::Certificate': each(async (region, { physicalId }) => {
    const body = { CertificateArn: physicalId };
    const found = await json<{ Certificate: { Status: string } }>(
      region,
      'acm',
      'CertificateManager.DescribeCertificate',
      body,
    );
    return found.Certificate.Status === 'ISSUED';
  }),
  'AWS::WAFv2::WebACL': async (region, resources) => {
    // Those of a CDN are listed apart.
    const scopes = new Set(resources.map(({ physicalId }) => physicalId.split('|')[2]));
    const found: string[] = [];
    for (const Scope of scopes) {
      const { WebACLs } = await waf<{ WebACLs: readonly { Name: string; Id: string }[] }>(
        region,
        'ListWebACLs',
        { Scope },
      );
      found.push(...WebACLs.map((one) => `${one.Name}|${one.Id}|${Scope}`));
    }
    return found;
  },
  'AWS::WAFv2::WebACLAssociation': each(async (region, { physicalId }) => {
    const [acl, ResourceArn] = physicalId.split('|');
    const found = await waf<{ WebACL?: { ARN: string } }>(region, 'GetWebACLForResource', { ResourceArn });
    return found.WebACL?.ARN === acl;
  }),
  'AWS::WAFv2::LoggingConfiguration': each(async (region, { physicalId }) => {
    const found = await waf<{ LoggingConfiguration?: object }>(region, 'GetLoggingConfiguration', {
      ResourceArn: physicalId,
    });
    return found.LoggingConfiguration !== undefined;
  }),
  'AWS::Logs::LogGroup': async (region) => {
    const found = await pages(
      (nextToken) => json<LogGroups>(region, 'logs', 'Logs_20140328.DescribeLogGroups', { nextToken }),
      (page) => page.logGroups,
      (page) => page.nextToken,
    );
    return found.map((one) => one.logGroupName);
  },
  'AWS::Logs::DeliverySource': async (region) => {
    type Sources = { deliverySources: readonly { name: string }[] };
    const found = await json<Sources>(region, 'logs', 'Logs_20140328.DescribeDeliverySources');
    return found.deliverySources.map(({ name }) => name);
  },
  'AWS::Logs::DeliveryDestination': async (region) => {
    type Destinations = { deliveryDestinations: readonly { name: string }[] };
    const found = await json<Destinations>(region, 'logs', 'Logs_20140328.DescribeDeliveryDestinations');
    return found.deliveryDestinations.map(({ name }) => name);
  },
  'AWS::Logs::Delivery': async (region) => {
    type Deliveries = { deliveries: readonly { id: string }[] };
    const found = await json<Deliveries>(region, 'logs', 'Logs_20140328.DescribeDeliveries');
    return found.deliveries.map(({ id }) => id);
  },
  'AWS::Logs::ResourcePolicy': async (region) => {
    type Policies = { resourcePolicies: readonly { policyName: string }[] };
    const found = await json<Policies>(region, 'logs', 'Logs_20140328.DescribeResourcePolicies');
    return found.resourcePolicies.map((one) => one.policyName);
  },
  'AWS::Logs::MetricFilter': async (region) => {
    type Filters = { metricFilters: readonly { filterName: string }[] };
    const found = await json<Filters>(region, 'logs', 'Logs_20140328.DescribeMetricFilters');
    return found.metricFilters.map((one) => one.filterName);
  },
  'AWS::Events::Rule': async (region) => {
    const found = await json<{ Rules: readonly { Name: string }[] }>(region, 'events', 'AWSEvents.ListRules');
    return found.Rules.map((one) => one.Name);
  },
  'AWS::CloudWatch::Alarm': async (region) => {
    const client = new CloudWatchClient(region.config);
    const found = await pages(
      (NextToken) => client.send(new DescribeAlarmsCommand({ AlarmTypes: ['MetricAlarm'], NextToken })),
      (page) => page.MetricAlarms,
      (page) => page.NextToken,
    );
    return present(found.map((one) => one.AlarmName));
  },
  'AWS::CloudWatch::CompositeAlarm': async (region) => {
    const command = new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] });
    const found = await new CloudWatchClient(region.config).send(command);
    return present(found.CompositeAlarms?.map((one) => one.AlarmName) ?? []);
  },
  'AWS::CloudWatch::Dashboard': async (region) => {
    const found = await new CloudWatchClient(region.config).send(new ListDashboardsCommand());
    return present(found.DashboardEntries?.map((one) => one.DashboardName) ?? []);
  },
  'AWS::SNS::Topic': (region) => query(region, 'sns', { Action: 'ListTopics' }, 'TopicArn'),
  // A subscription is in the region of its topic, which need not be that of the stack.
  'AWS::SNS::Subscription': each(async (region, { physicalId, definition }) => {
    const there = definition.Properties?.Region;
    const name = typeof there === 'string' ? there : region.name;
    const at = regionAt(region.endpoint, region.account, name);
    const parameters = { Action: 'GetSubscriptionAttributes', SubscriptionArn: physicalId };
    return (await query(at, 'sns', parameters, 'key')).includes('TopicArn');
  }),
  'AWS::SNS::TopicPolicy': each((region, resource) =>
    havePolicies(resource, 'Topics', async (TopicArn) => {
      const keys = await query(region, 'sns', { Action: 'GetTopicAttributes', TopicArn }, 'key');
      return keys.includes('Policy');
    }),
  ),
  'AWS::SQS::Queue': async (region) =>
    (await json<{ QueueUrls?: readonly string[] }>(region, 'sqs', 'AmazonSQS.ListQueues')).QueueUrls ?? [],
  'AWS::SQS::QueuePolicy': each((region, resource) =>
    havePolicies(resource, 'Queues', async (QueueUrl) => {
      const body = { QueueUrl, AttributeNames: ['Policy'] };
      const found = await json<{ Attributes?: { Policy?: string } }>(
        region,
        'sqs',
        'AmazonSQS.GetQueueAttributes',
        body,
      );
      return (found.Attributes?.Policy ?? '') !== '';
    }),
  ),
};
