import type { Panel } from '../../../lib/monitoring/dashboards/panel';
import { filledIn } from '../filled-in';
import type { Prometheus } from '../prometheus';

/** A series as a panel shows it. */
export interface Named {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly (readonly [number, number])[];
}

/** The time that a picture shows, in seconds since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Asks what a panel asks: at the end of the span, or all over it. */
export async function dataOf(prometheus: Prometheus, panel: Panel, span: Span): Promise<readonly Named[]> {
  const isRange = panel.view === 'lines' || panel.view === 'areas' || panel.view === 'states';
  const answers = await Promise.all(
    panel.queries.map(async ({ expression, legend }) => {
      const asked = filledIn(expression);
      const series = isRange
        ? await prometheus.over(asked, span.from, span.to, span.step)
        : await prometheus.now(asked, span.to);
      return series.map(({ labels, values }) => ({
        name: legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => labels[label] ?? ''),
        labels,
        points: values,
      }));
    }),
  );
  return answers.flat();
}

/** Parts of a series between which nothing was heard. */
export function stretches({ points }: Named, { step }: Span): readonly Named['points'][] {
  const parts: (readonly [number, number])[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const point of points) {
    const part = parts.at(-1);
    if (part && point[0] - last <= step * 1.5) part.push(point);
    else parts.push([point]);
    last = point[0];
  }
  return parts;
}
