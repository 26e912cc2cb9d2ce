import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { sentenceOf } from '../../lambda/runtime/errors';
import { type AwsReport, renderPage } from './report';

/** The file of a report. A drill takes hours: whether it can be written is asked before. */

/** @returns why a page cannot be written there; undefined if it can, as far as can be told */
export function problem(file: string): string | undefined {
  const folder = dirname(resolve(file));
  try {
    if (statSync(resolve(file), { throwIfNoEntry: false })?.isDirectory() === true)
      return `${file} is a folder; name a file.`;
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return `${folder} cannot be written to: ${sentenceOf(error)}`;
  }
}

/** @returns a sentence: where the page is, or why it is nowhere */
export function write(file: string, report: AwsReport): string {
  try {
    writeFileSync(file, renderPage(report));
    return `Report: ${file}`;
  } catch (error) {
    return `The report could not be written: ${sentenceOf(error)}`;
  }
}
