# The front end's files, then the portal as an ordinary user. One image for web, worker and beat.
FROM node:22-slim AS front
WORKDIR /front
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --loglevel=error
COPY static_src static_src
COPY static static
COPY templates templates
RUN npm run build

FROM python:3.11-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fontconfig fonts-arphic-uming fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 KEXIE_VAR=/srv/var STATIC_MANIFEST=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/portal
COPY requirements/base.txt requirements/base.txt
RUN pip install --disable-pip-version-check --require-hashes -r requirements/base.txt
COPY . .
COPY --from=front /front/static/dist static/dist
RUN useradd --uid 10001 --home-dir /srv/var --shell /usr/sbin/nologin portal \
    && mkdir -p /srv/var/media \
    && python manage.py collectstatic --no-input --verbosity 0 \
    && chown -R portal:portal /srv/var
USER portal
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--no-ws", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "kexie_portal.wsgi:application"]
