import { dimensionLabel } from '../metrics/cloudwatch-name';
import { CLOUDWATCH_SERIES } from '../metrics/series';

/** One step of Prometheus on the labels of what was scraped; the names are those of its configuration. */
export interface Relabel {
  readonly action?: 'keep' | 'labelmap' | 'labeldrop';
  readonly source_labels?: readonly string[];
  readonly regex: string;
  readonly target_label?: string;
  readonly replacement?: string;
}

/** What the first group of the expression matched. The collector expands one `$` itself. */
const MATCHED = '$$1';

/** Lets nothing pass but what somebody looks at: each sample is paid for. */
export const keepOnly = (names: readonly string[]): Relabel => ({
  action: 'keep',
  source_labels: ['__name__'],
  regex: names.join('|'),
});

const rename = (from: string, to: string, regex = '(.+)'): Relabel => ({
  source_labels: [from],
  regex,
  target_label: to,
  replacement: MATCHED,
});

/** Dimensions of the catalogue that have a name of their own there. */
const named = (): Relabel[] => {
  const labels = CLOUDWATCH_SERIES.flatMap(({ cloudWatch }) => Object.entries(cloudWatch.dimensions));
  const wanted = new Map(
    labels.flatMap(([dimension, label]) => (label ? [[dimension, label] as const] : [])),
  );
  return [...wanted].map(([dimension, label]) => rename(dimensionLabel(dimension), label));
};

/**
 * The exporter's labels as the catalogue names them. A target group is of the service whose stack made it: the tag that
 * names the stack says which. `region` the exporter sets itself, to where it has asked.
 */
export const catalogueLabels = (): readonly Relabel[] => [
  { action: 'labelmap', regex: 'custom_tag_(.+)', replacement: MATCHED },
  rename('tag_holdfast_part', 'service', 'Service-(.+)'),
  rename('dimension_target_group', 'target', 'targetgroup/([^/]+)/.+'),
  ...named(),
  { action: 'labeldrop', regex: 'name|account_id|account_alias|(custom_tag|tag|dimension)_.+' },
];
