import { testMatrix } from "./matrix.ts";

testMatrix("interleaved branches");
