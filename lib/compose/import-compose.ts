import { parsePlatform } from '../config/load';
import { PlatformFileError } from '../config/problem';
import { chooseRegions } from '../config/region-pairs';
import type { SizeName } from '../config/schema/primitives';
import { type Start, zoneOf } from '../config/starter';
import { domainOf } from './map/domain';
import { slugOf } from './map/names';
import { platformOf } from './map/platform';
import { sceneOf } from './map/scene';
import { tellMissing } from './missing';
import { loadProject } from './read/load-project';
import { Places } from './read/places';
import type { ComposeSource } from './read/read-project';
import { type ComposeProblem, type Remark, Report } from './report';

/** What a person says beside the Compose files. */
export interface ImportOptions {
  readonly name?: string | undefined;
  readonly account?: string | undefined;
  readonly home?: string | undefined;
  readonly standby?: string | undefined;
  readonly witness?: string | undefined;
  readonly domain?: string | undefined;
  readonly hostedZone?: string | undefined;
  readonly hostedZoneId?: string | undefined;
  readonly email?: string | undefined;
  readonly size: SizeName;
  /** Profiles whose services are taken too; `*` means all. */
  readonly profiles: readonly string[];
  /** Name of the platform if neither the options nor the files say one: that of the folder. */
  readonly folderName: string;
  /** How editors find the schema from where the platform file will be. */
  readonly schema: string;
}

/** A platform file that is valid, or everything that is in its way; and what was not carried over as it stands. */
export type Imported =
  | {
      readonly kind: 'platform';
      readonly name: string;
      readonly text: string;
      readonly remarks: readonly Remark[];
    }
  | {
      readonly kind: 'problems';
      readonly problems: readonly ComposeProblem[];
      readonly remarks: readonly Remark[];
    };

/** Longest name of a platform. */
const NAME = 18;

/**
 * Translates a Compose project into a platform file. Whatever the files hold, it does not throw, and no value of a
 * secret comes into what it returns.
 * @throws RangeError if the options name regions that cannot be had
 */
export function importCompose(source: ComposeSource, options: ImportOptions): Imported {
  const places = new Places(source.files[0] ?? 'compose.yaml');
  const report = new Report(places);
  const regions = chooseRegions(options);
  const { project, missing } = loadProject(source, options.profiles, places, report);
  const name = options.name ?? slugOf(project.name ?? options.folderName, NAME, 'platform');
  const domain = options.domain ?? domainOf(project);
  const start: Start = {
    name,
    account: options.account,
    size: options.size,
    regions,
    domain: domain ?? `${name}.example.com`,
    hostedZone: options.hostedZone,
    hostedZoneId: options.hostedZoneId,
  };
  tellStart(options, domain, start, report);
  const scene = sceneOf(project, report, start.domain, (path) => source.read(path));
  const made = platformOf(scene, start, options, source.files);
  tellMissing(missing, made.services, scene);
  if (report.problems.length > 0)
    return { kind: 'problems', problems: report.problems, remarks: report.remarks };
  return checked(name, made.text, report, places.main);
}

/** Says what only a person knows, and what was chosen for it. */
function tellStart(options: ImportOptions, domain: string | undefined, start: Start, report: Report): void {
  const { regions } = start;
  if (options.account === undefined)
    report.toDo(
      [],
      'the AWS account',
      'Compose does not know it.',
      'Write it into account, or import with --account.',
    );
  if (options.hostedZoneId === undefined) {
    const zone = options.hostedZone ?? zoneOf(start.domain);
    report.toDo(
      [],
      `the id of the hosted zone ${zone}`,
      'Compose does not know it.',
      'Write it into domain.hostedZone.id, or import with --hosted-zone-id.',
    );
  }
  if (options.domain === undefined) {
    if (domain === undefined)
      report.toDo(
        [],
        'the domain',
        `${start.domain} stands for it.`,
        'Write it into domain, or import with --domain.',
      );
    else
      report.guessed(
        [],
        `the domain ${domain}`,
        'the routes name hosts of it.',
        'Choose another one with --domain.',
      );
  }
  if (options.home === undefined)
    report.guessed(
      [],
      `the regions ${regions.home}, ${regions.standby} and ${regions.witness}`,
      'Compose does not know them.',
      'They cannot be changed later: choose them with --home, --standby and --witness.',
    );
  if (options.email === undefined)
    report.toDo(
      [],
      'who hears of alarms',
      'Compose does not know it.',
      'Write it into alerts.receivers, or import with --email.',
    );
}

/** The last word is that of the check that every platform file passes. */
function checked(name: string, text: string, report: Report, file: string): Imported {
  try {
    parsePlatform(text, `${name}.yaml`);
    return { kind: 'platform', name, text, remarks: report.remarks };
  } catch (error) {
    if (!(error instanceof PlatformFileError)) throw error;
    const problems = error.lines.map((line) => ({
      file,
      line: 1,
      path: '',
      message: `the platform file would not be valid: ${line.replace(/\s+/g, ' ')}`,
    }));
    return { kind: 'problems', problems, remarks: report.remarks };
  }
}
