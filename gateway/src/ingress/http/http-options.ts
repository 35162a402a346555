/** A door for things that have no device: a code on a lid, an app. */
export interface HttpOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 8080; 0 = any free port. */
  port?: number;
  /** PEM files; with them it speaks HTTPS only. Read again when they change. */
  cert?: string | undefined;
  key?: string | undefined;
  /** Largest message; default 65,536. */
  maxBodyBytes?: number;
  /** Open connections; default 1,000. */
  maxConnections?: number;
  /** Origins of web pages that may post, such as `https://app.example.com`; default none. */
  allowOrigins?: readonly string[];
}
