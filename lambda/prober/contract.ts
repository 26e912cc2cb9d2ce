/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  /** URLs, each the health path of a region's fixed name; `none` if no health path can be asked from outside. */
  homeUrl: 'HOME_URL',
  standbyUrl: 'STANDBY_URL',
} as const;

/** With what an agent invokes the function: whose application to ask. */
export interface Question {
  readonly side: 'home' | 'standby';
}

/** What the function returns. */
export interface ProbeAnswer {
  readonly answers: boolean;
  /** For a person. */
  readonly sentence: string;
}
