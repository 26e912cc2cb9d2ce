import type { Arrow, Box, Drawing, Flow, Label } from './shapes';

const FONT = 'Helvetica, Arial, DejaVu Sans, sans-serif';
const FLOWS: readonly Flow[] = ['requests', 'after', 'copies', 'asks'];

/** Colours by day; by night those of the second list take their places. */
const LIGHT = `--paper:#ffffff;--ink:#1f2328;--faint:#57606a;--region:#f6f8fa;--edge:#8c959f;--way:#ddf4ff;--service:#ffffff;--store:#dafbe1;--own:#f0ecfc;--decide:#fff8c5;--requests:#0969da;--after:#6e7781;--copies:#1a7f37;--asks:#9a6700`;
const DARK = `--paper:#0d1117;--ink:#e6edf3;--faint:#a7b1bc;--region:#161b22;--edge:#6e7681;--way:#122d4d;--service:#21262d;--store:#12361f;--own:#2b2145;--decide:#3b2e00;--requests:#58a6ff;--after:#9198a1;--copies:#3fb950;--asks:#d29922`;

const STYLE = [
  `svg{${LIGHT};background:var(--paper)}`,
  `@media (prefers-color-scheme:dark){svg{${DARK}}}`,
  'rect{stroke:var(--edge);stroke-width:1.5}',
  '.paper{fill:var(--paper);stroke:none}',
  ...['region', 'way', 'service', 'store', 'own', 'decide'].map((look) => `.${look}{fill:var(--${look})}`),
  'text{fill:var(--ink)}',
  '.title{font-size:26px;font-weight:bold}',
  '.head{font-size:22px;font-weight:bold}',
  '.name{font-size:19px}',
  '.small{font-size:16px;fill:var(--faint)}',
  '.note{font-size:16px;fill:var(--copies)}',
  'path.line{fill:none;stroke-width:2.5}',
  ...FLOWS.flatMap((flow) => [
    `.line.${flow}{stroke:var(--${flow});marker-end:url(#${flow})}`,
    `.both.${flow}{marker-start:url(#${flow})}`,
    `.tip.${flow}{fill:var(--${flow})}`,
  ]),
  '.line.after{stroke-dasharray:9 7}',
  '.line.asks{stroke-dasharray:3 5}',
].join('\n');

/** @returns the drawing as a file that needs nothing else; its colours follow those of the reader */
export const svgOf = ({ width, height, title, description, boxes, arrows, labels }: Drawing): string =>
  `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="${FONT}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>\n${STYLE}\n</style>`,
    `<defs>\n${FLOWS.map(tip).join('\n')}\n</defs>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...boxes.map(rect),
    ...arrows.map(line),
    ...labels.map(text),
    '</svg>',
  ].join('\n')}\n`;

const tip = (flow: Flow): string =>
  `<marker id="${flow}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6" markerHeight="6" orient="auto-start-reverse"><path class="tip ${flow}" d="M0 0 10 5 0 10z"/></marker>`;

const rect = ({ x, y, width, height, look }: Box): string =>
  `<rect class="${look}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${look === 'region' ? 12 : 7}"/>`;

const line = ({ points, flow, both }: Arrow): string =>
  `<path class="line ${flow}${both ? ' both' : ''}" d="M${points.map(([x, y]) => `${x} ${y}`).join(' L')}"/>`;

const text = ({ x, y, text: content, look, anchor }: Label): string =>
  `<text class="${look}" x="${x}" y="${y}"${anchor ? ` text-anchor="${anchor}"` : ''}>${escaped(content)}</text>`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (content: string): string => content.replaceAll(/[&<>"]/g, (one) => ESCAPES[one] ?? one);
