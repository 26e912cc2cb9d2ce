import { layoutOf } from './layout';
import { type NamedStack, readPicture } from './read';
import { svgOf } from './svg';

export { type NamedStack, NoPlatform, readPicture } from './read';

/**
 * Draws a platform from its templates.
 * @param platform its name
 * @returns an SVG file
 * @throws NoPlatform if the templates are not those of a platform
 */
export const drawPlatform = (platform: string, stacks: readonly NamedStack[]): string =>
  svgOf(layoutOf(readPicture(platform, stacks)));
