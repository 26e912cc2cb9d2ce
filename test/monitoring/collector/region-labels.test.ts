import { describe, expect, it } from '@jest/globals';
import { catalogueLabels, keepOnly, type Relabel } from '../../../lib/monitoring/collector/region-labels';
import { CLOUDWATCH_SERIES, COMMON_LABELS } from '../../../lib/monitoring/metrics/series';

type Labels = Readonly<Record<string, string>>;

/** What Prometheus does with labels, as far as it is used here: expressions match a whole text. */
function relabelled(labels: Labels, steps: readonly Relabel[]): Labels | undefined {
  let result: Record<string, string> = { ...labels };
  for (const { action, source_labels = [], regex, target_label = '', replacement = '' } of steps) {
    const whole = new RegExp(`^(?:${regex})$`);
    const value = source_labels.map((label) => result[label] ?? '').join(';');
    const into = replacement.replaceAll('$$', '$');
    if (action === 'keep') {
      if (!whole.test(value)) return undefined;
    } else if (action === 'labelmap') {
      for (const [label, text] of Object.entries(result))
        if (whole.test(label)) result[label.replace(whole, into)] = text;
    } else if (action === 'labeldrop') {
      result = Object.fromEntries(Object.entries(result).filter(([label]) => !whole.test(label)));
    } else if (whole.test(value)) result[target_label] = value.replace(whole, into);
  }
  return result;
}

const named = (labels: Labels) => relabelled(labels, catalogueLabels());

describe('the labels of what CloudWatch has', () => {
  it('say of a target group which service it belongs to', () => {
    expect(
      named({
        name: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/OpsCe-Traff-1XYZ/5a2b',
        account_id: '123456789012',
        region: 'us-east-1',
        dimension_load_balancer: 'app/ops-center-home/50dc6c49',
        dimension_target_group: 'targetgroup/OpsCe-Traff-1XYZ/5a2b',
        tag_holdfast_part: 'Service-backend',
        custom_tag_role: 'home',
      }),
    ).toEqual({ region: 'us-east-1', role: 'home', service: 'backend', target: 'OpsCe-Traff-1XYZ' });
  });

  it('say of the balancer itself no service', () => {
    const labels = named({
      region: 'us-west-2',
      dimension_load_balancer: 'app/ops-center-standby/50dc',
      tag_holdfast_part: 'Cluster',
      custom_tag_role: 'standby',
    });
    expect(labels).toEqual({ region: 'us-west-2', role: 'standby' });
  });

  it('are those of the catalogue', () => {
    const of = (labels: Labels) => named({ name: 'x', account_id: '1', region: 'us-east-1', ...labels });
    expect(of({ dimension_dbinstance_identifier: 'ops-center-db' })).toMatchObject({
      database: 'ops-center-db',
    });
    expect(of({ dimension_cache_cluster_id: 'ops-center-cache-001' })).toMatchObject({
      cache: 'ops-center-cache-001',
    });
    expect(of({ dimension_cluster_name: 'ops-center', dimension_service_name: 'backend' })).toEqual({
      region: 'us-east-1',
      service: 'backend',
    });
    expect(of({ dimension_platform: 'ops-center', dimension_component: 'cache' })).toEqual({
      region: 'us-east-1',
      part: 'cache',
    });
  });

  it('take the region from what the configuration says, where it says one', () => {
    expect(named({ region: 'us-east-1', custom_tag_region: 'eu-west-1' })).toEqual({ region: 'eu-west-1' });
  });

  it('leave no dimension of the catalogue without a label that keeps its series apart', () => {
    const fixed = ['LoadBalancer', 'ClusterName', 'WebACL', 'Region', 'Currency', 'Platform', 'VirtualHost'];
    for (const { name, labels, cloudWatch } of CLOUDWATCH_SERIES) {
      const apart = Object.keys(cloudWatch.dimensions).filter((dimension) => !fixed.includes(dimension));
      const told = labels.filter((label) => ![...COMMON_LABELS, 'job'].includes(label));
      expect([name, told.length]).toEqual([name, apart.includes('TargetGroup') ? 2 : apart.length]);
    }
  });
});

describe('what is kept', () => {
  it('is what the catalogue lists, by its whole name', () => {
    const keep = [keepOnly(['pg_up', 'pg_settings_max_connections'])];
    expect(relabelled({ __name__: 'pg_up' }, keep)).toBeDefined();
    expect(relabelled({ __name__: 'pg_up_since' }, keep)).toBeUndefined();
    expect(relabelled({ __name__: 'pg_settings_work_mem_bytes' }, keep)).toBeUndefined();
  });
});
