# EduCounsel in production: the same image serves pages and sockets, and works on jobs.
FROM python:3.13-slim AS build
WORKDIR /srv/educounsel
COPY scripts/setup scripts/
COPY requirements.txt requirements-node.txt package.json package-lock.json .npmrc ./
RUN scripts/setup
COPY manage.py pyproject.toml ./
COPY educounsel educounsel
RUN .venv/bin/python -m compileall -q educounsel

FROM python:3.13-slim
# pg_dump for `manage.py backup`: of the server's version (compose.yaml) or newer.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends postgresql-client-17 \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --no-create-home --uid 10001 educounsel \
  && install -d -o educounsel -g educounsel /var/lib/educounsel
WORKDIR /srv/educounsel
COPY --from=build /srv/educounsel ./
ENV EDUCOUNSEL_PROFILE=production \
  EDUCOUNSEL_DATA=/var/lib/educounsel \
  HOST=0.0.0.0 \
  PORT=8000 \
  PYTHONDONTWRITEBYTECODE=1
USER 10001
VOLUME /var/lib/educounsel
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD [".venv/bin/python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT [".venv/bin/python", "manage.py"]
CMD ["serve"]
