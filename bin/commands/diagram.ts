import type { AddCommand } from './add-command';
import { openPlatform } from './open-platform';

interface Options {
  readonly platform?: string;
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly out?: string;
}

const HELP = `
Draws what the stacks would hold; asks nothing of AWS. The SVG needs nothing else, and follows the
colours of its reader, light or dark. With --json: what the picture shows, instead of the picture.
Exit code 0: drawn. 1: the file cannot be written. 2: wrong use.

Examples:
  npx holdfast diagram --platform ops-center --out ops-center.svg
  npx holdfast diagram --platform ops-center > ops-center.svg`;

/** `holdfast diagram`: the platform as a picture, from its templates. */
export const diagram: AddCommand = (program, terminal) => {
  const command = program
    .command('diagram')
    .description('Draws the platform: both regions, the witness, what talks to what and what fails over.')
    .summary('Draws the platform from its templates, as SVG.')
    .option('-o, --out <file>', 'write it there; its folder is made if it is not there')
    .option('--dry-run', 'only say which file would be written')
    .addHelpText('after', HELP);
  command.action(() => {
    const { platform: named, json = false, dryRun = false, out } = command.optsWithGlobals<Options>();
    const platform = openPlatform(named, terminal);
    const { drawn, pictureJson, writePicture } = load();
    const text = (json ? pictureJson : drawn)(platform, terminal.root);
    if (out === undefined) return terminal.out(text);
    if (dryRun) return terminal.err(`Nothing was changed. It would write ${out}.\n`);
    writePicture(out, text);
    terminal.err(`Wrote ${out}.\n`);
  });
};

/** Only when it is called: it needs the CDK. */
const load = () => require('../diagram/draw') as typeof import('../diagram/draw');
