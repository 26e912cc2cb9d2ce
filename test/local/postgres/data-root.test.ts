import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { dataRoot } from '../../../local/postgres/data-root';

const chosen = process.env.TMPDIR;

describe('the place for the data of servers', () => {
  afterEach(() => {
    if (chosen === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = chosen;
  });

  it('is in memory where Linux has room there, and on the disk where there is too little', () => {
    delete process.env.TMPDIR;
    expect(dataRoot(0)).toBe(existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
    expect(dataRoot(Number.POSITIVE_INFINITY)).toBe(tmpdir());
  });

  it('is the folder for temporary files if somebody chose that, so that nothing is left elsewhere', () => {
    process.env.TMPDIR = '/somewhere';
    expect(dataRoot(0)).toBe('/somewhere');
  });
});
