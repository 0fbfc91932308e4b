// Runs one Worker script until it is killed: script, folder for its state, credentials.

import { convertV4MiniflareOptions, Miniflare } from "miniflare";

const [, , scriptPath, folder, credentials] = process.argv;

const options = convertV4MiniflareOptions({
  name: "perdure-local",
  modules: [{ type: "ESModule", path: scriptPath }],
  modulesRoot: folder,
  compatibilityDate: "2026-10-01",
  compatibilityFlags: ["nodejs_compat"],
  host: "127.0.0.1",
  port: 0,
  bindings: { PERDURE_CREDENTIALS: credentials },
  durableObjects: {
    EXECUTIONS: { className: "Execution", useSQLite: true },
    DIRECTORY: { className: "Directory", useSQLite: true },
  },
});
// The conversion drops where objects are kept.
options.resourcePersistencePath = `${folder}/state`;

const miniflare = new Miniflare(options);
console.log(String(await miniflare.ready));
