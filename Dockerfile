# syntax=docker/dockerfile:1
# Built in two stages: the first installs hash-pinned packages and compiles the release, the second only serves it.
ARG PYTHON=3.12.8-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv
COPY requirements.txt ./
RUN python -m venv /srv/venv && /srv/venv/bin/pip install --require-hashes -r requirements.txt
COPY app ./app
RUN /srv/venv/bin/python -m app build --releases /srv/releases \
 && /srv/venv/bin/python -m compileall -q -j 0 /srv/app /srv/venv

FROM python:${PYTHON}
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin api
WORKDIR /srv
COPY --from=build /srv/venv ./venv
COPY --from=build /srv/releases ./releases
COPY --from=build /srv/app ./app
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    TREATMENTS_HOST=0.0.0.0 TREATMENTS_PORT=8000 TREATMENTS_RELEASES=/srv/releases TREATMENTS_BUILD=no
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve"]
