import type { Lead } from './ports';
import { type GatedService, imageName, type Size } from './service';

/** @returns the size of a service in a region; one of which nobody knows whether it leads counts as not leading */
export const sizeOf = ({ serving, standby }: GatedService, lead: Lead): Size =>
  lead.known && lead.leads ? serving : standby;

/** End of a sentence: why the size is not that of a region that leads. */
export function because(lead: Lead): string {
  if (!lead.known)
    return `, because it cannot be seen whether this region leads: ${lead.why.replace(/\.$/, '')}`;
  return lead.leads ? '' : ', because this region does not lead';
}

export const readySentence = ({ image }: GatedService): string =>
  image ? `${imageName(image)} is there` : 'The image of a public registry is there';
