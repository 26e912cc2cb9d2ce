import { fieldsOf } from './log-line';
import type { FilesLook } from './ports';

/**
 * One line of the log of the function that copies shared files.
 * @param atMs when CloudWatch got it
 * @returns undefined if the line is no look at the files of a service
 */
export function filesLookIn(line: string, atMs: number): FilesLook | undefined {
  const fields = fieldsOf(line);
  if (fields?.event !== 'shared-files') return undefined;
  const { service, sentence, uncopied, readOnly } = fields;
  if (typeof service !== 'string' || typeof sentence !== 'string') return undefined;
  return { atMs, service, sentence, uncopied: uncopied === true, readOnly: typeof readOnly === 'string' };
}
