/** The Worker that `npm start` runs: the example workflows as durable functions. */

import { createWorker } from "perdure/cloudflare";
import { approveExpense } from "./workflows/approve-expense.ts";
import { encodeVideo } from "./workflows/encode-video.ts";
import { importRows } from "./workflows/import-rows.ts";
import { orderSaga } from "./workflows/order-saga.ts";
import { pollUntilReady } from "./workflows/poll-until-ready.ts";
import { quotePrice } from "./workflows/quote-price.ts";
import { handler as transcodeVideo } from "./workflows/transcode-video.ts";
import { yearlySubscription } from "./workflows/yearly-subscription.ts";

const app = createWorker({
  functions: {
    "approve-expense": approveExpense,
    "encode-video": encodeVideo,
    "import-rows": importRows,
    "order-saga": orderSaga,
    "poll-until-ready": pollUntilReady,
    "quote-price": quotePrice,
    "transcode-video": transcodeVideo,
    "yearly-subscription": yearlySubscription,
  },
});

export default { fetch: app.fetch };
export const Execution = app.Execution;
export const Directory = app.Directory;
