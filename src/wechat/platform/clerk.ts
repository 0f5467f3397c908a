/**
 * Runs one third-party platform: takes what WeChat pushes, exchanges codes, and gets tokens for the accounts that
 * have authorised it. A refresh token is in the book before it, or a token that came with it, is used.
 * https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/authorize_event.html
 */

import { ServiceError } from "../../errors.ts";
import type { LogLine } from "../../telemetry/log.ts";
import { REFUSED_TOKEN_ERRCODES } from "../errcodes.ts";
import { type PushFields, textField } from "../push/fields.ts";
import type { AccessToken, TokenStatus } from "../token/source.ts";
import type { Steward } from "../token/steward.ts";
import type { Authorization, Change, PendingCode, PlatformBook } from "./book.ts";
import type { PlatformCalls } from "./calls.ts";

/** component_access_token has ended: as good as a refused one. */
const COMPONENT_TOKEN_ENDED = 42006;
const REFRESH_TOKEN_INVALID = 61023;
/** A code that WeChat refused will be refused again: it was used, has expired, or is another platform's. */
const CODE_FAILURES: ReadonlySet<string> = new Set(["wechat-credential", "wechat-permission"]);
const SETTLE_AGAIN_MS = 60_000;
/** A code that could not be exchanged is kept a while beyond its end: the list of authorisers may still tell. */
const CODE_GRACE_MS = 3_600_000;

export interface ClerkOptions {
  readonly componentAppId: string;
  readonly book: PlatformBook;
  readonly calls: PlatformCalls;
  /** Keeps the component_access_token. */
  readonly steward: Steward;
  readonly setAlarm: (atMs: number) => Promise<void>;
  /** An account's authorisation has changed: its token may be invalid now. */
  readonly onChange: (change: Change) => Promise<void>;
  readonly log: (line: LogLine) => void;
  readonly nowMs: () => number;
}

export interface PlatformStatus {
  readonly ticketAtMs: number | null;
  readonly token: TokenStatus;
  readonly authorizations: readonly Pick<Authorization, "appId" | "permissionSets" | "eventAtSeconds">[];
  readonly pendingCodes: number;
}

export class Clerk {
  readonly #options: ClerkOptions;

  constructor(options: ClerkOptions) {
    this.#options = options;
  }

  /** Keeps what an event brings. Returns once it is durable; what follows from it happens by alarm. */
  async accept(event: PushFields): Promise<void> {
    const { book, steward, setAlarm, log, nowMs } = this.#options;
    const kind = textField(event, "InfoType");
    const eventAtSeconds = Number(textField(event, "CreateTime")) || Math.floor(nowMs() / 1000);
    const appId = textField(event, "AuthorizerAppid");
    log({ event: "platform-event", kind, authorizer: appId ?? undefined });
    switch (kind) {
      case "component_verify_ticket": {
        const value = textField(event, "ComponentVerifyTicket");
        if (!value) return;
        book.keepTicket({ value, createdAtSeconds: eventAtSeconds });
        steward.reconsider();
        if (book.codes().length > 0) await setAlarm(nowMs());
        return;
      }
      case "authorized":
      case "updateauthorized": {
        const code = textField(event, "AuthorizationCode");
        if (!appId || !code) return;
        const expiresAtSeconds = Number(textField(event, "AuthorizationCodeExpiredTime")) || eventAtSeconds;
        book.keepCode({ code, appId, eventAtSeconds, expiresAtSeconds });
        await setAlarm(nowMs());
        return;
      }
      case "unauthorized": {
        if (!appId) return;
        book.revoke(appId, eventAtSeconds);
        await setAlarm(nowMs());
        return;
      }
    }
  }

