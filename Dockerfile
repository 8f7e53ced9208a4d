# docker build -t feedback-service .
# docker run -d --name feedback --env-file .env -v feedback-data:/var/lib/feedback-service feedback-service
# docker exec feedback feedback-service check

FROM python:3.13-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /build
RUN python -m venv /opt/feedback-service
ENV PATH=/opt/feedback-service/bin:$PATH

# The lock alone comes first: a change of our code does not install everything anew.
# setuptools goes before the rest, so that the one package without a wheel is built by what the lock pins, too.
COPY requirements.lock ./
RUN sed -n '/^setuptools==/,/[^\\]$/p' requirements.lock > setuptools.lock \
 && pip install --require-hashes -r setuptools.lock \
 && pip install --require-hashes --no-build-isolation -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY feedback_service ./feedback_service
COPY migrations ./migrations
RUN pip install --no-deps --no-build-isolation . \
 && pip uninstall --yes poetry-core


FROM python:3.13-slim-bookworm

# Debian's Chromium and its driver always fit each other; xvfb is for BROWSER_MODE=xvfb; tini passes signals on and reaps
# what Chromium leaves.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates chromium chromium-driver tini xvfb \
 && rm -rf /var/lib/apt/lists/*

# Nothing here needs root.
RUN groupadd --system --gid 10001 feedback \
 && useradd --system --uid 10001 --gid feedback --home-dir /var/lib/feedback-service --shell /usr/sbin/nologin feedback \
 && install --directory --owner=feedback --group=feedback --mode=0750 /var/lib/feedback-service

COPY --from=build /opt/feedback-service /opt/feedback-service
COPY alembic.ini /opt/feedback-service/
COPY migrations /opt/feedback-service/migrations

ENV PATH=/opt/feedback-service/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ALEMBIC_CONFIG=/opt/feedback-service/alembic.ini \
    DATA_DIR=/var/lib/feedback-service/data

# An .env with an empty DATA_DIR means ./data, which is the same place.
WORKDIR /var/lib/feedback-service
VOLUME /var/lib/feedback-service
USER feedback

# A stopping daemon takes up to DRAIN_SECONDS (30) to finish what it has begun; docker kills after 10 unless it is told:
# docker run --stop-timeout 45, or stop_grace_period: 45s in a compose file.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["feedback-service", "health"]

ENTRYPOINT ["tini", "--", "feedback-service"]
CMD ["run"]
