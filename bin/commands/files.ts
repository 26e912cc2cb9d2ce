import { itemsCommand } from './items-command';

/** `holdfast files`: sets, lists and checks the configuration files that a platform file names. */
export const files = itemsCommand({
  name: 'files',
  description: 'The configuration files of services: sets, lists and checks them.',
  list: 'Each with its readers, length and age.',
  check: 'Is each set, readable as its name says, and the same in both regions?',
  help: `
Secrets Manager keeps them. Fewest permissions: docs/iam-secrets-policy.json.
Exit code 0: as it must be, or done. 1: to do, refused or failed. 2: not known, or wrong use.

Example:
  npx holdfast files check --platform ops-center`,
  set: {
    description: 'Gives a configuration file its contents, in both regions.',
    help: `
Takes at most 64 KiB of text, from a file or from standard input. What ends in .yaml, .yml or .json
must be that. Running tasks keep what they have; new ones read it. Waits until both regions have it.
Exit code 0: both have it. 1: refused or failed. 2: written, but not seen in both, or wrong use.

Example:
  npx holdfast files set logging --from-file logging.yaml --platform prodstack`,
  },
});
