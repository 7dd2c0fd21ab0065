// Receives webhooks of HaiTech CRM, with Node alone (18 or newer): copy it and build on it.
//
//     HAITECH_WEBHOOK_SECRET=… node receiver.mjs 8080
//
// It believes a request only with a signature by your secret and a time of signing that is near,
// does each event once, and answers 204. It listens on this machine; put your TLS proxy in front.

import { createHmac, timingSafeEqual } from "node:crypto";
import { realpathSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const TOLERANCE = 300; // seconds by which the time of signing may be away from now
const LONGEST = 1024 * 1024;

export class Refused extends Error {}

/** The key of a secret in either writing: its text, or `whsec_` and base64. */
export function keyOf(secret) {
  return secret.startsWith("whsec_")
    ? Buffer.from(secret.slice("whsec_".length), "base64")
    : Buffer.from(secret, "ascii");
}

/**
 * The event of a request. The names of the headers are in lower case, as Node has them.
 *
 * Either family of signatures will do. That of the Standard Webhooks spec comes first, because it
 * vouches for the time as well; the other vouches for the body, and so for the event's id.
 */
export function verified(headers, body, key, now) {
  const hmac = createHmac("sha256", key);
  let moment, expected, given;
  if (headers["webhook-signature"] !== undefined) {
    moment = headers["webhook-timestamp"] ?? "";
    hmac.update(`${headers["webhook-id"] ?? ""}.${moment}.`).update(body);
    expected = `v1,${hmac.digest("base64")}`;
    given = headers["webhook-signature"].split(" ");
  } else {
    moment = headers["x-webhook-timestamp"] ?? "";
    expected = `sha256=${hmac.update(body).digest("hex")}`;
    given = [headers["x-webhook-signature"] ?? "", headers["x-webhook-signature-next"] ?? ""];
  }
  // for a day after a rotation there are two signatures; yours is one of them
  if (!given.map((one) => same(one, expected)).includes(true)) {
    throw new Refused("no signature by our secret");
  }
  if (!/^[0-9]+$/.test(moment) || Math.abs(now - Number(moment)) > TOLERANCE) {
    throw new Refused("signed at another time");
  }
  return JSON.parse(body.toString("utf8"));
}

function same(one, other) {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Your work goes here. If it throws, the event comes again: in a minute, in five, in thirty … */
async function handle(event) {
  console.log(event.id, event.type, JSON.stringify(event.data));
}

// What was done, or is being done. In earnest: a unique column, in the transaction of your work.
const done = new Map();

async function once(event) {
  if (!done.has(event.id)) {
    done.set(event.id, handle(event));
    if (done.size > 10_000) done.delete(done.keys().next().value);
  }
  try {
    await done.get(event.id);
  } catch (error) {
    done.delete(event.id);
    throw error;
  }
}

export function receiver(key) {
  return createServer(async (request, response) => {
    const answer = (status, text) => response.writeHead(status).end(text);
    if (request.method !== "POST") return answer(405);
    try {
      const parts = [];
      let length = 0;
      for await (const part of request) {
        length += part.length;
        if (length > LONGEST) return answer(413, "not more than a mebibyte");
        parts.push(part);
      }
      const body = Buffer.concat(parts); // the very bytes that were signed
      await once(verified(request.headers, body, key, Date.now() / 1000));
      answer(204);
    } catch (error) {
      if (error instanceof Refused) answer(401, error.message);
      else answer(500, error.name);
    }
  });
}

/** Whether this file was started, by whatever path, and not imported. */
function started() {
  const program = process.argv[1];
  if (program === undefined) return false;
  try {
    return realpathSync(program) === realpathSync(fileURLToPath(import.meta.url));
  } catch {
    return false; // what was started is no file
  }
}

if (started()) {
  const server = receiver(keyOf(process.env.HAITECH_WEBHOOK_SECRET));
  server.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`);
  });
}
