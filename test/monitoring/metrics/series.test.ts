import { describe, expect, it } from '@jest/globals';
import * as backup from '../../../lambda/backup/contract';
import * as deep from '../../../lambda/deep-health/contract';
import * as agent from '../../../lambda/region-agent/contract';
import * as drill from '../../../lambda/restore-drill/contract';
import * as archive from '../../../lambda/wal-archive/contract';
import { HOLDFAST } from '../../../lib/monitoring/metrics/holdfast';
import {
  CLOUDWATCH_SERIES,
  COMMON_LABELS,
  metricNames,
  SERIES,
  seriesNamed,
} from '../../../lib/monitoring/metrics/series';

describe('the catalogue of series', () => {
  it('names each series once', () => {
    const names = SERIES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(seriesNamed('up')?.source).toBe('application');
    expect(seriesNamed('down')).toBeUndefined();
  });

  it('has names that PromQL takes as they are, none of them like a recorded one', () => {
    for (const { name } of SERIES) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(metricNames(name)).toEqual([name]);
    }
  });

  it('says of each what it means, in one sentence, and in which unit', () => {
    for (const { name, meaning, unit } of SERIES) {
      expect(`${name}: ${meaning}`).toMatch(/: [A-Z0-9][^\n]*\.$/);
      expect(unit).not.toBe('');
    }
  });

  it('names no label twice, nor one that every series has', () => {
    for (const { name, labels } of SERIES) {
      expect(`${name} ${new Set(labels).size}`).toBe(`${name} ${labels.length}`);
      expect(labels.filter((label) => (COMMON_LABELS as readonly string[]).includes(label))).toEqual([]);
    }
  });
});

describe('what is read out of CloudWatch', () => {
  it('is a gauge, sums too: each value is about one period', () => {
    expect(CLOUDWATCH_SERIES.filter(({ kind }) => kind !== 'gauge')).toEqual([]);
  });

  it('of Holdfast itself is what its functions report', () => {
    const reported = [
      agent.METRICS,
      archive.METRICS,
      backup.METRICS,
      backup.COMPONENT_METRICS,
      drill.METRICS,
      deep.METRICS,
    ].flatMap((metrics) => Object.values(metrics));
    expect(
      HOLDFAST.map(({ cloudWatch }) => cloudWatch.metric).filter((one) => !reported.includes(one as never)),
    ).toEqual([]);
    expect(new Set(HOLDFAST.map(({ cloudWatch }) => cloudWatch.namespace))).toEqual(
      new Set([
        agent.METRIC_NAMESPACE,
        archive.METRIC_NAMESPACE,
        backup.METRIC_NAMESPACE,
        drill.METRIC_NAMESPACE,
        deep.METRIC_NAMESPACE,
      ]),
    );
  });

  it('of the other region is a small set, because each is paid for twice', () => {
    const peer = CLOUDWATCH_SERIES.filter(({ cloudWatch }) => cloudWatch.peer);
    expect(peer.length).toBeLessThanOrEqual(10);
    expect(peer.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'aws_holdfast_leads_maximum',
        'aws_applicationelb_request_count_sum',
        'aws_applicationelb_healthy_host_count_minimum',
      ]),
    );
  });
});
