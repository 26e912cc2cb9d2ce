import { parseCidr } from '../config/cidr';

/** Address blocks of the subnets of a VPC, in the order of its zones. */
export interface SubnetBlocks {
  readonly private: readonly string[];
  readonly public: readonly string[];
  readonly isolated: readonly string[];
}

const ZONES = 3;

/**
 * Divides the block of a VPC: three private subnets take an eighth each (every task needs an address), public and
 * isolated ones a thirty-second. The smallest block that a platform file may have, /22, leaves /27 for a balancer, its
 * documented least:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
 * @param cidr block between /16 and /22
 * @throws RangeError for any other
 */
export function subnetBlocks(cidr: string): SubnetBlocks {
  const block = parseCidr(cidr);
  const prefix = Number(cidr.split('/')[1]);
  if (!block || prefix < 16 || prefix > 22) {
    throw new RangeError(`A VPC block must be between /16 and /22, but it is ${cidr}.`);
  }
  let next = block.first;
  const take = (length: number): string => {
    const first = next;
    next += 2 ** (32 - length);
    return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${length}`;
  };
  const three = (length: number) => Array.from({ length: ZONES }, () => take(length));
  return { private: three(prefix + 3), public: three(prefix + 5), isolated: three(prefix + 5) };
}
