import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemLine, remarkLine } from '../../lib/compose/report';
import { COMPOSE_SHAPES, folderOf, importShape } from './shapes';

/** Writes what the import makes of each shape; a person reads the difference before it is committed. */
for (const name of Object.keys(COMPOSE_SHAPES)) {
  const imported = importShape(name);
  if (imported.kind === 'problems') {
    console.error(`${name}:\n${imported.problems.map(problemLine).join('\n')}`);
    process.exitCode = 1;
    continue;
  }
  writeFileSync(join(folderOf(name), 'platform.yaml'), imported.text);
  writeFileSync(join(folderOf(name), 'remarks.txt'), `${imported.remarks.map(remarkLine).join('\n')}\n`);
}
