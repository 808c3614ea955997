/** Who calls: a client with a secret, an API key, or a person. */
import type { components } from "./schema.js";

/** Who calls. `token` gets the present access token; `refused` says whether there can be another one. */
export interface Credentials {
  token(ask: Ask): Promise<string>;
  refused(token: string): boolean;
}
type Granted = components["schemas"]["Token"];
type Ask = (form: Record<string, string>) => Promise<Granted>;

const EARLY = 30_000;

function renewing(next: (ask: Ask) => Promise<Granted>): Credentials {
  let token = "";
  let until = 0;
  let asked: Promise<Granted> | undefined;
  return {
    async token(ask) {
      if (!token || Date.now() > until - EARLY) {
        asked ??= next(ask).finally(() => (asked = undefined));
        const granted = await asked;
        [token, until] = [granted.access_token, Date.now() + granted.expires_in * 1000];
      }
      return token;
    },
    refused(old) {
      if (token === old) token = "";
      return true;
    },
  };
}

/** A client with a secret. Never in a browser. */
export function clientSecret(id: string, secret: string): Credentials {
  return renewing((ask) => ask({ grant_type: "client_credentials", client_id: id, client_secret: secret }));
}

/** An API key. */
export function apiKey(key: string): Credentials {
  return { token: async () => key, refused: () => false };
}

/** A person's session, by its refresh token. Each one can be used once: `renewed` stores the next. */
export function session(refreshToken: string, renewed: (refreshToken: string) => void): Credentials {
  return next({ grant_type: "refresh_token", refresh_token: refreshToken }, renewed);
}

/** A person with a password, in an installation that has passwords. `renewed` gets each refresh token. */
export function password(email: string, secret: string, renewed: (refreshToken: string) => void = () => undefined): Credentials {
  return next({ grant_type: "password", username: email, password: secret, label: "@escm/client" }, renewed);
}

function next(form: Record<string, string>, renewed: (refreshToken: string) => void): Credentials {
  return renewing(async (ask) => {
    const granted = await ask(form);
    form = { grant_type: "refresh_token", refresh_token: granted.refresh_token ?? "" };
    renewed(granted.refresh_token ?? "");
    return granted;
  });
}
