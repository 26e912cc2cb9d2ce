import type { Step, StepRegion } from './step';
import { STEPS } from './steps';

const INTRODUCTION = `# What each step of a failover depends on

Every call that a region agent makes, and the region whose endpoint must answer it. The policy of the agent is built from
this table, and a test holds its code to it. *own* is the region that the agent runs in, so in a takeover the region that
survives; *other* is the one that is lost.

A takeover waits for the steps marked **yes**: they need the own region and one of the three regions of the leadership
table. Everything else is advice beforehand, or is done afterwards as well as it can be, and tried again. No step changes a
record or a health check of Route 53, and none asks a control plane that lives in us-east-1 for all regions: where a
region of the platform is us-east-1 itself, its own regional endpoints are meant.

An action in parentheses is a permission that AWS demands for another call of the agent, which makes no such call itself.

This page is written by \`npm run docs\` from \`lib/recovery/steps.ts\`.
`;

const SECTIONS: readonly { readonly title: string; readonly critical: boolean }[] = [
  { title: 'What a takeover waits for', critical: true },
  { title: 'Advice beforehand, and what is done afterwards', critical: false },
];

/** @returns `docs/failover-steps.md` by its path in the repository */
export function failoverStepsPage(): Readonly<Record<string, string>> {
  const sections = SECTIONS.map(({ title, critical }) =>
    [
      `## ${title}`,
      '',
      '| step | service | actions | region | a takeover waits for it |',
      '|---|---|---|---|---|',
      ...STEPS.filter((step) => step.critical === critical).map(row),
      '',
    ].join('\n'),
  );
  return { 'docs/failover-steps.md': `${[INTRODUCTION, ...sections].join('\n').trimEnd()}\n` };
}

function row(step: Step): string {
  const actions = step.actions.map((action) => (step.indirect ? `(\`${action}\`)` : `\`${action}\``));
  const cells = [
    step.step,
    step.service,
    actions.join(', ') || 'none of an API',
    REGION[step.region],
    step.critical ? '**yes**' : 'no',
  ];
  return `| ${cells.join(' | ')} |`;
}

const REGION: Readonly<Record<StepRegion, string>> = {
  own: 'own',
  other: 'other',
  witness: 'witness',
  'any region of the table': 'any one of the three of the table',
};
