# One image for all three services; docker-compose.yml says which one a container runs.
# Everything that is installed is pinned by version and hash; what built it stays in the first stage.

FROM python:3.13-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
# The finished environment carries no pip: nothing can be installed into a running container.
RUN python -m pip install --require-hashes -r requirements-build.lock \
 && python -m venv --without-pip /opt/dateline \
 && python -m pip --python /opt/dateline/bin/python install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY services services
RUN python -m pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && python -m pip --python /opt/dateline/bin/python install --no-deps /wheel/dateline-*.whl

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Dateline" \
      org.opencontainers.image.description="A self-hosted, event-driven news wire" \
      org.opencontainers.image.licenses="MIT"
# A fixed number, so that volumes keep their owner from one image to the next.
RUN groupadd --system --gid 10001 dateline \
 && useradd --system --uid 10001 --gid 10001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin dateline \
 && install -d -o 10001 -g 10001 -m 0750 /var/lib/dateline
COPY --from=build /opt/dateline /opt/dateline
# The root file system may be read-only: bytecode was written above, HOME is the tmpfs.
ENV PATH=/opt/dateline/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONFAULTHANDLER=1 \
    DATELINE_DATABASE_PATH=/var/lib/dateline/dateline.db
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["dateline", "--help"]