  /** The alarm has rung: exchanges the codes that wait, and tells of changes. What fails now is tried again. */
  async settle(): Promise<void> {
    const { book, setAlarm, onChange, log, nowMs } = this.#options;
    let waiting = 0;
    for (const pending of book.codes()) {
      try {
        await this.#exchange(pending);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        log({
          event: "authorization-pending",
          authorizer: pending.appId,
          code: error.code,
          detail: error.message,
        });
        if (nowMs() > pending.expiresAtSeconds * 1000 + CODE_GRACE_MS) book.dropCode(pending.code);
        else waiting++;
      }
    }
    for (const change of book.changes()) {
      try {
        await onChange(change);
        book.dropChange(change);
      } catch {
        log({ event: "change-not-told", authorizer: change.appId });
        waiting++;
      }
    }
    if (waiting > 0) await setAlarm(nowMs() + SETTLE_AGAIN_MS);
  }

  /** An authorised account's token. Fails with a ServiceError that says what is missing. */
  async authorizerToken(appId: string): Promise<AccessToken> {
    const refreshToken =
      this.#options.book.authorization(appId)?.refreshToken ?? (await this.#recover(appId));
    try {
      return await this.#renew(appId, refreshToken);
    } catch (error) {
      if (errcodeOf(error) !== REFRESH_TOKEN_INVALID) throw error;
      const other = await this.#recover(appId);
      if (other === refreshToken) throw error;
      return this.#renew(appId, other);
    }
  }

  async status(): Promise<PlatformStatus> {
    const { book, steward } = this.#options;
    const ticket = book.ticket();
    return {
      ticketAtMs: ticket && ticket.createdAtSeconds * 1000,
      token: await steward.status(),
      authorizations: book.authorizations().map(({ appId, permissionSets, eventAtSeconds }) => ({
        appId,
        permissionSets,
        eventAtSeconds,
      })),
      pendingCodes: book.codes().length,
    };
  }

  async #renew(appId: string, refreshToken: string): Promise<AccessToken> {
    const { book, calls } = this.#options;
    const answer = await this.#withComponentToken((token) =>
      calls.authorizerToken(token, appId, refreshToken),
    );
    // Written before anybody sees the token: a refresh token that is used and not stored is lost.
    if (answer.refreshToken) book.rotateRefreshToken(appId, refreshToken, answer.refreshToken);
    return answer.token;
  }

  async #exchange(pending: PendingCode): Promise<void> {
    const { book, calls } = this.#options;
    const { appId, code, eventAtSeconds } = pending;
    let authorization: Authorization;
    try {
      const exchanged = await this.#withComponentToken((token) => calls.exchangeCode(token, code));
      authorization = { ...exchanged, eventAtSeconds };
    } catch (error) {
      // The answer to an earlier exchange may have been lost on its way: the list of authorisers knows the token.
      if (!(error instanceof ServiceError && error.wechat && CODE_FAILURES.has(error.code))) throw error;
      const refreshToken = await this.#askList(appId);
      if (refreshToken === null) throw error;
      authorization = { appId, refreshToken, permissionSets: null, eventAtSeconds };
    }
    book.settle(code, authorization);
  }

  /** Reads an account's refresh token from WeChat's list, and keeps it. */
  async #recover(appId: string): Promise<string> {
    const { book, componentAppId, nowMs } = this.#options;
    const refreshToken = await this.#askList(appId);
    if (refreshToken === null) {
      throw new ServiceError(
        "wechat-permission",
        `The account ${appId} has not authorised the platform ${componentAppId}. Its owner has to authorise it.`,
      );
    }
    const before = book.authorization(appId);
    book.keepAuthorization({
      appId,
      refreshToken,
      permissionSets: before?.permissionSets ?? null,
      eventAtSeconds: before?.eventAtSeconds ?? Math.floor(nowMs() / 1000),
    });
    return refreshToken;
  }

  #askList(appId: string): Promise<string | null> {
    return this.#withComponentToken((token) => this.#options.calls.refreshTokenOf(token, appId));
  }

  /** Calls with the component_access_token, and once more with another when it is refused. */
  async #withComponentToken<T>(call: (token: string) => Promise<T>): Promise<T> {
    const { steward } = this.#options;
    const { value } = await steward.current();
    try {
      return await call(value);
    } catch (error) {
      const errcode = errcodeOf(error);
      if (errcode !== COMPONENT_TOKEN_ENDED && !REFUSED_TOKEN_ERRCODES.has(errcode)) throw error;
      return call((await steward.replace(value)).value);
    }
  }
}

/** 0: WeChat said nothing. */
function errcodeOf(error: unknown): number {
  return error instanceof ServiceError ? (error.wechat?.errcode ?? 0) : 0;
}
