import type { Color } from '../../../lib/monitoring/dashboards/panel';

export const COLORS: Readonly<Record<Color, string>> = {
  green: '#1a7f37',
  orange: '#bc4c00',
  red: '#cf222e',
  blue: '#0969da',
  purple: '#8250df',
  text: '#24292f',
};
export const INK = '#24292f';
export const FAINT = '#6e7781';
export const GRID = '#eaeef2';
export const BORDER = '#d0d7de';
export const PAPER = '#f6f8fa';

/** Colours of the series of a panel, one after the other. */
export const SERIES: readonly string[] = ['#0969da', '#d4760b', '#8250df', '#1a7f37', '#bf3989', '#57606a'];
export const seriesColor = (index: number): string => SERIES[index % SERIES.length] ?? INK;

export const FONT = 'Helvetica, Arial, DejaVu Sans, sans-serif';
export const SMALL = 10.5;
