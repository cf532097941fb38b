// Counterpart's API from Node 18 or later: read and change a contract, keep to a limit, send transactions, walk a list.
//
// It needs the application's address in COUNTERPART_URL, and in COUNTERPART_TOKEN a token with contracts:read,
// contracts:write, logs:read, logs:write and limits.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const API = new URL("/api/v1", process.env.COUNTERPART_URL);
const HEADERS = { Authorization: `Bearer ${process.env.COUNTERPART_TOKEN}`, "Content-Type": "application/json" };
const TRIES = 5;
// A proxy that reaches nobody does not say when to come back.
const NOBODY_THERE = [502, 504];

async function ask(method, path, { body, headers, seconds = 15 } = {}) {
  const signal = AbortSignal.timeout(1000 * seconds);
  const request = { method, headers: { ...HEADERS, ...headers }, body: JSON.stringify(body), signal };
  const response = await fetch(`${API}${path}`, request);
  return { status: response.status, ok: response.ok, headers: response.headers, text: await response.text() };
}

/** Ask until there is an answer, a few times at most. Only for what may be sent twice. */
async function send(method, path, request) {
  for (let attempt = 1; ; attempt++) {
    let told = null;
    try {
      const answer = await ask(method, path, request);
      told = answer.headers.get("Retry-After");
      if ((told === null && !NOBODY_THERE.includes(answer.status)) || attempt === TRIES) return answer;
    } catch (error) {
      if (attempt === TRIES) throw error;
    }
    await pause(attempt, Number(told) || 0);
  }
}

/** Wait, each caller another while, so that not all come back at once. */
async function pause(attempt, seconds = 0) {
  await sleep(1000 * (seconds + Math.random() * 2 ** (attempt - 1)));
}

/** What an answer holds. Throws the problem that it tells. */
function content({ ok, status, text }) {
  if (!ok) throw new Error(`${status} ${text}`);
  return JSON.parse(text);
}

/** The contract and its ETag; null where there is no such contract. */
export async function readContract(id) {
  const answer = await send("GET", `/contracts/${encodeURIComponent(id)}`);
  return answer.status === 404 ? null : { contract: content(answer), etag: answer.headers.get("ETag") };
}

/** The contract after the patch that `decide` makes of it, anew whenever somebody else was faster. */
export async function changeContract(id, decide) {
  for (let attempt = 1; ; attempt++) {
    const found = await readContract(id);
    if (found === null) return null;
    const headers = { "If-Match": found.etag, "Idempotency-Key": randomUUID() };
    const request = { body: decide(found.contract), headers };
    const answer = await send("PATCH", `/contracts/${encodeURIComponent(id)}`, request);
    if (answer.status !== 412 || attempt === TRIES) return content(answer);
    await pause(attempt);
  }
}

/** Whether one more may go on, and in how many seconds if not. Asked once: each time counts. */
export async function checkLimit(key, maxRequests, windowSeconds) {
  const body = { key, max_requests: maxRequests, window_seconds: windowSeconds };
  return content(await ask("POST", "/rate-limits/check", { body, seconds: 3 }));
}

/** Store up to 1,000 entries, all or none. Keep the key with them: under it they are stored once. */
export async function sendTransactions(entries, key) {
  return content(await send("POST", "/logs/transactions", { body: entries, headers: { "Idempotency-Key": key } }));
}

/** All items of a list, page by page. */
export async function* every(path, filters) {
  let after = {};
  do {
    const page = content(await send("GET", `${path}?${new URLSearchParams({ ...filters, ...after })}`));
    yield* page.items;
    after = page.next && { after: page.next };
  } while (after);
}
