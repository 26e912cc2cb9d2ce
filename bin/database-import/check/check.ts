import type { Session } from '../../../lambda/runtime/postgres/session';
import { bothSides } from './both';
import type { Finding } from './finding';
import { sourceFindings } from './source';
import { targetFindings } from './target';

/** Everything that stands against an import, and what a person should know of it; nothing is changed. */
export async function checkImport(source: Session, target: Session): Promise<readonly Finding[]> {
  return [
    ...(await sourceFindings(source)),
    ...(await targetFindings(target)),
    ...(await bothSides(source, target)),
  ];
}
