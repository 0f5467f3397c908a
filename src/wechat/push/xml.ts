/**
 * Reads WeChat's XML: a root, and under it fields, most of them in CDATA. Not a parser of XML, which would have to refuse
 * what WeChat sends. WeChat puts what a follower types into CDATA as it is: control characters, halves of characters,
 * and `]]>`, at which XML would end the field and read the rest as markup. So a field's CDATA ends here where `]]>` is
 * followed by the field's own closing tag. Entities are left alone: no field that this gateway needs has any.
 *
 *   <xml><MsgType><![CDATA[voice]]></MsgType><MsgId>7250021412600020992</MsgId></xml>
 */
import { isBlank, skipBlanks } from "./text.ts";

/** The longest of WeChat's messages have some fifty elements, four deep. */
const MAX_ELEMENTS = 1_000;
const MAX_DEPTH = 16;

const CDATA = "<![CDATA[";
const CDATA_END = "]]>";
const SLASH = 0x2f;

/**
 * The fields of text directly under the root. Of two with one name the first counts: a follower's text comes behind the
 * fields that say what a message is. Where the text is cut off or goes on for too long, what came before is given.
 */
export function readXml(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  /** Names of the elements that have begun and not ended, the root's first. */
  const open: string[] = [];
  let elementCount = 0;
  let at = text.indexOf("<");
  while (at !== -1) {
    const next = text.startsWith(CDATA, at) ? readCdata(at) : readTag(at);
    if (next === null) break;
    at = text.indexOf("<", next);
  }
  return fields;

  /** Each of these returns where to go on; null where reading ends. */
  function readTag(start: number): number | null {
    const isClosing = text.charCodeAt(start + 1) === SLASH;
    const nameStart = isClosing ? start + 2 : start + 1;
    const nameEnd = endOfName(text, nameStart);
    if (nameEnd === nameStart) return nameStart;
    const end = text.indexOf(">", nameEnd);
    if (end === -1) return null;
    const name = text.slice(nameStart, nameEnd);
    if (isClosing) close(name);
    else if (!/^[!?]/.test(name)) return begin(name, end);
    return end + 1;
  }

  function begin(name: string, end: number): number | null {
    if (++elementCount > MAX_ELEMENTS || open.length >= MAX_DEPTH) return null;
    open.push(name);
    if (text.charCodeAt(end - 1) === SLASH) {
      keep("");
      open.pop();
    } else {
      const textEnd = text.indexOf("<", end + 1);
      if (textEnd !== -1 && endOfClosingTag(text, textEnd, name) !== -1) keep(text.slice(end + 1, textEnd));
    }
    return end + 1;
  }

  function readCdata(start: number): number | null {
    const name = open.at(-1);
    if (name === undefined) return null;
    const valueStart = start + CDATA.length;
    for (let end = text.indexOf(CDATA_END, valueStart); end !== -1; end = text.indexOf(CDATA_END, end + 1)) {
      const after = endOfClosingTag(text, skipBlanks(text, end + CDATA_END.length), name);
      if (after === -1) continue;
      // Where somebody has written `]]>` as XML wants it, in two sections.
      keep(text.slice(valueStart, end).replaceAll(CDATA_END + CDATA, ""));
      open.pop();
      return after;
    }
    return null;
  }

  /** Also ends what has begun inside and was never closed. */
  function close(name: string): void {
    const depth = open.lastIndexOf(name);
    if (depth !== -1) open.length = depth;
  }

  function keep(value: string): void {
    const name = open[1];
    if (name !== undefined && open.length === 2 && !fields.has(name)) fields.set(name, value);
  }
}

function endOfName(text: string, start: number): number {
  let end = start;
  while (end < text.length && !isBlank(text.charCodeAt(end)) && !"<>/".includes(text.charAt(end))) end++;
  return end;
}

/** Behind `</name>`; -1 where nothing like it stands at `at`. */
function endOfClosingTag(text: string, at: number, name: string): number {
  if (!text.startsWith("</", at) || !text.startsWith(name, at + 2)) return -1;
  const end = skipBlanks(text, at + 2 + name.length);
  return text.charAt(end) === ">" ? end + 1 : -1;
}
