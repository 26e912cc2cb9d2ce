/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
} as const;

/** What CloudFormation is to ask the hook about; single resources tell too little. */
export const TARGET_OPERATIONS = ['STACK', 'CHANGE_SET'] as const;

/** Longest time, in seconds, that CloudFormation waits for the answer of a hook. */
export const HOOK_SECONDS = 30;

/** End of the name of a stack that holds a region's database; a deletion tells nothing but the name. */
export const DATA_STACK_SUFFIX = '-Data';
