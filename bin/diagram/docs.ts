import { loadPlatform, platformNames } from '../../lib/config/load';
import { drawPlatform } from '../../lib/diagram';
import { synthesizedStacks } from '../cost/synthesis';

/** @returns where the picture of a platform is kept, below the folder of the project */
export const diagramFile = (platform: string): string => `docs/diagrams/${platform}.svg`;

/**
 * The pictures of the platforms below `platforms/`, by their path.
 * @param root folder of the project
 */
export const diagramDocs = (root: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    platformNames(root).map((name) => {
      const platform = loadPlatform(name, { root });
      return [diagramFile(name), drawPlatform(platform.name, synthesizedStacks(platform, root))];
    }),
  );
