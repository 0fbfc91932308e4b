/**
 * In place of the native part of aws-lambda-ric, which is compiled when that is installed: the same three calls over
 * HTTP. An environment loads it with `--import`. There `done` and `error` return once the answer has arrived; here
 * `next` waits for that, so that no invocation begins before the one before it has been answered.
 */

import http from "node:http";
import Module from "node:module";

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new http.Agent({ keepAlive: true });
const load = Module._load;
let answered = Promise.resolve();

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { hostname, port, agent, method, headers, path: `/2018-06-01/runtime/invocation/${path}` };
    const request = http.request(options, (response) => {
      let bodyJson = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => (bodyJson += chunk));
      response.on("end", () => resolve({ bodyJson, headers: response.headers }));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

const json = { "Content-Type": "application/json" };

const rapidClient = {
  async next() {
    await answered;
    return call("GET", "next");
  },
  done(id, body) {
    answered = call("POST", `${id}/response`, body, json);
  },
  error(id, body) {
    answered = call("POST", `${id}/error`, body, json);
  },
};

Module._load = (request, ...rest) => (request === "./rapid-client.node" ? rapidClient : load(request, ...rest));
