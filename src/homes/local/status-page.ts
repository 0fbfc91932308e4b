/** The page at an emulator's address. It has no data of its own: what it shows it asks for, with the token of its link. */

const SCRIPT = `
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
const ask = async (path) => {
  const response = await fetch(path, { headers: { Authorization: "Bearer " + token } });
  if (!response.ok) throw new Error(response.status + " " + ((await response.json()).message ?? ""));
  return response.json();
};
const row = (cells) => {
  const line = document.createElement("tr");
  for (const text of cells) line.appendChild(document.createElement("td")).textContent = text;
  return line;
};
const executionsOf = async ({ FunctionName }) => {
  const path = "/2025-12-01/functions/" + FunctionName + "/durable-executions?MaxItems=20";
  const { DurableExecutions } = await ask(path);
  return DurableExecutions.map((each) => [FunctionName, each.DurableExecutionName, each.Halted ? "HALTED" : each.Status,
    new Date(each.StartTimestamp * 1000).toLocaleString()]);
};
const show = async () => {
  const note = document.querySelector("#note");
  try {
    const { Functions } = await ask("/2015-03-31/functions/");
    const rows = (await Promise.all(Functions.map(executionsOf))).flat();
    document.querySelector("tbody").replaceChildren(...rows.map(row));
    note.textContent = Functions.length + " functions, " + rows.length + " executions";
  } catch (error) {
    note.textContent = token ? String(error) : "Open the link that perdure dev has printed: it holds the token.";
  }
  setTimeout(show, 2000);
};
show();
`;

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>perdure</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color-scheme: light dark }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884 }
</style>
<h1>perdure</h1>
<p id="note" role="status">...</p>
<table>
  <thead><tr><th>Function<th>Execution<th>Status<th>Started</tr></thead>
  <tbody></tbody>
</table>
<script>${SCRIPT}</script>
</html>
`;

export function statusPage(): Response {
  return new Response(PAGE, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy":
        "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'",
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    },
  });
}
