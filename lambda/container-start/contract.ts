/** Environment of the container; set by its construct, read by `service.ts`. */
export const ENVIRONMENT = {
  /** Where the program is: an object of the bucket of assets of the container's region. */
  bucket: 'PROGRAM_BUCKET',
  key: 'PROGRAM_OBJECT',
  /** SHA-256 of the program in hexadecimal: nothing else is run. */
  sha256: 'PROGRAM_SHA256',
  region: 'AWS_REGION',
} as const;
