import { testMatrix } from "./matrix.ts";

testMatrix("for await");
