# The bot as an image. Built nowhere yet: tests/house/test_image.py runs the install steps of the first stage in a
# clean folder, and hadolint reads the rest.
FROM python:3.13-slim-trixie AS build

ENV UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_PROJECT_ENVIRONMENT=/app \
    UV_PYTHON_DOWNLOADS=never

RUN pip install --no-cache-dir uv==0.13.9

WORKDIR /src

# What changes rarely comes first, so that a new version of the bot reuses the layer of its packages.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project

COPY README.md LICENSE ./
COPY bot ./bot
COPY evals ./evals
COPY handlers ./handlers
COPY prompts ./prompts
RUN uv sync --frozen --no-dev --no-editable


FROM python:3.13-slim-trixie

RUN groupadd --gid 10001 tpm \
    && useradd --uid 10001 --gid tpm --no-create-home --home-dir /data --shell /usr/sbin/nologin tpm \
    && install --directory --owner tpm --group tpm --mode 700 /data /empty

COPY --from=build /app /app

ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TPM_DATA_DIR=/data \
    TPM_HTTP_PORT=8080

USER 10001:10001
VOLUME /data

# A folder named like one of our packages in the working directory could take its place, so nothing lies in it.
WORKDIR /empty

# The image has no curl. The start may wait a minute for Redis, and answers all the while.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import http.client, os; \
page = http.client.HTTPConnection('127.0.0.1', int(os.environ['TPM_HTTP_PORT']), timeout=4); \
page.request('GET', '/healthz'); \
raise SystemExit(page.getresponse().status != 200)"]

ENTRYPOINT ["tpm-bot"]
CMD ["run"]
