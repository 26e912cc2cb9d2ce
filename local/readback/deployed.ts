import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { SynthesizedStack, TemplateResource } from './assembly';
import { pages, type Region } from './aws';

/** A resource of a stack, as CloudFormation lists it. */
export interface DeployedResource {
  readonly stack: string;
  readonly region: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly definition: TemplateResource;
  /** Physical ids of the same stack by logical id: what a `Ref` in the definition means. */
  readonly siblings: ReadonlyMap<string, string>;
}

export interface Comparison {
  readonly resources: readonly DeployedResource[];
  /** One sentence for each resource of the template that the stack lacks. */
  readonly missing: readonly string[];
}

/** Compares a template with what CloudFormation has. The app has no conditions: every resource must be there. */
export async function compareStack(region: Region, stack: SynthesizedStack): Promise<Comparison> {
  const client = new CloudFormationClient(region.config);
  const listed = await pages(
    (NextToken) => client.send(new ListStackResourcesCommand({ StackName: stack.name, NextToken })),
    (page) => page.StackResourceSummaries,
    (page) => page.NextToken,
  );
  const byLogicalId = new Map(listed.map((one) => [one.LogicalResourceId ?? '', one]));
  const siblings = new Map(listed.map((one) => [one.LogicalResourceId ?? '', one.PhysicalResourceId ?? '']));
  const resources: DeployedResource[] = [];
  const missing: string[] = [];
  for (const [logicalId, definition] of Object.entries(stack.resources)) {
    const found = byLogicalId.get(logicalId);
    const physicalId = found?.PhysicalResourceId;
    if (physicalId && found?.ResourceType === definition.Type) {
      const { name, region: where } = stack;
      resources.push({
        stack: name,
        region: where,
        logicalId,
        physicalId,
        type: definition.Type,
        definition,
        siblings,
      });
    } else {
      missing.push(
        `${stack.name}: ${logicalId} (${definition.Type}) is in the template and not in the stack.`,
      );
    }
  }
  return { resources, missing };
}

/** What a property refers to in its own stack: a plain value, a `Ref`, or the resource of a `Fn::GetAtt`. */
export function referred(resource: DeployedResource, value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const reference = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] } | undefined;
  const name = reference?.Ref ?? reference?.['Fn::GetAtt']?.[0];
  return name === undefined ? undefined : resource.siblings.get(name);
}
