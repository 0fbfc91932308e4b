/** The Lambda functions of the example workflows, over a table and a queue: what `npm run start:aws` runs on one machine. */

import { createLambdaHost, type LambdaHost, type LambdaHostOptions } from "perdure/aws";
import { approveExpense } from "./workflows/approve-expense.ts";
import { encodeVideo } from "./workflows/encode-video.ts";
import { importRows } from "./workflows/import-rows.ts";
import { orderSaga } from "./workflows/order-saga.ts";
import { pollUntilReady } from "./workflows/poll-until-ready.ts";
import { quotePrice } from "./workflows/quote-price.ts";
import { yearlySubscription } from "./workflows/yearly-subscription.ts";

/** Where they are deployed decides on everything but what they are. */
export function lambdaHost(place: Omit<LambdaHostOptions, "functions">): LambdaHost {
  return createLambdaHost({
    ...place,
    functions: {
      "approve-expense": approveExpense,
      "encode-video": encodeVideo,
      "import-rows": importRows,
      "order-saga": orderSaga,
      "poll-until-ready": pollUntilReady,
      "quote-price": quotePrice,
      "yearly-subscription": yearlySubscription,
    },
  });
}
