/** Environment of the canary; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  /** Names that are asked, comma-separated: URLs of a health path. */
  targets: 'CANARY_TARGETS',
} as const;

/** Longest run, in seconds: two attempts at each name and the start of Synthetics' own runtime. */
export const TIMEOUT_SECONDS = 60;
