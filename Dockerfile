# One image for web, worker and beat. docker-compose.yml sets the command of each.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    # glibc gives each thread an arena, and memory that LanceDB's threads free there never returns to the system.
    MALLOC_ARENA_MAX=2 \
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
