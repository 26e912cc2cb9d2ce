import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Bounds, next, type Present } from '../../../local/tasks/rollout';

type Some = Present<string>;

const task = (name: string, isNew: boolean, isHealthy: boolean): Some => ({ task: name, isNew, isHealthy });
const tasks = (text: string): Some[] =>
  [...text].map((letter, number) => task(`${letter}${number}`, /n/i.test(letter), /[NO]/.test(letter)));
const names = (found: readonly Some[]): string => found.map((one) => one.task).join(' ');
const bounds = (desired: number, minimumHealthyPercent = 66, maximumPercent = 134): Bounds => ({
  desired,
  minimumHealthyPercent,
  maximumPercent,
});

/** O and N are healthy tasks of the old and the new revision, o and n such that do not serve. */
describe('one step of a deployment', () => {
  it('starts what is missing, and counts what has been ordered', () => {
    expect(next(bounds(3), tasks('N'), 1)).toEqual({ start: 1, stop: [] });
  });

  it('starts one more than desired and stops one old task where the bounds allow both', () => {
    const { start, stop } = next(bounds(3), tasks('OOO'), 0);
    expect([start, names(stop)]).toEqual([1, 'O0']);
  });

  it('stops no old task for a new one that does not serve yet', () => {
    const { stop } = next(bounds(2, 100, 200), tasks('OOnn'), 0);
    expect(stop).toEqual([]);
  });

  it('stops old tasks that do not serve, whatever the bounds say', () => {
    expect(names(next(bounds(2, 100, 200), tasks('oON'), 0).stop)).toBe('o0');
  });

  it('lets tasks go that do not serve before ones that do, and of these the youngest', () => {
    expect(names(next(bounds(2), tasks('nNNN'), 0).stop)).toBe('n0 N3');
  });

  it('keeps old tasks as long as too many new ones do not serve', () => {
    expect(names(next(bounds(3, 100, 200), tasks('OnnnN'), 0).stop)).toBe('n3');
  });

  it('ends everything of a service that is to have nothing', () => {
    expect(names(next(bounds(0), tasks('ONn'), 0).stop)).toBe('n2 N1 O0');
  });

  it('never gets on where the bounds leave room for neither', () => {
    expect(next(bounds(1, 100, 100), tasks('O'), 0)).toEqual({ start: 0, stop: [] });
  });
});

/** A service between two looks: what was ordered comes up, and what is up begins to serve or stops to. */
class Service {
  present: Some[];
  starting = 0;
  private made = 0;

  constructor(old: number) {
    this.present = Array.from({ length: old }, () => this.make(false, true));
  }

  get serving(): number {
    return this.present.filter(({ isHealthy }) => isHealthy).length;
  }

  step(wanted: Bounds): void {
    const { start, stop } = next(wanted, this.present, this.starting);
    this.present = this.present.filter((one) => !stop.includes(one));
    this.starting += start;
  }

  arrive(count: number): void {
    const arriving = Math.min(count, this.starting);
    this.starting -= arriving;
    for (let one = 0; one < arriving; one += 1) this.present.push(this.make(true, false));
  }

  turn(number: number, isHealthy: boolean): void {
    const at = number % Math.max(1, this.present.length);
    this.present = this.present.map((one, index) => (index === at ? { ...one, isHealthy } : one));
  }

  serveAll(): void {
    this.present = this.present.map((one) => ({ ...one, isHealthy: true }));
  }

  private make(isNew: boolean, isHealthy: boolean): Some {
    this.made += 1;
    return task(`task-${this.made}`, isNew, isHealthy);
  }
}

const anyBounds = fc
  .record({
    desired: fc.integer({ min: 0, max: 12 }),
    minimumHealthyPercent: fc.integer({ min: 0, max: 100 }),
    maximumPercent: fc.integer({ min: 100, max: 200 }),
  })
  .filter(({ desired, minimumHealthyPercent, maximumPercent }) => {
    const [least, most] = [(desired * minimumHealthyPercent) / 100, (desired * maximumPercent) / 100];
    return Math.ceil(least) < desired || Math.floor(most) > desired || desired === 0;
  });
const event = fc.oneof(
  fc.record({ kind: fc.constant('arrive' as const), number: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ kind: fc.constantFrom('serve' as const, 'fail' as const), number: fc.nat(20) }),
);
const anyCourse = fc.record({
  wanted: anyBounds,
  old: fc.integer({ min: 0, max: 14 }),
  events: fc.array(event, { maxLength: 40 }),
});

function happen(
  service: Service,
  { kind, number }: { kind: 'arrive' | 'serve' | 'fail'; number: number },
): void {
  if (kind === 'arrive') service.arrive(number);
  else service.turn(number, kind === 'serve');
}

describe('a deployment, whatever happens on the way', () => {
  it('never stops a task that serves below the least', () => {
    fc.assert(
      fc.property(anyCourse, ({ wanted, old, events }) => {
        const service = new Service(old);
        const least = Math.ceil((wanted.desired * wanted.minimumHealthyPercent) / 100);
        for (const one of events) {
          happen(service, one);
          const before = service.serving;
          service.step(wanted);
          expect(service.serving).toBeGreaterThanOrEqual(Math.min(before, least));
        }
      }),
    );
  });

  it('never starts a task above the most', () => {
    fc.assert(
      fc.property(anyCourse, ({ wanted, old, events }) => {
        const service = new Service(old);
        const most = Math.floor((wanted.desired * wanted.maximumPercent) / 100);
        for (const one of events) {
          happen(service, one);
          const before = service.present.length + service.starting;
          service.step(wanted);
          expect(service.present.length + service.starting).toBeLessThanOrEqual(Math.max(before, most));
        }
      }),
    );
  });

  it('always ends with the desired number of new tasks and no old one, once tasks serve', () => {
    fc.assert(
      fc.property(anyCourse, ({ wanted, old, events }) => {
        const service = new Service(old);
        for (const one of events) {
          happen(service, one);
          service.step(wanted);
        }
        for (let look = 0; look < 80; look += 1) {
          service.arrive(wanted.desired);
          service.serveAll();
          service.step(wanted);
        }
        expect(service.present.map(({ isNew }) => isNew)).toEqual(Array(wanted.desired).fill(true));
        expect(service.starting).toBe(0);
      }),
    );
  });
});
