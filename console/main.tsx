import { render } from "preact";
import "./styles/index.css";
import { Console } from "./state/console.ts";
import { App } from "./ui/app.tsx";

const root = document.getElementById("app");
if (root === null) throw new Error("The page has no element for the console.");
const console = new Console();
await console.begin();
render(<App console={console} />, root);
