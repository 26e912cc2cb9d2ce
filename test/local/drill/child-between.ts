import { setTimeout as wait } from 'node:timers/promises';
import { begin, runDrill, stoppedBy } from '../../../local/drill/child';

/** A command of drills that is between two of them when a signal comes. */

async function main(): Promise<number> {
  try {
    process.stdout.write('between\n');
    await wait(300);
    await runDrill(['--help']);
    return stoppedBy() ?? 0;
  } finally {
    process.stdout.write('cleaned up\n');
  }
}

begin(main, '');
