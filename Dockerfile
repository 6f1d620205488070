# One image for web, worker, recordings, beat and migrate: they differ by their command (docker-compose.yml).
# tests/deploy/ performs these steps by hand, in a clean folder.

# The call page, built by Vite.
FROM node:24-trixie-slim AS page
WORKDIR /page
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY vite.config.ts tsconfig.json ./
COPY join/room join/room
RUN npm run --silent build

# Exactly the packages that requirements.lock names, by their hashes.
FROM python:3.13-slim-trixie AS packages
WORKDIR /build
COPY requirements-uv.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements-uv.lock
ENV VIRTUAL_ENV=/venv
RUN uv venv --python 3.13 --no-python-downloads /venv && \
    uv pip sync --compile-bytecode --require-hashes requirements.lock

FROM python:3.13-slim-trixie
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
COPY --from=page /page/join/static/room join/static/room
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=upclass.settings
RUN python -m compileall -q .
ENV PYTHONDONTWRITEBYTECODE=1

# www-data, Debian's own user for web servers; it owns no file here and need write none.
USER 33:33
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "upclass.serve", "--workers", "2", "--blocking-threads", "8", \
     "--host", "0.0.0.0", "--port", "8000"]
