import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Platform } from '../../lib/config/platform';
import { RULE_LIMITS } from '../../lib/monitoring/cloudwatch/symptom';
import { alarmsLeft, childrenOf, left, topicArn, waysFrom } from '../support/paging';
import { platform, type Resource, ROOT, SYSTEMS, type Synthesized, synthesized } from '../support/synth';
import { walk } from '../support/templates';

const COMPOSITE = 'AWS::CloudWatch::CompositeAlarm';
const composites = (synth: Synthesized) => left(synth, COMPOSITE);
const nameOf = ({ Properties }: Resource): string => String(Properties.AlarmName);
/** Metrics that CloudWatch bills of an alarm; a query is one, for each kind of metric that it finds. */
const billed = ({ Properties }: Resource): number =>
  Properties.Metrics?.filter(
    ({ MetricStat, Period }: { MetricStat?: object; Period?: number }) => MetricStat || Period,
  ).length ?? 1;

describe.each(SYSTEMS)('the alarms of %s', (name) => {
  const synth = () => synthesized(name);

  it('each do something, or are named by a symptom of their region that does', () => {
    const named = new Set(
      composites(synth())
        .filter(({ resource }) => resource.Properties.AlarmActions?.length > 0)
        .flatMap(({ region, resource }) =>
          childrenOf(resource.Properties.AlarmRule).map((one) => `${region} ${one}`),
        ),
    );
    const idle = alarmsLeft(synth())
      .filter(({ resource }) => !resource.Properties.AlarmActions?.length)
      .map(({ region, resource }) => `${region} ${nameOf(resource)}`)
      .filter((one) => !named.has(one));
    expect(idle).toEqual([]);
  });

  it('are named by symptoms of their own stack, which wait for them, within the limits of CloudWatch', () => {
    const found = composites(synth());
    expect(found.length).toBeGreaterThan(10);
    for (const { stack, resource } of found) {
      const { AlarmRule, AlarmName } = resource.Properties;
      const children = childrenOf(AlarmRule);
      expect(AlarmRule.length).toBeLessThanOrEqual(RULE_LIMITS.characters);
      expect(children.length).toBeLessThanOrEqual(RULE_LIMITS.children);
      const ids = Object.entries(synth().templates.get(stack)?.Resources ?? {})
        .filter(([, one]) => one.Type === 'AWS::CloudWatch::Alarm' && children.includes(nameOf(one)))
        .map(([id]) => id);
      expect([AlarmName, ids.length]).toEqual([AlarmName, new Set(children).size]);
      expect([AlarmName, [...(resource.DependsOn ?? [])].sort()]).toEqual([AlarmName, ids.sort()]);
    }
  });

  it('tell topics that exist in their region, and that somebody listens to', () => {
    const silent = alarmsLeft(synth()).flatMap((one) =>
      (one.resource.Properties.AlarmActions ?? []).flatMap((action: unknown) => {
        const arn = topicArn(synth(), one, action);
        // Scaling is an action too.
        if (!arn.startsWith('arn:aws:sns:')) return [];
        const here = arn.split(':')[3] === one.region;
        return here && waysFrom(synth(), arn).length > 0 ? [] : [`${nameOf(one.resource)} -> ${arn}`];
      }),
    );
    expect(silent).toEqual([]);
  });

  it('are on metrics of their own region: CloudWatch would never hear of others', () => {
    const { regions } = platform(name);
    for (const { region, resource } of left(synth(), 'AWS::CloudWatch::Alarm')) {
      const others = Object.values(regions)
        .map((one) => one.name)
        .filter((one) => one !== region);
      const { Dimensions, Metrics } = resource.Properties;
      const values = [...walk({ Dimensions, Metrics })].flatMap(({ path, value }) =>
        path.at(-1) === 'Value' && path.at(-2) !== 'From' ? [value] : [],
      );
      // A heartbeat says where it comes from; it is written here all the same.
      if (/(-no-heartbeat|-heard)$/.test(nameOf(resource))) continue;
      expect([nameOf(resource), values.filter((value) => others.includes(String(value)))]).toEqual([
        nameOf(resource),
        [],
      ]);
    }
  });

  it('say on purpose what missing data means, what to do first, and which runbook has the rest', () => {
    for (const { resource } of alarmsLeft(synth())) {
      const { AlarmDescription, TreatMissingData } = resource.Properties;
      if (resource.Type !== COMPOSITE) expect(TreatMissingData).toMatch(/^(breaching|notBreaching|ignore)$/);
      if (/-load-(high|low)$/.test(nameOf(resource))) continue;
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
      expect([nameOf(resource), AlarmDescription]).toEqual([
        nameOf(resource),
        expect.stringMatching(/(Look|Ask|Read|See|read|ask|look) .* Runbook: docs\/runbooks\/[a-z-]+\.md$/s),
      ]);
      const [, runbook = ''] = /Runbook: docs\/runbooks\/([a-z-]+)\.md$/.exec(AlarmDescription) ?? [];
      const file = join(ROOT, 'docs/runbooks', `${runbook}.md`);
      expect([runbook, existsSync(file)]).toEqual([runbook, true]);
    }
  });

  it('keep formulas within the ten metrics that CloudWatch takes', () => {
    for (const { resource } of left(synth(), 'AWS::CloudWatch::Alarm'))
      expect([nameOf(resource), (resource.Properties.Metrics ?? []).length <= 11]).toEqual([
        nameOf(resource),
        true,
      ]);
  });
});

