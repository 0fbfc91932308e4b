/** The operator's console for a host in Node: its page, and the links that open it. */

export { OneTimeLinks } from "./one-time-links.ts";
export { type ConsoleOptions, createConsole } from "./serve-console.ts";
