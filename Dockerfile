# One image for web and worker. docker-compose.yml sets the command of each.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    # glibc gives each thread an arena, and memory that LanceDB's threads free there never returns to the system.
    MALLOC_ARENA_MAX=2 \
    # Django's checks import all pages and forms, which take 14 MB in a worker.
    CELERY_SKIP_CHECKS=1 \
    DJANGO_SETTINGS_MODULE=memoryloop.settings \
    DATA_DIR=/data \
    HOST=0.0.0.0

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY . .
RUN useradd --system --uid 10001 --home-dir /app memoryloop \
    && mkdir /data \
    && chown memoryloop /data
USER memoryloop
VOLUME /data
EXPOSE 8000
# Everything in /data is readable by this account only.
ENTRYPOINT ["sh", "-c", "umask 077 && exec \"$@\"", "sh"]
CMD ["python", "-m", "operations.web.server"]
