import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { generatedDocs } from '../lib/config/reference';
import { failoverStepsPage } from '../lib/recovery/steps-page';
import { autoscalingPicture } from './autoscaling/picture';
import { diagramDocs } from './diagram/docs';
import { drillPolicy } from './drill/policy';
import { recoveryPolicy } from './recover/policy';

/** `npm run docs` writes the generated pages; with `-- --check` it only says whether they are fresh. */
const root = resolve(__dirname, '..');
const check = process.argv.includes('--check');
const stale: string[] = [];

const policies = {
  'docs/iam-drill-policy.json': drillPolicy(),
  'docs/iam-recovery-policy.json': recoveryPolicy(),
};

for (const [path, content] of Object.entries({
  ...generatedDocs(),
  ...failoverStepsPage(),
  ...autoscalingPicture(),
  ...diagramDocs(root),
  ...policies,
})) {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
  stale.push(path);
  if (check) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

if (check && stale.length > 0) {
  console.error(`${stale.join(' and ')} ${stale.length > 1 ? 'are' : 'is'} stale: run npm run docs.`);
  process.exitCode = 1;
} else {
  console.log(stale.length > 0 ? `Wrote ${stale.join(' and ')}.` : 'The generated pages are fresh.');
}
