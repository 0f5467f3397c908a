/**
 * Programs in other languages that send and read what SDKs in those languages send and read (clients/). They are run once a
 * voice, and print one line: `{"voice":…}`, in base64, or `{"errcode":…,"errmsg":…}`.
 */
import { spawn, spawnSync } from "node:child_process";
import { CallFailed, type Sdk } from "./client.ts";

interface Language {
  readonly name: string;
  readonly command: readonly string[];
  /** Succeeds where everything is there that the client needs. */
  readonly check: readonly string[];
  readonly debianPackages: string;
}

const CLIENTS = "test/e2e/sdks/clients";
const LANGUAGES: readonly Language[] = [
  {
    name: "Python, with requests, as wechatpy",
    command: ["python3", `${CLIENTS}/client.py`],
    check: ["python3", "-c", "import requests"],
    debianPackages: "python3-requests",
  },
  {
    name: "PHP, with curl, as EasyWeChat",
    command: ["php", `${CLIENTS}/client.php`],
    check: ["php", "-r", "curl_version();"],
    debianPackages: "php-cli php-curl",
  },
  {
    name: "Java, as WxJava",
    command: ["java", `${CLIENTS}/Client.java`],
    check: ["javac", "-version"],
    debianPackages: "default-jdk-headless",
  },
];

export const OTHER_SDKS: readonly Sdk[] = LANGUAGES.map(({ name, command, check, debianPackages }) => ({
  name,
  missing: succeeds(check) ? null : `apt-get install ${debianPackages}`,
  renewsByItself: true,
  connect:
    (origin, { appId, secret, keptToken = "" }) =>
    async (mediaId) => {
      const line = await run([...command, origin, appId, secret, mediaId, keptToken]);
      const { voice, errcode, errmsg } = JSON.parse(line) as {
        voice?: string;
        errcode: number;
        errmsg: string;
      };
      if (voice === undefined) throw new CallFailed(errcode, errmsg);
      return Buffer.from(voice, "base64");
    },
}));

function succeeds([program = "", ...args]: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

/** Not spawnSync: the WeChat stand-in lives in this process and must go on answering. */
function run([program = "", ...args]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    let trouble = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      trouble += text;
    });
    child.once("error", reject);
    child.once("close", (status) => {
      if (status === 0) resolve(out);
      else reject(new Error(`${program} ended with ${status}: ${trouble}`));
    });
  });
}
