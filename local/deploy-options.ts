import {
  type ChosenPlatform,
  choosePlatform,
  parseOptions,
  placeOf,
  type Surroundings,
} from './command-line';

export const USAGE = `npm run deploy:local -- [options]

  --platform NAME|PATH  default: HOLDFAST_PLATFORM, else platform.yaml, else the example ops-center
  --json FILE           writes the report there
  --keep-logs DIR       keeps what the CDK, the server and the functions wrote
  --once                no second deployment
  --keep-running        afterwards the API stays until Ctrl-C
  --no-images           the repositories stay empty: every service starts with no task
  --help                prints this`;

const OPTIONS = {
  platform: { type: 'string' },
  json: { type: 'string' },
  'keep-logs': { type: 'string' },
  'keep-running': { type: 'boolean' },
  once: { type: 'boolean' },
  'no-images': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

export interface DeployOptions extends ChosenPlatform {
  readonly json?: string;
  readonly logs?: string;
  readonly once: boolean;
  readonly keepRunning: boolean;
  readonly images: boolean;
  readonly help: boolean;
}

/** @throws UsageError */
export function readOptions(args: readonly string[], around: Surroundings): DeployOptions {
  const values = parseOptions(args, OPTIONS);
  const { source, chosenBy } = choosePlatform(values.platform, around);
  const place = (path: string): string => placeOf(path, around);
  return {
    source,
    chosenBy,
    ...(values.json !== undefined && { json: place(values.json) }),
    ...(values['keep-logs'] !== undefined && { logs: place(values['keep-logs']) }),
    once: values.once ?? false,
    keepRunning: values['keep-running'] ?? false,
    images: !values['no-images'],
    help: values.help ?? false,
  };
}
