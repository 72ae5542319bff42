// Checks rendered objects against Kubernetes' own schemas, without a cluster: JSON in, a JSON array of problems out.
//   node validate.mjs objects < objects.json              types, required fields and unknown fields of Kubernetes objects
//   node validate.mjs yaml < texts.json                   an array of YAML texts: [[document, ...], ...]
//   node validate.mjs values SCHEMA < values.json         an array of values against values.schema.json: [[problem, ...], ...]
// Types come from kubernetes-models and its siblings for custom resources; unknown fields of built-in kinds from the newer
// client-node, unknown fields of custom resources from what their validator asks for.
import { readFileSync } from "node:fs";
import Ajv from "ajv";
import { loadAll } from "js-yaml";
import * as client from "@kubernetes/client-node/dist/gen/models/all.js";

const builtIn = {
  ConfigMap: ["v1", "V1ConfigMap"], Service: ["v1", "V1Service"], ServiceAccount: ["v1", "V1ServiceAccount"], Pod: ["v1", "V1Pod"],
  PersistentVolumeClaim: ["v1", "V1PersistentVolumeClaim"], Deployment: ["apps/v1", "V1Deployment"],
  Ingress: ["networking.k8s.io/v1", "V1Ingress"], NetworkPolicy: ["networking.k8s.io/v1", "V1NetworkPolicy"],
  PodDisruptionBudget: ["policy/v1", "V1PodDisruptionBudget"],
  HorizontalPodAutoscaler: ["autoscaling/v2", "V2HorizontalPodAutoscaler"], Job: ["batch/v1", "V1Job"],
};
const custom = {
  HTTPRoute: ["gateway.networking.k8s.io/v1", "@kubernetes-models/gateway-api"],
  ServiceMonitor: ["monitoring.coreos.com/v1", "@kubernetes-models/prometheus-operator"],
  PrometheusRule: ["monitoring.coreos.com/v1", "@kubernetes-models/prometheus-operator"],
  ScaledObject: ["keda.sh/v1alpha1", "@kubernetes-models/keda"],
  Middleware: ["traefik.io/v1alpha1", "@kubernetes-models/traefik"],
};

/** Walks a built-in object along the client's type map, e.g. "Array<V1Container>", "{ [key: string]: string; }". */
function unknownBuiltIn(value, type, path, problems) {
  if (value === null || value === undefined) return;
  const list = /^Array<(.*)>$/.exec(type);
  if (list) {
    if (!Array.isArray(value)) { problems.push(`${path}: not a list`); return; }
    value.forEach((item, i) => unknownBuiltIn(item, list[1], `${path}[${i}]`, problems));
    return;
  }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type);
  if (map) { for (const key in value) unknownBuiltIn(value[key], map[1], `${path}.${key}`, problems); return; }
  const model = client[type];
  if (!model?.getAttributeTypeMap) return;
  if (typeof value !== "object" || Array.isArray(value)) { problems.push(`${path}: not a ${type}`); return; }
  const fields = new Map(model.getAttributeTypeMap().map((each) => [each.baseName, each.type]));
  for (const key in value) {
    if (fields.has(key)) unknownBuiltIn(value[key], fields.get(key), `${path}.${key}`, problems);
    else problems.push(`${path}.${key}: unknown field`);
  }
}

/** A view of value that remembers which fields were asked for. */
function watched(value, path, seen) {
  if (value === null || typeof value !== "object") return value;
  const asked = { value, path, fields: new Set(), enumerated: false };
  seen.push(asked);
  const children = new Map();
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== "string" || !Object.hasOwn(target, key)) { asked.fields.add(key); return target[key]; }
      asked.fields.add(key);
      if (!children.has(key)) children.set(key, watched(target[key], `${path}.${key}`, seen));
      return children.get(key);
    },
    ownKeys(target) { asked.enumerated = true; return Reflect.ownKeys(target); },
  });
}

/** A validator asks for every field it knows; what it never asked for in an object it looked into, it does not know. */
function unknownCustom(validate, object, problems) {
  const seen = [];
  validate(watched(object, "", seen));
  for (const each of seen) {
    if (Array.isArray(each.value) || each.enumerated || each.fields.size === 0) continue;
    for (const key of Object.keys(each.value)) {
      if (!each.fields.has(key)) problems.push(`${each.path}.${key}: unknown field`);
    }
  }
}

async function problemsOf(object) {
  const problems = [];
  const kind = object.kind;
  const [apiVersion, source] = builtIn[kind] ?? custom[kind] ?? [];
  if (!apiVersion) return [`kind ${kind} is not known to validate.mjs`];
  if (object.apiVersion !== apiVersion) problems.push(`apiVersion ${object.apiVersion}, expected ${apiVersion}`);
  const group = apiVersion.includes("/") ? apiVersion : "v1";
  const library = builtIn[kind] ? "kubernetes-models" : source;
  const model = (await import(`${library}/${group}/${kind}`))[kind];
  try { new model(structuredClone(object)).validate(); } catch (error) { problems.push(error.message); }
  if (builtIn[kind]) {
    unknownBuiltIn(object, source, "", problems);
  } else {
    const validator = new model({});
    unknownCustom((data) => { Object.getPrototypeOf(validator).validate.call(data); }, object, problems);
  }
  return problems.map((problem) => `${kind} ${object.metadata?.name}: ${problem}`);
}

function valuesProblems(schema, all) {
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  return all.map((values) => (validate(values) ? [] : validate.errors.map((each) => `${each.instancePath} ${each.message}`)));
}

const input = JSON.parse(readFileSync(0, "utf8"));
const [mode, schema] = process.argv.slice(2);
if (mode === "objects") {
  console.log(JSON.stringify((await Promise.all(input.map(problemsOf))).flat()));
} else if (mode === "values") {
  console.log(JSON.stringify(valuesProblems(JSON.parse(readFileSync(schema, "utf8")), input)));
} else if (mode === "yaml") {
  console.log(JSON.stringify(input.map((text) => loadAll(text).filter((document) => document !== null && document !== undefined))));
} else {
  console.error("usage: validate.mjs objects|yaml|values [SCHEMA]");
  process.exit(2);
}
