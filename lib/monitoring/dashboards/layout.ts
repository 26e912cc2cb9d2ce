import type { Panel, Row, View } from './panel';

/** Columns of Grafana's grid. */
export const COLUMNS = 24;

/** Place of a panel or of a row's heading, in columns and in rows of Grafana's grid. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface PlacedRow {
  readonly title: string;
  readonly place: Place;
  readonly panels: readonly { readonly panel: Panel; readonly place: Place }[];
}

const HEIGHTS: Readonly<Record<View, number>> = {
  value: 4,
  names: 4,
  lines: 8,
  areas: 8,
  states: 6,
  table: 8,
};

/** Puts panels side by side from left to right; one that does not fit any more begins a new line. */
export function placed(rows: readonly Row[]): readonly PlacedRow[] {
  let y = 0;
  return rows.map(({ title, panels }) => {
    const heading = { x: 0, y, w: COLUMNS, h: 1 };
    y += 1;
    const lines = linesOf(panels).map((line) => {
      // All as high as the highest of their line: ragged edges are hard to read.
      const h = Math.max(...line.map(({ view }) => HEIGHTS[view]));
      const places = line.map((panel, index) => {
        const x = widthOf(line.slice(0, index));
        return { panel, place: { x, y, w: panel.width, h } };
      });
      y += h;
      return places;
    });
    return { title, place: heading, panels: lines.flat() };
  });
}

const widthOf = (panels: readonly Panel[]): number => panels.reduce((sum, { width }) => sum + width, 0);

function linesOf(panels: readonly Panel[]): readonly (readonly Panel[])[] {
  const lines: Panel[][] = [];
  for (const panel of panels) {
    const line = lines.at(-1);
    if (line && widthOf(line) + panel.width <= COLUMNS) line.push(panel);
    else lines.push([panel]);
  }
  return lines;
}
