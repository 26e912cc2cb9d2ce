import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sentenceOf } from '../../lambda/runtime/errors';
import type { Platform } from '../../lib/config/platform';
import { drawPlatform, readPicture } from '../../lib/diagram';
import { synthesizedStacks } from '../cost/synthesis';

/** A file that cannot be written. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';
}

/** Draws a platform as its stacks would be deployed now; asks nothing of AWS. */
export const drawn = (platform: Platform, root: string): string =>
  drawPlatform(platform.name, synthesizedStacks(platform, root));

/** @returns what the picture shows, as JSON for programs */
export const pictureJson = (platform: Platform, root: string): string =>
  `${JSON.stringify(readPicture(platform.name, synthesizedStacks(platform, root)), null, 2)}\n`;

/**
 * Writes a file, and makes its folder if it is not there.
 * @throws NotWritten with the reason
 */
export function writePicture(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new NotWritten(`--out ${file}: the file cannot be written: ${sentenceOf(error)}`, { cause: error });
  }
}
