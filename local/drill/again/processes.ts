import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The processes that somebody started, also after those who started them have ended. */

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** When it began, as `ps` tells it: a number may be given to another process later. */
  readonly began: string;
  readonly command: string;
}

const LINE = /^\s*(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/;

/** @param listed by `ps -A -o pid=,ppid=,lstart=,comm=` */
export function processesIn(listed: string): Process[] {
  return listed.split('\n').flatMap((line) => {
    const [, pid, parent, began, command] = LINE.exec(line) ?? [];
    if (pid === undefined || parent === undefined || began === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), began, command: command ?? '' }];
  });
}

export const processesNow = (): Process[] =>
  processesIn(execFileSync('ps', ['-A', '-o', 'pid=,ppid=,lstart=,comm='], { encoding: 'utf8' }));

/** Gathers a tree by looking at it again and again: who is orphaned between two looks still belongs to it. */
export class Tree {
  private readonly known = new Map<number, string>();

  /** @param root number of the process with which it begins */
  constructor(private readonly root: number) {}

  /** Takes in all that has been started since. @param all processes of the machine */
  look(all: readonly Process[]): void {
    const children = new Map<number, Process[]>();
    for (const one of all) children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
    const begun = all.filter((one) => one.pid === this.root || this.known.get(one.pid) === one.began);
    const waiting = [...begun];
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      this.known.set(one.pid, one.began);
      waiting.push(...(children.get(one.pid) ?? []).filter(({ pid }) => !this.known.has(pid)));
    }
  }

  /** @returns those of it that are still there */
  left(all: readonly Process[]): Process[] {
    return all.filter(({ pid, began }) => this.known.get(pid) === began);
  }
}

const LISTENS = '0A';

/** @param table as `/proc/net/tcp` has it @returns port by the number of its socket, of those that listen */
export function listeningIn(table: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of table.split('\n').slice(1)) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (local !== undefined && inode !== undefined && state === LISTENS)
      found.set(inode, Number.parseInt(local.split(':').at(-1) ?? '', 16));
  }
  return found;
}

/** @returns ports on which processes listen; none where the machine has no `/proc`, or they have just ended */
export function portsOf(processes: readonly Process[]): number[] {
  const listening = new Map<string, number>();
  for (const table of ['tcp', 'tcp6'])
    for (const [socket, port] of listeningIn(textOf(`/proc/net/${table}`))) listening.set(socket, port);
  const ports = processes.flatMap(({ pid }) =>
    socketsOf(pid).flatMap((socket) => listening.get(socket) ?? []),
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      const [, socket] = /^socket:\[(\d+)\]$/.exec(targetOf(`/proc/${pid}/fd/${name}`)) ?? [];
      return socket === undefined ? [] : [socket];
    });
  } catch {
    return [];
  }
}

/** A file may be closed between the list and the look. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
