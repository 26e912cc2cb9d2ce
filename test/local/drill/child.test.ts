import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

describe('a command of drills between two of them', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'comes to its end at %s, and begins no other',
    async (signal, status) => {
      const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'child-between.ts')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      const ended = once(child, 'close');
      child.stdout.on('data', (text: Buffer) => {
        if (said === '') child.kill(signal);
        said += text.toString();
      });
      expect((await ended)[0]).toBe(status);
      expect(said).toBe('between\ncleaned up\n');
    },
    30_000,
  );
});
