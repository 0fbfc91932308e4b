/** The page: the bar above, what the address says in the middle, and what was done below. */

import type { JSX } from "preact";
import { NoticeBar } from "../views/ui/notice-bar.tsx";
import { ThemeButton } from "../views/ui/theme-button.tsx";
import { NO_FILTER } from "../model/filter.ts";
import { formatRoute } from "../model/route.ts";
import type { Console } from "../state/console.ts";
import { ConnectPage } from "./connect-page.tsx";
import { ExecutionPage } from "./execution-page.tsx";
import { ListPage } from "./list-page.tsx";

export interface PageProps {
  readonly console: Console;
}

export function App({ console }: PageProps): JSX.Element {
  const face = console.session.face.value;
  return (
    <>
      <header class="bar">
        <h1>
          <a href={formatRoute({ page: "list", filter: NO_FILTER })}>
            perdure <span>console</span>
          </a>
        </h1>
        <span class="grow" />
        {face !== undefined && (
          <>
            <span class="address" title="Whose executions these are">
              {hostOf(face.address.url)}
            </span>
            <button type="button" class="quiet" onClick={() => console.session.leave()}>
              Leave
            </button>
          </>
        )}
        <ThemeButton />
      </header>
      <main>
        <Page console={console} />
      </main>
      <NoticeBar notice={console.notices.current.value} onDismiss={() => console.notices.dismiss()} />
    </>
  );
}

function Page({ console }: PageProps): JSX.Element {
  if (console.session.face.value === undefined) return <ConnectPage console={console} />;
  return console.router.route.value.page === "list" ? (
    <ListPage console={console} />
  ) : (
    <ExecutionPage console={console} />
  );
}

function hostOf(url: string): string {
  return url === "" ? location.host : url.replace(/^https?:\/\//, "");
}
