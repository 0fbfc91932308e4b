const given = process.env["CHAOS_SEED"];
const first = given === undefined ? Math.floor(Math.random() * 1e9) : Number(given);

/** Of a soak: as many as CHAOS_RUNS says, 10 by default, from CHAOS_SEED on, which is random by default. */
export const chaosSeeds: readonly number[] = Array.from(
  { length: Number(process.env["CHAOS_RUNS"] ?? 10) },
  (_, at) => first + at,
);
