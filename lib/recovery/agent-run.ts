/**
 * How long one run of the region agent lasts, in seconds: it ends by itself shortly before. A run starts every minute,
 * so this is also how many overlap: three. The simulation of a year with 1 % lost starts fixes it: the cheapest length
 * at which no takeover happens that was not needed.
 */
export const AGENT_RUN_SECONDS = 180;
