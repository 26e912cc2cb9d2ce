import { measuredParts } from '../objectives';
import { likelyMeaning, noSuch } from '../suggest';
import type { Rule } from './rule';

const COMPONENTS = ['objectives', 'components'];

/**
 * An availability is promised of what something measures. A promise of recovery may be of a name of the file's own, as long as
 * it is not most likely a part that was misspelt.
 */
export const objectivesAreOfParts: Rule = function* ({ document, declared }) {
  const services = declared(['services']);
  const routes = Object.values(document.services).some((service) => service.routes.length > 0);
  const parts = measuredParts({ ...document, routes });
  const existing = [...new Set([...services, ...parts])];
  const because = [['services'], ['database'], ['cache']];
  for (const [name, { availabilityPercent }] of Object.entries(document.objectives.components)) {
    const path = [...COMPONENTS, name];
    if (services.includes(name) && parts.some((part) => part === name)) {
      yield {
        path,
        because,
        message: `a service is called ${name} too, so nobody can tell which is meant; give the service another name.`,
      };
    }
    if (existing.includes(name)) continue;
    if (availabilityPercent !== undefined)
      yield { path, because, message: noSuch('measured part', name, existing) };
    else if (likelyMeaning(name, existing) !== undefined)
      yield { path, because, message: noSuch('part', name, existing) };
  }
};
