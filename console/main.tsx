import { render } from "preact";
import "./styles/index.css";
import { Console } from "./state/console.ts";
import { App } from "./ui/app.tsx";
import { keepKeyboard } from "./views/ui/kept-keyboard.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no element for the console.");
const console = new Console();
keepKeyboard(root);
await console.begin();
render(<App console={console} />, root);
