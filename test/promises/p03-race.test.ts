import { testMatrix } from "./matrix.ts";

testMatrix("race, any, all and allSettled");
