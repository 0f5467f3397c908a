/** A WeChat SDK as its users call it, pointed at the gateway: the one setting is its base URL. */

export interface Account {
  readonly appId: string;
  /** An API key of the gateway. */
  readonly secret: string;
  /** Kept by the SDK from earlier on, and still good as far as the SDK knows. */
  readonly keptToken?: string;
}

/** Resolves to the bytes, or rejects with a CallFailed. */
export type FetchVoice = (mediaId: string) => Promise<Buffer>;

export interface Sdk {
  readonly name: string;
  /** Why it can't be tried here; null: it can. */
  readonly missing: string | null;
  /** Whether it asks for another token by itself when a call is refused with 42001. */
  readonly renewsByItself: boolean;
  connect(origin: string, account: Account): FetchVoice;
}

/** What the SDK tells the program. */
export class CallFailed extends Error {
  readonly errcode: number;

  constructor(errcode: number, errmsg: string) {
    super(errmsg);
    this.errcode = errcode;
  }
}