describe('the article of the alarms on a platform', () => {
  const text = readFileSync(join(ROOT, 'docs/runbooks/cloudwatch-alarms.md'), 'utf8');

  it.each(SYSTEMS)('names every alarm of %s that leads to it', (name) => {
    const file = platform(name);
    const missing = alarmsLeft(synthesized(name))
      .filter(({ resource }) => /cloudwatch-alarms\.md$/.test(resource.Properties.AlarmDescription))
      .map(({ resource }) => generic(nameOf(resource).slice(name.length + 1), file))
      .filter((one) => !text.includes(`\`${one}\``));
    expect([...new Set(missing)]).toEqual([]);
  });
});

describe('the index of the runbooks', () => {
  const rows = readFileSync(join(ROOT, 'docs/runbooks/README.md'), 'utf8').split('\n');
  /** Where a row of the table leads to, by its last column. */
  const wayOf = (alarm: string): string | undefined => {
    const row = rows.find((one) => one.split(' | ')[0]?.includes(`\`${alarm}\``));
    return /\]\(([a-z-]+)\.md\) \|$/.exec(row ?? '')?.[1];
  };

  it.each(SYSTEMS)('leads from every page about %s to the runbook that the page names', (name) => {
    const file = platform(name);
    const synth = synthesized(name);
    const pages = alarmsLeft(synth).filter((one) =>
      (one.resource.Properties.AlarmActions ?? []).some((action: unknown) =>
        /^arn:aws:sns:.*-(on-call|edge-alarms)$/.test(topicArn(synth, one, action)),
      ),
    );
    expect(pages.length).toBeGreaterThan(10);
    const told = pages.map(({ resource }) => {
      const { AlarmDescription } = resource.Properties;
      const [, runbook] = /Runbook: docs\/runbooks\/([a-z-]+)\.md$/.exec(AlarmDescription) ?? [];
      return [generic(nameOf(resource).slice(name.length + 1), file), runbook] as const;
    });
    expect(told.map(([alarm]) => [alarm, wayOf(alarm)])).toEqual(told);
  });
});

/** Names of services, places and regions stand for any, and ports for any target group of a service. */
function generic(alarm: string, { services, regions }: Pick<Platform, 'services' | 'regions'>): string {
  const service = services.find((one) => alarm.startsWith(`${one.name}-`));
  const region = Object.values(regions).find((one) => alarm === `${one.name}-silent`);
  if (region) return '<region>-silent';
  const rest = service ? `<service>${alarm.slice(service.name.length)}` : alarm;
  return rest
    .replace(/-\d+(-\d+)?(-green)?$/, '-<port>')
    .replace(/^(home|standby|witness)-(canary|endpoint-check)/, '<place>-$2');
}

describe('what the alarms cost', () => {
  it('is below five percent of what ops-center pays today', () => {
    const metrics = left(synthesized('ops-center'), 'AWS::CloudWatch::Alarm').reduce(
      (sum, { resource }) => sum + billed(resource),
      0,
    );
    const dollars = 0.1 * metrics + 0.5 * composites(synthesized('ops-center')).length;
    expect(dollars).toBeLessThan(0.05 * 950);
  });
});
