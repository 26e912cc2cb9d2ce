import { parse } from 'yaml';

export type Labels = Readonly<Record<string, string>>;

/** A receiver of an alert manager definition, as the service reads it. */
export interface AmpReceiver {
  readonly name: string;
  readonly sns_configs?: readonly {
    readonly topic_arn: string;
    readonly sigv4: { readonly region: string };
    readonly subject: string;
    readonly message: string;
    readonly attributes: Labels;
  }[];
  readonly pagerduty_configs?: readonly { readonly routing_key: unknown }[];
}

interface Node {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly continue?: boolean;
  readonly routes?: readonly Node[];
  readonly group_by?: readonly string[];
  readonly group_wait?: string;
  readonly group_interval?: string;
  readonly repeat_interval?: string;
}

export interface AmpConfiguration {
  readonly templates: readonly string[];
  readonly route: Node;
  readonly receivers: readonly AmpReceiver[];
  readonly inhibit_rules: readonly {
    readonly source_matchers: readonly string[];
    readonly target_matchers: readonly string[];
    readonly equal: readonly string[];
  }[];
}

export interface AmpDefinition {
  readonly template_files: Labels;
  readonly configuration: AmpConfiguration;
}

/** Reads the text that goes into the template of the stack. */
export function readDefinition(text: string): AmpDefinition {
  const { template_files, alertmanager_config } = parse(text) as {
    template_files: Labels;
    alertmanager_config: string;
  };
  return { template_files, configuration: parse(alertmanager_config) as AmpConfiguration };
}

/**
 * Receivers of an alert by the rules of Alertmanager's documentation: the first route that fits takes an alert, the
 * following are asked too if it says `continue`, and a route of which no inner route fits takes it itself.
 */
export const receiversOf = ({ route }: AmpConfiguration, labels: Labels): string[] => walk(route, labels);

function walk(node: Node, labels: Labels): string[] {
  const taken: string[] = [];
  for (const inner of node.routes ?? []) {
    if (!holds(inner.matchers ?? [], labels)) continue;
    taken.push(...walk(inner, labels));
    if (inner.continue !== true) break;
  }
  return taken.length > 0 ? taken : [node.receiver];
}

export const holds = (matchers: readonly string[], labels: Labels): boolean =>
  matchers.every((matcher) => holdsOne(matcher, labels));

function holdsOne(matcher: string, labels: Labels): boolean {
  const [, label = '', operator = '', quoted = ''] = /^(\w+)(=~|!~|!=|=)(".*")$/.exec(matcher) ?? [];
  if (label === '') throw new Error(`no matcher: ${matcher}`);
  const wanted = JSON.parse(quoted) as string;
  const value = labels[label] ?? '';
  const fits = operator.endsWith('~') ? new RegExp(`^(?:${wanted})$`).test(value) : value === wanted;
  return operator.startsWith('!') ? !fits : fits;
}
