/** URLs of WeChat's calls as SDKs put them together: `https://host//cgi-bin/token?`, `…/jssdk?access_token=…?media_id=…`. */

const FOLDER = "/cgi-bin/";

/** A path below /cgi-bin without its superfluous slashes. Any other path is returned unchanged. */
export function tidyPath(path: string): string {
  if (!path.includes("//") && !path.endsWith("/")) return path;
  const single = path.replace(/\/{2,}/g, "/");
  if (!single.startsWith(FOLDER)) return path;
  return single.endsWith("/") ? single.slice(0, -1) : single;
}

/** The parameters. None of their values has a question mark: a second one separates parameters, and one at the end means nothing. */
export function parametersIn(url: string): URLSearchParams {
  const start = url.indexOf("?");
  return new URLSearchParams(start === -1 ? "" : url.slice(start).replaceAll("?", "&"));
}
