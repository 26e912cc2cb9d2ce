import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

const HELP = `
Only writes files; it asks nothing of AWS. The dashboards are for any Grafana with a data source of
the type Prometheus: import them there (Dashboards, New, Import), or let Grafana read the folder
(provisioning of dashboards).
Exit code 0: written. 1: a file cannot be written. 2: wrong use.

Example:
  npx holdfast dashboards export ./dashboards --platform ops-center`;

/** `holdfast dashboards`: what Grafana shows, for a Grafana of your own. */
export const dashboards: AddCommand = (program, terminal) => {
  const command = program
    .command('dashboards')
    .description('The dashboards of a platform, for any Grafana.')
    .addHelpText('after', HELP);
  const exporting = command
    .command('export')
    .description('Writes each dashboard into a JSON file that Grafana imports.')
    .argument('<folder>', 'where the files go; made if it is not there')
    .option('--dry-run', 'only say which files would be written')
    .addHelpText('after', HELP);
  exporting.action((folder: string) => {
    const { platform: named, json = false, dryRun = false } = exporting.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const { exportDashboards, plannedDashboards } = load();
    const written = (dryRun ? plannedDashboards : exportDashboards)(platform, folder);
    if (json) return terminal.out(`${JSON.stringify(written, null, 2)}\n`);
    if (dryRun) terminal.out('Nothing was changed. It would write:\n');
    for (const { title, file } of written) terminal.out(`${file}  ${title}\n`);
  });
};

/** Only when it is called: other commands need nothing of Grafana's. */
const load = () => require('../dashboards/export') as typeof import('../dashboards/export');
