import type { SimNode } from './node.ts';

export function isNode(node: SimNode | null): node is SimNode {
  return node !== null;
}
