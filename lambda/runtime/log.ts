/** What may stand in a line of the log. */
export type Fields = Readonly<Record<string, unknown>>;
/** Writes one event. */
export type Log = (event: string, fields?: Fields) => void;

/** A field with such a name is never written, whatever it holds. A response URL is signed: who has it may answer. */
const SECRET =
  /password|secret_?string|verifier|auth_?token|^token$|authorization|response_?url|credential|^value$/i;

/**
 * @param write gets each line, without its end
 * @returns a log of one JSON object per line
 */
export function createLog(write: (line: string) => void): Log {
  return (event, fields = {}) => {
    write(JSON.stringify({ event, ...fields }, (key, value) => (SECRET.test(key) ? '(hidden)' : value)));
  };
}

/** The log of a deployed function: Lambda sends what is written there to CloudWatch. */
export const standardLog: Log = createLog((line) => console.log(line));
