import { render } from "preact";
import "./style.css";
import { App } from "./ui/app.tsx";
import { Playground } from "./ui/playground.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no element for the playground.");
const playground = new Playground();
render(<App playground={playground} />, root);
await playground.begin();
