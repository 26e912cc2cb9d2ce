import { AWS_REGIONS } from '../aws-regions';
import { overlap, parseCidr } from '../cidr';
import { didYouMean } from '../suggest';
import type { Finding, Rule, RuleContext } from './rule';

const PLACES = ['home', 'standby', 'witness'] as const;
const SERVING = ['home', 'standby'] as const;

export const knownRegions: Rule = function* ({ document }) {
  for (const place of PLACES) {
    const { name } = document.regions[place];
    if (!AWS_REGIONS.includes(name)) {
      yield {
        path: ['regions', place, 'name'],
        message: `${name} is no region that Holdfast knows;${didYouMean(name, AWS_REGIONS)} allowed: ${AWS_REGIONS.join(', ')}.`,
      };
    }
  }
};

export const distinctRegions: Rule = function* ({ document: { regions } }) {
  for (const [i, place] of PLACES.entries()) {
    const other = PLACES.slice(0, i).find((p) => regions[p].name === regions[place].name);
    if (other) {
      yield {
        path: ['regions', place, 'name'],
        message: `${regions[place].name} is also the region of ${other}; home, standby and witness must be three regions.`,
        because: [['regions', other, 'name']],
      };
    }
  }
};

export const zonesOfTheirRegion: Rule = function* ({ document: { regions } }) {
  for (const place of SERVING) {
    const { name, zones } = regions[place];
    // A misspelt region makes all its zones look wrong.
    if (!AWS_REGIONS.includes(name)) continue;
    for (const [i, zone] of zones.entries()) {
      const path = ['regions', place, 'zones', i];
      const because = [['regions', place, 'name']];
      if (!new RegExp(`^${name}[a-z]$`).test(zone)) {
        yield { path, because, message: `${zone} is no zone of ${name}; allowed: ${name}a and so on.` };
      } else if (zones.indexOf(zone) < i) {
        yield { path, because, message: `${zone} is given twice; the three zones must be different.` };
      }
    }
  }
};

function* blockProblems(text: string, path: Finding['path'], reserved: string): Iterable<Finding> {
  const block = parseCidr(text);
  if (!block) yield { path, message: `${text} is no IPv4 block; ${reserved}.` };
  else if (block.normal !== text) {
    yield { path, message: `${text} does not begin at its first address; write ${block.normal}.` };
  }
}

export const addressBlocks: Rule = function* ({ document: { regions, database } }) {
  const example = 'each number must be from 0 to 255, for example 10.0.0.0/16';
  for (const place of SERVING) yield* blockProblems(regions[place].cidr, ['regions', place, 'cidr'], example);
  if (database?.kind === 'external') {
    yield* blockProblems(
      database.cidr,
      ['database', 'cidr'],
      'each number must be from 0 to 255 and the prefix at most 32, for example 203.0.113.10/32',
    );
  }
};

export const separateBlocks: Rule = function* ({ document: { regions, database } }) {
  const home = parseCidr(regions.home.cidr);
  const standby = parseCidr(regions.standby.cidr);
  if (home && standby && overlap(home, standby)) {
    yield {
      path: ['regions', 'standby', 'cidr'],
      message: `${regions.standby.cidr} overlaps the block of home, ${regions.home.cidr}; the two must not share addresses.`,
      because: [['regions', 'home', 'cidr']],
    };
  }
  const outside = database?.kind === 'external' ? parseCidr(database.cidr) : undefined;
  for (const place of SERVING) {
    const block = parseCidr(regions[place].cidr);
    if (outside && block && overlap(outside, block)) {
      yield {
        path: ['database', 'cidr'],
        message: `${outside.normal} overlaps the block of ${place}, ${regions[place].cidr}; an external database lives outside of both.`,
        because: [['regions', place, 'cidr']],
      };
    }
  }
};

/** A certificate carries its first name in a field of 64 characters; the leadership endpoints have the longest. */
const CERTIFICATE_NAME = 64;
const LONGEST_PREFIX = 'leader-standby.';
const LABEL = 63;

export const domainInItsZone: Rule = function* ({ document: { domain } }: RuleContext) {
  const { name, hostedZone } = domain;
  const path = ['domain', 'name'];
  if (name !== hostedZone.name && !name.endsWith(`.${hostedZone.name}`)) {
    yield {
      path,
      message: `${name} is not in the hosted zone ${hostedZone.name}; allowed: that name or one below it.`,
      because: [['domain', 'hostedZone', 'name']],
    };
  }
  const longest = CERTIFICATE_NAME - LONGEST_PREFIX.length;
  if (name.length > longest) {
    yield {
      path,
      message: `${name} has ${name.length} characters; allowed: at most ${longest}, because ${LONGEST_PREFIX}<name> must fit the ${CERTIFICATE_NAME} of a certificate.`,
    };
  }
  const label = name.split('.').find((part) => part.length > LABEL);
  if (label) {
    yield { path, message: `the part ${label} has ${label.length} characters; DNS allows ${LABEL}.` };
  }
};
