/** For drizzle-kit, which writes db/migrations/ from db/schema.ts; the migrations are applied by db/migrate.ts. */
import { defineConfig } from "drizzle-kit";

export default defineConfig({ dialect: "postgresql", schema: "./db/schema.ts", out: "./db/migrations" });
