/** Prefix lengths of the subnets of a VPC. */
export interface SubnetMasks {
  readonly private: number;
  readonly other: number;
}

/**
 * Three private subnets take three eighths of the block (every task needs an address); public and isolated ones a
 * thirty-second each. The smallest block that the schema allows, /22, leaves /27 for a balancer, its documented least:
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#subnets-load-balancer
 * @param cidr block between /16 and /22
 */
export function subnetMasks(cidr: string): SubnetMasks {
  const prefix = Number(cidr.split('/')[1]);
  if (!Number.isInteger(prefix) || prefix < 16 || prefix > 22) {
    throw new RangeError(`A VPC block must be between /16 and /22, but it is ${cidr}.`);
  }
  return { private: prefix + 3, other: prefix + 5 };
}
