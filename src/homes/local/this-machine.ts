/**
 * A check whether a call comes from this machine, or from a container on it. The connection tells; the host name in a
 * request does not, since the sender chooses it.
 */

import { BlockList } from "node:net";
import { networkInterfaces } from "node:os";

type Interfaces = ReturnType<typeof networkInterfaces>;

/**
 * The names of the bridges by which containers reach their machine: Docker's own, those of its networks, Podman's and
 * others.
 */
const BRIDGE = /^(docker\d|br-|podman|cni|nerdctl|lxcbr)/;

/** `address` is that of a connection's other end. */
export function isOfThisMachine(address: string | undefined, interfaces: Interfaces = networkInterfaces()): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:/, "");
  return near(interfaces).check(plain, plain.includes(":") ? "ipv6" : "ipv4");
}

/** Addresses of this machine, and those behind its bridges. */
function near(interfaces: Interfaces): BlockList {
  const list = new BlockList();
  list.addSubnet("127.0.0.0", 8, "ipv4");
  list.addAddress("::1", "ipv6");
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    for (const { address, family, cidr } of addresses) {
      const type = family === "IPv6" ? "ipv6" : "ipv4";
      list.addAddress(address, type);
      if (BRIDGE.test(name) && cidr !== null) list.addSubnet(address, Number(cidr.split("/")[1]), type);
    }
  }
  return list;
}
