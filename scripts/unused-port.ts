import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A port of loopback that the system gives to nobody else for a while, so that several may ask at the same time. */
export async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
