import { connect, createServer, type Server, type Socket } from 'node:net';
import type { End, Network } from './network';

/** A way from one end of the network to a port at another. */
export interface Link {
  /** Where to connect instead, on the loopback interface. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Carries the bytes of each connection as long as the network does. While it does not, connections stay open and silent,
 * as between machines whose packets are dropped; what was sent meanwhile arrives when the network is whole again, because
 * TCP sends it again.
 * @param port of the loopback interface that stands for the far end
 */
export async function openLink(network: Network, from: End, to: End, port: number): Promise<Link> {
  const pairs = new Set<Pair>();
  const ways = (): Ways => ({ there: network.arrives(from, to), back: network.arrives(to, from) });
  const server = createServer({ pauseOnConnect: true }, (near) => {
    const pair = new Pair(near, port, ways, () => pairs.delete(pair));
    pairs.add(pair);
    pair.flow();
  });
  const deaf = network.onChange(() => {
    for (const pair of [...pairs]) pair.flow();
  });
  const own = await listen(server);
  return {
    port: own,
    close() {
      deaf();
      const closed = new Promise<void>((done) => server.close(() => done()));
      for (const pair of [...pairs]) pair.end();
      return closed;
    },
  };
}

/** Whether what is sent arrives there, and what is answered here. */
interface Ways {
  readonly there: boolean;
  readonly back: boolean;
}

/** One connection, in two halves. */
class Pair {
  private far: Socket | undefined;
  private ended = false;
  /** A half that waits for the other one to take what it has. */
  private readonly full = new Set<Socket>();

  constructor(
    private readonly near: Socket,
    private readonly port: number,
    private readonly ways: () => Ways,
    private readonly gone: () => void,
  ) {
    near.setNoDelay(true);
    near.on('error', () => this.end());
    near.on('close', () => this.end());
  }

  /** Lets each half flow if its way is open, and holds it otherwise. */
  flow(): void {
    if (this.ended) return;
    const { there, back } = this.ways();
    // The first packet of a connection needs an answer, so it needs both ways.
    if (!this.far && there && back) this.far = this.reach();
    if (!this.far) return;
    // Its end is a packet too: it is told as soon as it can arrive.
    if (this.far.destroyed && back) {
      this.end();
      return;
    }
    set(this.near, there && !this.full.has(this.near));
    set(this.far, back && !this.full.has(this.far));
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.near.destroy();
    this.far?.destroy();
    this.gone();
  }

  private reach(): Socket {
    const far = connect({ host: '127.0.0.1', port: this.port });
    far.setNoDelay(true);
    this.carry(this.near, far);
    this.carry(far, this.near);
    far.on('error', () => undefined);
    far.on('close', () => this.flow());
    return far;
  }

  /** As `pipe`, which has a mind of its own about when to flow. */
  private carry(from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      if (to.destroyed || to.write(chunk)) return;
      this.full.add(from);
      from.pause();
      to.once('drain', () => {
        this.full.delete(from);
        this.flow();
      });
    });
  }
}

function set(socket: Socket, flows: boolean): void {
  if (flows) socket.resume();
  else socket.pause();
}

function listen(server: Server): Promise<number> {
  return new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') failed(new Error('The link has no port.'));
      else done(address.port);
    });
  });
}
