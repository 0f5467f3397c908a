/**
 * What a third-party platform must not lose, in the SQLite of its keeper: the ticket, who has authorised it with
 * which refresh token, and authorisation codes that are yet to be exchanged. Every write is durable before anything
 * that follows leaves the machine (a Durable Object's output gate).
 */

export interface Ticket {
  readonly value: string;
  /** CreateTime of the push that brought it. */
  readonly createdAtSeconds: number;
}

export interface Authorization {
  readonly appId: string;
  /** Null: the code was lost, the list of authorisers has to tell. */
  readonly refreshToken: string | null;
  /** Ids of the permission sets granted; null: not known. */
  readonly permissionSets: readonly number[] | null;
  /** CreateTime of the push that it rests on. */
  readonly eventAtSeconds: number;
}

export interface PendingCode {
  readonly code: string;
  readonly appId: string;
  readonly eventAtSeconds: number;
  readonly expiresAtSeconds: number;
}

export interface Change {
  readonly appId: string;
  readonly standing: "authorized" | "unauthorized";
}

const TICKET_KEY = "ticket/v1";

export class PlatformBook {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS authorization_v1 (
        app_id TEXT PRIMARY KEY,
        refresh_token TEXT,
        permission_sets TEXT,
        event_at_seconds INTEGER NOT NULL,
        revoked INTEGER NOT NULL DEFAULT 0
      );
      CREATE TABLE IF NOT EXISTS code_v1 (
        code TEXT PRIMARY KEY,
        app_id TEXT NOT NULL,
        event_at_seconds INTEGER NOT NULL,
        expires_at_seconds INTEGER NOT NULL
      );
      CREATE TABLE IF NOT EXISTS change_v1 (app_id TEXT PRIMARY KEY, standing TEXT NOT NULL);
    `);
  }

  ticket(): Ticket | null {
    return this.#storage.kv.get<Ticket>(TICKET_KEY) ?? null;
  }

  /** Keeps the newest ticket: pushes may arrive twice, or late. */
  keepTicket(ticket: Ticket): void {
    const before = this.ticket();
    if (before && before.createdAtSeconds > ticket.createdAtSeconds) return;
    this.#storage.kv.put(TICKET_KEY, ticket);
  }

  authorizations(): Authorization[] {
    return this.#storage.sql
      .exec<Row>("SELECT * FROM authorization_v1 WHERE revoked = 0 ORDER BY app_id")
      .toArray()
      .map(fromRow);
  }

  authorization(appId: string): Authorization | null {
    const [row] = this.#rows(appId);
    return row && !row.revoked ? fromRow(row) : null;
  }

  /** Takes an authorisation that a push or WeChat's list tells of. One that is older than ours changes nothing. */
  keepAuthorization({ appId, refreshToken, permissionSets, eventAtSeconds }: Authorization): void {
    const [before] = this.#rows(appId);
    if (before && before.event_at_seconds > eventAtSeconds) return;
    this.#storage.sql.exec(
      "INSERT OR REPLACE INTO authorization_v1 VALUES (?, ?, ?, ?, 0)",
      appId,
      refreshToken,
      permissionSets && JSON.stringify(permissionSets),
      eventAtSeconds,
    );
  }

  /** A refresh token that replaced `used`. Not kept when a new authorisation came in between. */
  rotateRefreshToken(appId: string, used: string, next: string): void {
    this.#storage.sql.exec(
      "UPDATE authorization_v1 SET refresh_token = ? WHERE app_id = ? AND refresh_token = ?",
      next,
      appId,
      used,
    );
  }

  /** Authorisations that have changed and that nobody outside has been told of yet. */
  changes(): Change[] {
    return this.#storage.sql
      .exec<{ app_id: string; standing: Change["standing"] }>("SELECT * FROM change_v1")
      .toArray()
      .map(({ app_id, standing }) => ({ appId: app_id, standing }));
  }

  /** Nothing happens when it has changed again since. */
  dropChange({ appId, standing }: Change): void {
    this.#storage.sql.exec("DELETE FROM change_v1 WHERE app_id = ? AND standing = ?", appId, standing);
  }

  /** The row stays, without its token, so that an older push can't bring the authorisation back. */
  revoke(appId: string, eventAtSeconds: number): void {
    const [before] = this.#rows(appId);
    if (before && before.event_at_seconds > eventAtSeconds) return;
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      sql.exec("INSERT OR REPLACE INTO authorization_v1 VALUES (?, NULL, NULL, ?, 1)", appId, eventAtSeconds);
      sql.exec("DELETE FROM code_v1 WHERE app_id = ? AND event_at_seconds <= ?", appId, eventAtSeconds);
      sql.exec("INSERT OR REPLACE INTO change_v1 VALUES (?, 'unauthorized')", appId);
    });
  }

  /** Keeps a code to be exchanged, unless it is older than what is known of the account. */
  keepCode({ code, appId, eventAtSeconds, expiresAtSeconds }: PendingCode): void {
    const [before] = this.#rows(appId);
    if (before && before.event_at_seconds > eventAtSeconds) return;
    this.#storage.sql.exec(
      "INSERT OR IGNORE INTO code_v1 VALUES (?, ?, ?, ?)",
      code,
      appId,
      eventAtSeconds,
      expiresAtSeconds,
    );
  }

  codes(): PendingCode[] {
    return this.#storage.sql
      .exec<CodeRow>("SELECT * FROM code_v1 ORDER BY event_at_seconds")
      .toArray()
      .map((row) => ({
        code: row.code,
        appId: row.app_id,
        eventAtSeconds: row.event_at_seconds,
        expiresAtSeconds: row.expires_at_seconds,
      }));
  }

  dropCode(code: string): void {
    this.#storage.sql.exec("DELETE FROM code_v1 WHERE code = ?", code);
  }

  /** All or nothing: what the code brought is kept in the same write that drops the code. */
  settle(code: string, authorization: Authorization): void {
    this.#storage.transactionSync(() => {
      this.keepAuthorization(authorization);
      this.dropCode(code);
      this.#storage.sql.exec(
        "INSERT OR REPLACE INTO change_v1 VALUES (?, 'authorized')",
        authorization.appId,
      );
    });
  }

  #rows(appId: string): Row[] {
    return this.#storage.sql.exec<Row>("SELECT * FROM authorization_v1 WHERE app_id = ?", appId).toArray();
  }
}

interface Row extends Record<string, SqlStorageValue> {
  readonly app_id: string;
  readonly refresh_token: string | null;
  readonly permission_sets: string | null;
  readonly event_at_seconds: number;
  readonly revoked: number;
}

interface CodeRow extends Record<string, SqlStorageValue> {
  readonly code: string;
  readonly app_id: string;
  readonly event_at_seconds: number;
  readonly expires_at_seconds: number;
}

function fromRow(row: Row): Authorization {
  return {
    appId: row.app_id,
    refreshToken: row.refresh_token,
    permissionSets: row.permission_sets === null ? null : (JSON.parse(row.permission_sets) as number[]),
    eventAtSeconds: row.event_at_seconds,
  };
}
