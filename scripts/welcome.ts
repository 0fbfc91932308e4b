import type { StandIns } from "../demo/stand-ins/stand-ins.ts";
import type { LocalCredential } from "./local-settings.ts";

export interface Welcome {
  readonly url: string;
  readonly standIns: StandIns;
  readonly credential: LocalCredential;
  /** The folder of the executions, quoted for the shell. */
  readonly folder: string;
}

/** The first lines for a person who sees perdure for the first time: every command can be pasted as it is. */
export function welcome({ url, standIns, credential, folder }: Welcome): string {
  const event = JSON.stringify({ bucket: "media", key: "talk.mov", pace: { job: { seconds: 5 } } });
  return `
perdure is ready at ${url}

  Its state is in ${folder}/state. S3 and MediaConvert are played by ${standIns.objectStoreUrl} and ${standIns.mediaConvertUrl}.
  The credential, made for this machine and kept in ${folder}/credential.json:

    bearer token        ${credential.bearer}
    access key id       ${credential.sigv4.accessKeyId}
    secret access key   ${credential.sigv4.secretAccessKey}

Open ${url} in a browser: the playground. "Look at a Worker", with the bearer token, shows what happens here.

The console, with what runs here: ${url}/console/#token=${credential.bearer}

Try, in another terminal:

  npm run try                     starts the workflow encode-video, shows what it does, asks for your approval

  Meanwhile kill this process, as rudely as you like (kill -9 ${process.pid}), and "npm start" again:
  the workflow goes on where it was. Nothing that was done is done twice.

The same with curl:

  curl -i '${url}/2015-03-31/functions/encode-video/invocations?Qualifier=$LATEST' \\
    -H "Authorization: Bearer $(cat ${folder}/token)" -H 'X-Amz-Invocation-Type: Event' \\
    -H 'X-Amz-Durable-Execution-Name: film-1' -d '${event}'

  curl '${url}/2025-12-01/functions/encode-video/durable-executions' \\
    -H "Authorization: Bearer $(cat ${folder}/token)"

Or with the AWS CLI, which needs nothing but the address and the keys:

  export AWS_ENDPOINT_URL_LAMBDA=${url} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=${credential.sigv4.accessKeyId} AWS_SECRET_ACCESS_KEY=${credential.sigv4.secretAccessKey}
  echo '${event}' | aws lambda invoke --function-name 'encode-video:$LATEST' \\
    --invocation-type Event --durable-execution-name film-2 --payload fileb:///dev/stdin /dev/null
  aws lambda list-durable-executions-by-function --function-name encode-video

Stop with Ctrl-C.
`;
}
