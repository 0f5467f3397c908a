/**
 * WeChat's cloud call `officialAccount.media.getFromJSSDK`, answered by an hdvoice gateway. Copy this file into a cloud function
 * or any other Node program: it needs Node 12 and nothing else. What changes in a program is one line:
 *
 *   const cloud = require("./hdvoice-cloud.cjs"); // was: require("wx-server-sdk")
 *   cloud.init({ origin: "https://hdvoice.example.workers.dev", secret: "hdv_…", appid: "wx…" });
 *
 *   const { contentType, buffer } = await cloud.openapi.officialAccount.media.getFromJSSDK({ mediaId });
 *
 * `secret` is an API key of the gateway with the scope `compat`. What isn't given to `init` comes from the environment:
 * HDVOICE_ORIGIN, HDVOICE_KEY, HDVOICE_APP_ID. `cloud.openapi({ appid })` means another account, as in wx-server-sdk.
 * `getFromJSSDK({ mediaId, format: "wav" })` decodes: wav, ogg, pcm, speex.
 *
 * It resolves to `{ contentType, buffer, errMsg, errCode: 0 }`, and rejects with a CloudSDKError: `errCode` is WeChat's, `errMsg` is
 * `openapi.officialAccount.media.getFromJSSDK:fail …` with WeChat's words; −1 where the gateway can't be reached. Neither
 * holds the secret or a token. A token that the gateway refuses is replaced, and the call repeated once.
 */
"use strict";

// Without "node:", which Node 12 doesn't know.
// biome-ignore-start lint/style/useNodejsImportProtocol: as above
const http = require("http");
const https = require("https");
const { URLSearchParams } = require("url");
// biome-ignore-end lint/style/useNodejsImportProtocol: as above

const API = "openapi.officialAccount.media.getFromJSSDK";
const REFUSED_TOKEN = [40001, 40014, 42001];
/** A whole call: one token, one voice, and one repetition of both. */
const TIMEOUT_MS = 30000;
/** A token is not used in its last minute. */
const MARGIN_MS = 60000;

/** As wx-server-sdk has it. */
class CloudSDKError extends Error {
  constructor({ errCode, errMsg }) {
    super(`errCode: ${errCode} | errMsg: ${errMsg}`);
    this.name = "CloudSDKError";
    this.errCode = errCode;
    this.errMsg = errMsg;
  }
}

let settings = {};
/** By account, for all calls of a program: `{ value, endsAtMs }`, and the request for the next one where one is under way. */
const tokens = new Map();
const tokenRequests = new Map();

function init(options = {}) {
  const { HDVOICE_ORIGIN, HDVOICE_KEY, HDVOICE_APP_ID } = process.env;
  settings = {
    origin: String(options.origin || HDVOICE_ORIGIN || "").replace(/\/$/, ""),
    secret: options.secret || HDVOICE_KEY || "",
    appid: options.appid || HDVOICE_APP_ID || "",
  };
  tokens.clear();
  tokenRequests.clear();
}

/** `openapi({ appid })` and `openapi` itself, as in wx-server-sdk. */
function openapi(options) {
  const { appid } = options || {};
  return { officialAccount: { media: { getFromJSSDK: (parameters) => getFromJSSDK(parameters, appid) } } };
}
openapi.officialAccount = openapi().officialAccount;

async function getFromJSSDK({ mediaId, format } = {}, appid = settings.appid) {
  if (!settings.origin || !settings.secret || !appid) {
    throw failure(-1, "init() needs origin, secret and appid");
  }
  const deadlineMs = Date.now() + TIMEOUT_MS;
  const fetchVoice = async (token) => {
    const query = new URLSearchParams({ access_token: token, media_id: mediaId ? String(mediaId) : "" });
    if (format) query.set("format", format);
    return send("GET", `/cgi-bin/media/get/jssdk?${query}`, null, deadlineMs);
  };
  const token = await tokenFor(appid, null, deadlineMs);
  let answer = await fetchVoice(token);
  let error = errorIn(answer);
  if (error && REFUSED_TOKEN.includes(error.errcode)) {
    answer = await fetchVoice(await tokenFor(appid, token, deadlineMs));
    error = errorIn(answer);
  }
  if (error) throw failure(error.errcode, error.errmsg);
  return { contentType: answer.contentType, buffer: answer.body, errMsg: `${API}:ok`, errCode: 0 };
}

/** Another one than `refused`. Calls that need one at the same time share one request. */
async function tokenFor(appid, refused, deadlineMs) {
  const kept = tokens.get(appid);
  if (kept && kept.value !== refused && kept.endsAtMs > Date.now()) return kept.value;
  let request = tokenRequests.get(appid);
  if (!request) {
    request = requestToken(appid, deadlineMs).finally(() => tokenRequests.delete(appid));
    tokenRequests.set(appid, request);
  }
  return request;
}

async function requestToken(appid, deadlineMs) {
  const { secret } = settings;
  const body = JSON.stringify({ grant_type: "client_credential", appid, secret });
  const answer = await send("POST", "/cgi-bin/stable_token", body, deadlineMs);
  const error = errorIn(answer);
  if (error) throw failure(error.errcode, error.errmsg);
  const { access_token: value, expires_in } = parse(answer.body) || {};
  if (typeof value !== "string") throw failure(-1, "the gateway's answer holds no token");
  tokens.set(appid, { value, endsAtMs: Date.now() + expires_in * 1000 - MARGIN_MS });
  return value;
}

/** WeChat's error; null: it is a result. A status says that no gateway has answered, or that it can't. */
function errorIn({ status, contentType, body }) {
  const isJson = /^(application\/json|text\/plain)/.test(contentType);
  const { errcode, errmsg } = (isJson && parse(body)) || {};
  if (errcode) return { errcode, errmsg };
  if (status !== 200) return { errcode: -1, errmsg: `the gateway answered ${status}` };
  return null;
}

function parse(body) {
  try {
    return JSON.parse(body.toString());
  } catch (_) {
    return null;
  }
}

function send(method, path, body, deadlineMs) {
  const { origin } = settings;
  return new Promise((resolve, reject) => {
    // Of what goes wrong only the code is told: a message could quote the URL, and with it the token.
    const fail = (what) => reject(failure(-1, `the gateway can't be reached: ${what}`));
    const headers =
      body === null ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const client = origin.startsWith("http:") ? http : https;
    const request = client.request(`${origin}${path}`, { method, headers }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("aborted", () => fail("it broke off"));
      response.on("error", () => fail("it broke off"));
      response.on("end", () => {
        clearTimeout(timer);
        const contentType = (response.headers["content-type"] || "").trim();
        resolve({ status: response.statusCode, contentType, body: Buffer.concat(chunks) });
      });
    });
    const timer = setTimeout(
      () => {
        fail("it took too long");
        request.destroy();
      },
      Math.max(0, deadlineMs - Date.now()),
    );
    request.on("error", (error) => {
      clearTimeout(timer);
      fail(error.code || "no connection");
    });
    request.end(body === null ? undefined : body);
  });
}

function failure(errCode, errMsg) {
  return new CloudSDKError({ errCode, errMsg: `${API}:fail ${errMsg}` });
}

init();

module.exports = { init, openapi, CloudSDKError };
