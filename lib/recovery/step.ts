import { otherRole } from '../config/names';
import type { Platform, Role } from '../config/platform';

/** Where a call of an agent goes, seen from the region that the agent runs in. */
export const STEP_REGIONS = ['own', 'other', 'witness', 'any region of the table'] as const;
export type StepRegion = (typeof STEP_REGIONS)[number];

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;

/** One thing that an agent does outside of its own memory, and what it depends on for it. */
export interface Step {
  /** For a person. */
  readonly step: string;
  /** The AWS service, or the protocol where no API of AWS is asked. */
  readonly service: string;
  readonly region: StepRegion;
  /** Whether a takeover waits for it. Everything else is advice, or is done afterwards as well as it can be. */
  readonly critical: boolean;
  /** As in a policy. Empty where no API of AWS is asked. */
  readonly actions: readonly string[];
  /** True if AWS demands the permission for another call of the agent, and the agent makes no such call itself. */
  readonly indirect?: true;
  /** ARNs, or `*`. Empty where a platform or a region has no use for the step: then nothing is granted. */
  readonly resources: (platform: Platform, role: Role) => readonly string[];
  readonly conditions?: (platform: Platform, role: Role) => Conditions;
  /** Why the resources have wildcards, for a reviewer; required if they have any. */
  readonly wildcards?: string;
}

/** @returns the names of the regions that a step may go to, from an agent in the region of `role` */
export function regionsOfStep(step: Step, platform: Platform, role: Role): readonly string[] {
  const { regions, leadership } = platform;
  switch (step.region) {
    case 'own':
      return [regions[role].name];
    case 'other':
      return [regions[otherRole(role)].name];
    case 'witness':
      return [regions.witness.name];
    case 'any region of the table':
      return leadership.regions;
  }
}
