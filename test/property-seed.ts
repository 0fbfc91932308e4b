/**
 * The CI runs every property with the same seed, so that a change is judged by what it changes. Elsewhere the seed is
 * drawn anew each time, which is what finds bugs; a failure prints it, and PROPERTY_SEED repeats it.
 */

import fc from "fast-check";

const given = process.env["PROPERTY_SEED"] ?? (process.env["CI"] === "true" ? "20261123" : undefined);
if (given !== undefined) fc.configureGlobal({ seed: Number(given) });
