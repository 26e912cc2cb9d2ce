/** Names of the regions as the platform file gives them; home is where the platform was first deployed. */
export const HOME = 'us-east-1';
export const STANDBY = 'us-west-2';
export const WITNESS = 'us-east-2';
export const REGIONS = [HOME, STANDBY, WITNESS] as const;
export type RegionName = (typeof REGIONS)[number];

/** The regions with an application and a database. */
export const SIDES = [HOME, STANDBY] as const;
export type SideName = (typeof SIDES)[number];

/** Where messages come from and go to: the regions, the users of the platform, and Route 53's health checkers. */
export const PLACES = [...REGIONS, 'users', 'checkers'] as const;
export type Place = (typeof PLACES)[number];

export const otherSide = (side: SideName): SideName => (side === HOME ? STANDBY : HOME);

/** How a person calls them in a story. */
export const ROLE: Readonly<Record<Place, string>> = {
  [HOME]: 'home',
  [STANDBY]: 'the standby',
  [WITNESS]: 'the witness',
  users: 'the users',
  checkers: 'the health checkers',
};

/** The instant of true time at which histories begin, in milliseconds since 1970. */
export const EPOCH_MS = Date.UTC(2026, 0, 1);
