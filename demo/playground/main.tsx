import { render } from "preact";
import "./styles/index.css";
import { keepKeyboard } from "../../console/views/ui/kept-keyboard.ts";
import { App } from "./app/app.tsx";
import { Playground } from "./state/playground.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no element for the playground.");
keepKeyboard(root);
const playground = new Playground();
render(<App playground={playground} />, root);
await playground.begin();
