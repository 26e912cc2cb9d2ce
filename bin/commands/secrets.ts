import { itemsCommand } from './items-command';

const EXIT_HELP =
  'Exit code 0: as it must be, or done. 1: to do, refused or failed. 2: not known, or wrong use.';

/** `holdfast secrets`: sets, lists and checks the secrets that a platform file names. */
export const secrets = itemsCommand({
  name: 'secrets',
  description: 'The secrets of the platform file: sets, lists and checks them.',
  list: 'Each with its readers, length, age and rotation; never its value.',
  check: 'Is each set, of the right shape, and the same in both regions?',
  help: `
No command shows a value. Fewest permissions: docs/iam-secrets-policy.json.
${EXIT_HELP}

Example:
  npx holdfast secrets check --platform ops-center`,
  set: {
    description: 'Gives a secret its value, in both regions.',
    help: `
The value is asked for and not shown, or comes from a file or from standard input; never from an
argument, which every process sees. Waits until both regions have it.
Exit code 0: both have it. 1: refused or failed. 2: written, but not seen in both, or wrong use.

Example:
  npx holdfast secrets set smtp-password --platform prodstack
  gpg --decrypt smtp.gpg | npx holdfast secrets set smtp-password --platform prodstack`,
  },
});
