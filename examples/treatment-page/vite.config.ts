import { defineConfig } from "vite";

// The page asks its own origin for /v1, as behind a reverse proxy; this passes such requests on to the API.
const target = process.env["TREATMENTS_URL"] ?? "http://127.0.0.1:8000";
const proxy = { "/v1": { target, changeOrigin: true } };

export default defineConfig({ server: { proxy }, preview: { proxy }, build: { target: "es2022" } });
