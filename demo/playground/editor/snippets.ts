/** The usual call of each method of a context, by its name. Fields are numbered in the order they are filled in. */
export const contextSnippets: Readonly<Record<string, string>> = {
  step: 'step("${1:name}", async () => ${2:value})',
  wait: 'wait("${1:name}", { seconds: ${2:10} })',
  waitForCallback: 'waitForCallback("${1:name}", async (callbackId) => {\n\t${2}\n}, { timeout: { hours: ${3:1} } })',
  createCallback: 'createCallback("${1:name}", { timeout: { hours: ${2:1} } })',
  waitForCondition:
    'waitForCondition("${1:name}", async (state: ${2:number}) => ${3:state}, {\n' +
    "\tinitialState: ${4:0},\n" +
    "\twaitStrategy: (state) => ({ shouldContinue: true, delay: { seconds: 10 } }),\n" +
    "})",
  invoke: 'invoke("${1:name}", "${2:functionName}", ${3:input})',
  runInChildContext: 'runInChildContext("${1:name}", async (child) => {\n\t${2}\n})',
  map: 'map("${1:name}", ${2:items}, async (child, item, index) => {\n\t${3}\n}, { maxConcurrency: ${4:3} })',
  parallel: 'parallel("${1:name}", [\n\tasync (branch) => ${2:value},\n])',
};
