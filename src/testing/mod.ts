export type { TestClient } from "./client.ts";
export { type ManualClock, manualClock } from "./clock.ts";
export { hibernate } from "./hibernate.ts";
export { type TestConnectOptions, type TestServer, type TestServerOptions, testServer } from "./server.ts";
