// Walks workflows of n8n as n8n would, as far as our templates go: one item, each kind of node that
// they have, expressions as n8n writes them. `nox -s n8n` is where the real n8n does it.
//
//     node walk.mjs < walks.json > what-happened.json

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

/** The value of a parameter: a text with expressions where it begins with `=`, else as it is. */
function valueOf(parameter, scope) {
  if (typeof parameter !== "string" || !parameter.startsWith("=")) return parameter;
  const text = parameter.slice(1);
  const parts = [...text.matchAll(/\{\{([\s\S]*?)\}\}(?!\})/g)];
  const evaluated = (code) => runInNewContext(`(${code})`, scope);
  if (parts.length === 1 && parts[0][0] === text) return evaluated(parts[0][1]);
  return text.replace(/\{\{([\s\S]*?)\}\}(?!\})/g, (_, code) => String(evaluated(code)));
}

function holds({ conditions, combinator }, scope) {
  const answers = conditions.map(({ leftValue }) => {
    const found = valueOf(leftValue, scope);
    if (typeof found !== "boolean") throw new TypeError(`no truth value: ${leftValue}`);
    return found;
  });
  return combinator === "and" ? answers.every(Boolean) : answers.some(Boolean);
}

/** What each kind of node does: the item for each way out. */
const KINDS = {
  webhook: ({ item }) => [item],
  formTrigger: ({ item }) => [item],
  scheduleTrigger: ({ item }) => [item],
  manualTrigger: ({ item }) => [item],
  noOp: ({ item }) => [item],
  crypto({ item, parameters: p, value }) {
    const bytes = Buffer.from(item.binary[p.binaryPropertyName].data, "base64");
    const hmac = createHmac(p.type, value(p.secret) ?? "").update(bytes);
    return [{ json: { ...item.json, [p.dataPropertyName]: hmac.digest(p.encoding) } }];
  },
  if: ({ item, parameters: p, scope }) => (holds(p.conditions, scope) ? [item] : [null, item]),
  switch({ item, parameters: p, scope }) {
    const { values } = p.rules;
    const first = values.findIndex(({ conditions }) => holds(conditions, scope));
    const way = first < 0 ? values.length : first;
    return Array.from({ length: way + 1 }, (_, index) => (index === way ? item : null));
  },
  httpRequest({ parameters: p, value, happened, answers }) {
    const pairs = (p.headerParameters?.parameters ?? []).map((h) => [h.name, value(h.value)]);
    const body = p.sendBody ? JSON.parse(value(p.jsonBody)) : null;
    const request = { method: p.method ?? "GET", url: value(p.url), body };
    happened.requests.push({ ...request, headers: Object.fromEntries(pairs) });
    const answer = answers.shift();
    if (!answer) return [];
    return [{ json: p.options.response?.response.fullResponse ? answer : answer.body }];
  },
  respondToWebhook({ item, parameters: p, value, happened }) {
    happened.answered.push(value(p.options.responseCode));
    return [item];
  },
  removeDuplicates({ item, parameters: p, value, seen }) {
    const key = value(p.dedupeValue);
    if (seen.has(key)) return [];
    seen.add(key);
    return [item];
  },
  set({ parameters: p, value }) {
    const pairs = p.assignments.assignments.map((one) => [one.name, value(one.value)]);
    return [{ json: Object.fromEntries(pairs) }];
  },
  emailSend({ item, parameters: p, value, happened }) {
    const words = ["fromEmail", "toEmail", "subject", "text"].map((name) => [name, value(p[name])]);
    happened.mail = Object.fromEntries(words);
    return [item];
  },
  form: ({ item }) => [item],
};

function walk(workflow, { start, item, env, answers = [] }, execution, seen) {
  const nodes = new Map(workflow.nodes.map((node) => [node.name, node]));
  const known = new Map();
  const happened = { visited: [], answered: [], requests: [] };
  const waiting = [[start, item]];
  while (waiting.length) {
    const [name, given] = waiting.shift();
    const { type, parameters } = nodes.get(name);
    const scope = {
      $json: given.json,
      $env: env,
      $execution: { id: String(execution) },
      $: (other) => ({ item: known.get(other) }),
    };
    const value = (parameter) => valueOf(parameter, scope);
    const kind = KINDS[type.replace("n8n-nodes-base.", "")];
    const out = kind({ item: given, parameters, scope, value, happened, answers, seen });
    happened.visited.push(name);
    known.set(name, out.find(Boolean) ?? given);
    (workflow.connections[name]?.main ?? []).forEach((targets, way) => {
      if (out[way]) for (const { node } of targets) waiting.push([node, out[way]]);
    });
  }
  return happened;
}

const { workflow, walks } = JSON.parse(readFileSync(0, "utf8"));
const seen = new Set();
console.log(JSON.stringify(walks.map((one, index) => walk(workflow, one, index, seen))));
