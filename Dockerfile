# The image of every command: `haitech serve` by itself, `haitech worker`, `migrate` and the others by name.
#
#     docker build -t haitech .
#     docker run --rm -p 8000:8000 --env-file .env haitech
#
# `nox -s image` runs these very lines without Docker and asks what they made for its health.

ARG PYTHON=3.13

# ── what builds, and stays behind ───────────────────────────────────────────────────────────
FROM python:${PYTHON}-slim-bookworm AS build
# Extras of pyproject.toml, between commas.
ARG EXTRAS=server
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY constraints.txt pyproject.toml README.md LICENSE ./
RUN pip install -c constraints.txt hatchling \
 && python -m venv --without-pip /opt/haitech
COPY haitech_domain/ haitech_domain/
COPY haitech_adapters/ haitech_adapters/
COPY haitech_app/ haitech_app/
RUN pip wheel --no-build-isolation --no-deps --wheel-dir /wheels . \
 && pip --python /opt/haitech/bin/python install -c constraints.txt "$(ls /wheels/*.whl)[${EXTRAS}]"

# ── what runs ───────────────────────────────────────────────────────────────────────────────
FROM python:${PYTHON}-slim-bookworm
RUN groupadd --gid 10001 haitech \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/haitech --shell /usr/sbin/nologin haitech \
 && install -d -o haitech -g haitech -m 0750 /var/lib/haitech
COPY --from=build /opt/haitech /opt/haitech
ENV PATH=/opt/haitech/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HAITECH_ENV=prod HAITECH_HOST=0.0.0.0 HAITECH_PORT=8000 HAITECH_DATA_DIR=/var/lib/haitech
WORKDIR /var/lib/haitech
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"HAITECH_PORT\"]}/api/v1/health/ready', timeout=4)"]
# No shell between: SIGTERM reaches the program, which lets running requests finish.
ENTRYPOINT ["haitech"]
CMD ["serve"]
