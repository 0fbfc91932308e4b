import { describe, expect, test } from "vitest";
import { LanguageClient } from "./language-client.ts";
import type { Answer, Question } from "./protocol.ts";

/** A worker that answers when it is told to. */
class SlowWorker {
  readonly questions: Question[] = [];
  onmessage: ((event: MessageEvent<Answer>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;

  postMessage(question: Question): void {
    this.questions.push(question);
  }

  answer(text: string): void {
    const question = this.questions.find(({ asked }) => asked[0] === text);
    if (question === undefined) throw new Error(`Nobody asked about ${text}.`);
    this.onmessage?.({ data: { call: question.call, value: text } } as MessageEvent<Answer>);
  }

  fail(text: string, failure: string): void {
    const call = this.questions.find(({ asked }) => asked[0] === text)?.call ?? 0;
    this.onmessage?.({ data: { call, failure } } as MessageEvent<Answer>);
  }
}

const failures: string[] = [];

function clientOf(worker: SlowWorker): LanguageClient {
  return new LanguageClient({
    createWorker: () => worker as unknown as Worker,
    onFailure: (e) => failures.push(e.message),
  });
}

const texts = ({ questions }: SlowWorker): readonly unknown[] => questions.map(({ asked }) => asked[0]);

describe("questions", () => {
  test("of one kind go one at a time, the newest next; what waited before it is given up", async () => {
    const worker = new SlowWorker();
    const client = clientOf(worker);
    const [first, second, third] = [client.ask("check", "1"), client.ask("check", "2"), client.ask("check", "3")];
    expect(texts(worker)).toEqual(["1"]);
    expect(await second).toBeUndefined();
    worker.answer("1");
    expect(texts(worker)).toEqual(["1", "3"]);
    worker.answer("3");
    expect(await Promise.all([first, third])).toEqual(["1", "3"]);
  });

  test("of other kinds do not wait", () => {
    const worker = new SlowWorker();
    const client = clientOf(worker);
    void client.ask("check", "1");
    void client.ask("hover", "2", 0);
    expect(texts(worker)).toEqual(["1", "2"]);
  });

  test("that fail are told of and have no answer, and the next is asked", async () => {
    const worker = new SlowWorker();
    const client = clientOf(worker);
    const first = client.ask("check", "1");
    const second = client.ask("check", "2");
    worker.fail("1", "it broke");
    expect(await first).toBeUndefined();
    expect(failures).toEqual(["it broke"]);
    worker.answer("2");
    expect(await second).toBe("2");
  });
});

describe("the worker", () => {
  test("is started by the first question, and is ready when it has answered one", async () => {
    const workers: SlowWorker[] = [];
    const createWorker = (): Worker => {
      workers.push(new SlowWorker());
      return workers.at(-1) as unknown as Worker;
    };
    const client = new LanguageClient({ createWorker, onFailure: (error) => failures.push(error.message) });
    expect(workers).toEqual([]);
    const ready = client.ready();
    const other = client.ask("hover", "2", 0);
    expect(workers).toHaveLength(1);
    expect(client.isReady).toBe(false);
    workers[0]?.answer("");
    await ready;
    expect(client.isReady).toBe(true);
    workers[0]?.answer("2");
    await other;
  });

  test("that cannot be had leaves every question without an answer", async () => {
    const worker = new SlowWorker();
    const client = clientOf(worker);
    const asked = [client.ask("check", "1"), client.ask("check", "2"), client.ask("hover", "3", 0)];
    worker.onerror?.(new Event("error", { cancelable: true }) as ErrorEvent);
    expect(await Promise.all(asked)).toEqual([undefined, undefined, undefined]);
    expect(await client.ask("check", "4")).toBeUndefined();
    expect(client.isReady).toBe(false);
  });
});
