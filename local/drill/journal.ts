import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { functionName } from '../../lib/config/names';
import type { JournalEntry } from './model';
import { SIDES, type World } from './world';

const EVERY_MS = 300;
const CHUNK = 65_536;

/** What happened, in the order in which it became known. */
export class Journal {
  readonly entries: JournalEntry[] = [];

  constructor(private readonly told: (entry: JournalEntry) => void) {}

  note(who: JournalEntry['who'], sentence: string): void {
    const entry = { atMs: Date.now(), who, sentence };
    this.entries.push(entry);
    this.told(entry);
  }
}

/** A file that grows, read line by line. It may come into being later. */
export class Tail {
  private at = 0;
  private rest = '';
  /** A character may be written in two parts. */
  private readonly decoder = new StringDecoder('utf8');

  constructor(private readonly file: string) {}

  /** @returns the lines that were finished since the last time */
  read(): string[] {
    if (!existsSync(this.file)) return [];
    const descriptor = openSync(this.file, 'r');
    try {
      const buffer = Buffer.alloc(CHUNK);
      for (let count = CHUNK; count === CHUNK; ) {
        count = readSync(descriptor, buffer, 0, CHUNK, this.at);
        this.at += count;
        this.rest += this.decoder.write(buffer.subarray(0, count));
      }
    } finally {
      closeSync(descriptor);
    }
    const lines = this.rest.split('\n');
    this.rest = lines.pop() ?? '';
    return lines;
  }
}

/** Notes what the agents of both regions say, each sentence once in a row, however its seconds and bytes grow. @returns ends it */
export function followAgents(
  world: Pick<World, 'platform' | 'region' | 'logs'>,
  journal: Journal,
): () => void {
  const agents = SIDES.map((side) => {
    const file = `${world.region(side)}-${functionName(world.platform, 'region-agent')}.log`;
    const tail = new Tail(join(world.logs, file));
    // What was said before the drill began is not part of it.
    tail.read();
    return { who: `agent-${side}` as const, tail, last: '' };
  });
  const follow = (): void => {
    for (const agent of agents) {
      for (const sentence of agent.tail.read().flatMap(spoken)) {
        const shape = withoutFigures(sentence);
        if (shape === agent.last || isRoutine(sentence)) continue;
        agent.last = shape;
        journal.note(agent.who, sentence);
      }
    }
  };
  const timer = setInterval(follow, EVERY_MS);
  return () => {
    clearInterval(timer);
    follow();
  };
}

const withoutFigures = (sentence: string): string => sentence.replace(/\b\d+ (s|bytes)\b/g, '$1');

/** What an agent says when all is well or when another one was faster: many times a minute. */
const isRoutine = (sentence: string): boolean =>
  /lease is fresh|renews its lease|Another agent was faster|nothing was done/.test(sentence);

function spoken(line: string): string[] {
  if (!line.startsWith('{"event":"turn"')) return [];
  try {
    const { sentence } = JSON.parse(line) as { sentence?: unknown };
    return typeof sentence === 'string' ? [sentence] : [];
  } catch {
    return [];
  }
}
