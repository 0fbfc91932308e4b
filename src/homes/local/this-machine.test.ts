import type { NetworkInterfaceInfo } from "node:os";
import { expect, test } from "vitest";
import { isOfThisMachine } from "./this-machine.ts";

function ipv4(address: string, bits: number): NetworkInterfaceInfo {
  return { address, family: "IPv4", cidr: `${address}/${bits}`, netmask: "", mac: "", internal: false };
}

const interfaces = {
  lo: [ipv4("127.0.0.1", 8)],
  eth0: [ipv4("192.168.1.5", 24)],
  docker0: [ipv4("172.17.0.1", 16)],
  "br-0123456789ab": [ipv4("172.18.0.1", 16)],
  gone: undefined,
};

test.for([
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  // This machine, by the address that others know it by.
  ["192.168.1.5", true],
  ["::ffff:192.168.1.5", true],
  // Containers.
  ["172.17.0.2", true],
  ["::ffff:172.18.3.4", true],
  // Others of the same network, and of others.
  ["192.168.1.6", false],
  ["172.19.0.2", false],
  ["::ffff:203.0.113.9", false],
  ["2001:db8::1", false],
  ["no address", false],
  [undefined, false],
] as const)("%s is of this machine: %s", ([address, expected]) => {
  expect(isOfThisMachine(address, interfaces)).toBe(expected);
});
